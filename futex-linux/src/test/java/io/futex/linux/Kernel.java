package io.futex.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/// System calls as a C program makes them, without the library under test.
final class Kernel {
    static final int FUTEX_WAKE = 1;
    static final int FUTEX_PRIVATE_FLAG = 128;

    private static final int EAGAIN = 11;
    private static final int EINVAL = 22;
    private static final MethodHandle SYSCALL;
    private static final long ERRNO = Linker.Option.captureStateLayout().byteOffset(PathElement.groupElement("errno"));

    static {
        Linker linker = Linker.nativeLinker();
        SYSCALL = linker.downcallHandle(
                linker.defaultLookup().find("syscall").orElseThrow(),
                FunctionDescriptor.of(
                        JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                Linker.Option.firstVariadicArg(1),
                Linker.Option.captureCallState("errno"));
    }

    private Kernel() {}

    /// @return the result, or -errno
    static long syscall(long number, MemorySegment word, long b, long c, long d, long e, long f) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment capture = arena.allocate(Linker.Option.captureStateLayout());
            long result = (long) SYSCALL.invokeExact(capture, number, word, b, c, d, e, f);
            return result == -1 ? -capture.get(JAVA_INT, ERRNO) : result;
        } catch (Throwable e2) {
            throw new AssertionError(e2);
        }
    }

    /// Whether this kernel has futex_wait and no filter hides it.
    static boolean hasFutexWait() {
        try (Arena arena = Arena.ofConfined()) {
            return syscall(455, arena.allocate(4, 4), 1, 0xFFFF_FFFFL, 2, 0, 1) == -EAGAIN;
        }
    }

    /// Whether this kernel has futex_waitv and no filter hides it.
    static boolean hasFutexWaitv() {
        return syscall(449, MemorySegment.NULL, 0, 0, 0, 0, 0) == -EINVAL;
    }

    /// What a C program does that wakes a word.
    static long wake(MemorySegment word, boolean shared, int count) {
        int futex = SystemCalls.of(System.getProperty("os.arch")).futex();
        return syscall(futex, word, FUTEX_WAKE | (shared ? 0 : FUTEX_PRIVATE_FLAG), count, 0, 0, 0);
    }

    /// Sends a signal to one thread of this process, by its directory in /proc.
    static void signal(Path kernelThread, int signal) {
        long thread = Long.parseLong(kernelThread.getFileName().toString());
        long process = ProcessHandle.current().pid();
        long result = syscall(tgkill(), MemorySegment.ofAddress(process), thread, signal, 0, 0, 0);
        if (result != 0) {
            throw new AssertionError("tgkill: " + result);
        }
    }

    /// Sends a signal to a process.
    static void signal(Process process, int signal) {
        call("kill", (int) process.pid(), signal);
    }

    private static int tgkill() {
        return switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> 234;
            case "aarch64", "riscv64", "loongarch64" -> 131;
            case "ppc64le" -> 250;
            case "s390x" -> 241;
            default -> throw new AssertionError("tgkill's number is not known here");
        };
    }

    /// Whether system calls end by EINTR (true) or are restarted (false) when a handler of the signal has run.
    static void interruptCalls(int signal, boolean interrupt) {
        call("siginterrupt", signal, interrupt ? 1 : 0);
    }

    private static void call(String function, int a, int b) {
        Linker linker = Linker.nativeLinker();
        MethodHandle handle = linker.downcallHandle(
                linker.defaultLookup().find(function).orElseThrow(),
                FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
        try {
            if ((int) handle.invokeExact(a, b) != 0) {
                throw new AssertionError(function);
            }
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }
}
