package io.futex.linux;

import com.sun.jna.Native;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/// libc's `syscall` by JNA in direct mapping. JNA knows nothing of arenas: one that is closed under a sleeping thread
/// is closed indeed, and the engine looks for that when the wait is over.
final class JnaLinuxCalls implements LinuxCalls {
    static {
        Native.register(JnaLinuxCalls.class, "c");
    }

    /// `long syscall(long number, ...)` of unistd.h. It is variadic, but on each architecture of [SystemCalls] integers
    /// are passed alike to functions that are and to those that are not. A C long has 64 bits on all of them.
    private static native long syscall(
            long number, long address, long arg2, long arg3, long arg4, long arg5, long arg6);

    @Override
    public long syscall(
            int number, MemorySegment held, long address, long arg2, long arg3, long arg4, long arg5, long arg6) {
        try {
            return syscall(number, address, arg2, arg3, arg4, arg5, arg6);
        } finally {
            Reference.reachabilityFence(held); // an automatic arena must not be freed under the call
        }
    }

    /// JNA keeps errno at every call, by thread.
    @Override
    public long syscallForErrno(
            int number, MemorySegment held, long address, long arg2, long arg3, long arg4, long arg5, long arg6) {
        long result = syscall(number, held, address, arg2, arg3, arg4, arg5, arg6);
        return result == -1 ? -Native.getLastError() : result;
    }

    /// A segment at an address takes native access, which this binding stands in for.
    @Override
    public @Nullable MemorySegment map(int descriptor, long offset, long bytes) {
        return null;
    }

    @Override
    public String binding() {
        return "jna";
    }
}
