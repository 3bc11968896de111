package io.futex.bench.start;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// The same two calls without a library: links `syscall` as the Linux backend does, wakes, waits.
public final class Bare {
    private static final long FUTEX_WAKE_PRIVATE = 129;
    private static final long FUTEX_WAIT_PRIVATE = 128;

    private Bare() {}

    /// The program.
    ///
    /// @param args unused
    public static void main(String[] args) throws Throwable {
        long futex = System.getProperty("os.arch").equals("amd64") ? 202 : 98; // aarch64, riscv64
        Linker linker = Linker.nativeLinker();
        MethodHandle syscall = linker.downcallHandle(
                linker.defaultLookup().find("syscall").orElseThrow(),
                FunctionDescriptor.of(
                        JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                        ADDRESS),
                Linker.Option.firstVariadicArg(1));
        MemorySegment word = Arena.global().allocate(Integer.BYTES, Integer.BYTES);
        MemorySegment time = Arena.global().allocate(16, 8);
        time.set(JAVA_LONG, 8, 1000);
        var unused = (long) syscall.invokeExact(futex, word.address(), FUTEX_WAKE_PRIVATE, 1L, 0L, 0L, 0L, word);
        long result =
                (long) syscall.invokeExact(futex, word.address(), FUTEX_WAIT_PRIVATE, 0L, time.address(), 0L, 0L, word);
        if (result != -1) {
            throw new IllegalStateException("woken by nobody");
        }
    }
}
