package io.futex.linux;

import java.lang.foreign.MemorySegment;

/// The one C function that the Linux backend needs, by whichever binding.
interface LinuxCalls {
    /// `long syscall(long number, ...)` of libc, for a call whose first argument is the address of a word.
    ///
    /// @param base holds the word; where the binding can, it stays open for the length of the call
    /// @param address the word, `base.address()` plus an offset
    /// @return the result, or `-errno`
    long syscall(int number, MemorySegment base, long address, long arg2, long arg3, long arg4, long arg5, long arg6);

    /// As [#syscall], but which error it was is not told: for a wake, which ignores it, and for a wait, which can
    /// mostly tell by itself.
    ///
    /// @return the result, or -1
    long trySyscall(
            int number, MemorySegment base, long address, long arg2, long arg3, long arg4, long arg5, long arg6);

    /// Writes the deadline into a `struct timespec` that belongs to the calling platform thread.
    ///
    /// @param nanos a point in time on CLOCK_MONOTONIC
    /// @return the address of the struct; valid until the next call on the same thread
    long timespec(long nanos);

    /// The binding's name, as `-Dio.futex.binding` takes it.
    String binding();
}
