package io.futex.linux;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

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

    /// `mmap` of libc: maps memory that the kernel shares by a descriptor, to read and write, and present at once. By
    /// its own function, since one architecture's system call takes its arguments in another way.
    ///
    /// @return the memory, until it is unmapped; null if the kernel refuses, or if the binding cannot
    @Nullable
    MemorySegment map(int descriptor, long offset, long bytes);

    /// The binding's name, as `-Dio.futex.binding` takes it.
    String binding();
}
