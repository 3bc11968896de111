package io.futex.linux;

import java.lang.foreign.MemorySegment;

/// The one C function that the Linux backend needs, by whichever binding.
interface LinuxCalls {
    /// `long syscall(long number, ...)` of libc. Which error it was is not told: a wake ignores it, and of a wait the
    /// clock can mostly tell.
    ///
    /// @param held where the binding can, this memory stays open for the length of the call
    /// @param address the first argument, mostly the word
    /// @return the result, or -1
    long syscall(int number, MemorySegment held, long address, long arg2, long arg3, long arg4, long arg5, long arg6);

    /// As [#syscall], with the error.
    ///
    /// @return the result, or `-errno`
    long syscallForErrno(
            int number, MemorySegment held, long address, long arg2, long arg3, long arg4, long arg5, long arg6);

    /// The binding's name, as `-Dio.futex.binding` takes it.
    String binding();
}
