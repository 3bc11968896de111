package io.futex.bench.micro;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// What it costs to reach the kernel from Java: a FUTEX_WAKE of a private word on which nobody waits, by libc's
/// `syscall`. Linux on x86-64 and on architectures with the numbers of aarch64.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
public class BoundaryWakeBench {
    private static final long FUTEX = System.getProperty("os.arch", "").equals("amd64") ? 202 : 98;
    private static final long FUTEX_WAKE_PRIVATE = 129;

    private final MemorySegment memory = Arena.ofAuto().allocate(Integer.BYTES, 128);
    private final long word = memory.address();

    /// As the library's own calls.
    @Benchmark
    public long ffm() throws Throwable {
        return (long) Ffm.SYSCALL.invokeExact(FUTEX, word, FUTEX_WAKE_PRIVATE, 1L, 0L, 0L, 0L);
    }

    /// The thread does not leave its Java state, so that the garbage collector waits for it. Good for a wake perhaps,
    /// and never for a wait.
    @Benchmark
    public long ffmCritical() throws Throwable {
        return (long) Ffm.CRITICAL_SYSCALL.invokeExact(FUTEX, word, FUTEX_WAKE_PRIVATE, 1L, 0L, 0L, 0L);
    }

    /// A native method that JNA has registered.
    @Benchmark
    public long jnaDirect() {
        return Direct.syscall(FUTEX, word, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
    }

    /// A proxy of JNA.
    @Benchmark
    public long jnaInterface() {
        return Interface.C.syscall(FUTEX, word, FUTEX_WAKE_PRIVATE, 1, 0, 0, 0);
    }

    private static final class Ffm {
        static final MethodHandle SYSCALL = link(Linker.Option.firstVariadicArg(1));
        static final MethodHandle CRITICAL_SYSCALL =
                link(Linker.Option.firstVariadicArg(1), Linker.Option.critical(false));

        private static MethodHandle link(Linker.Option... options) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(
                    linker.defaultLookup().find("syscall").orElseThrow(),
                    FunctionDescriptor.of(
                            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                    options);
        }
    }

    private static final class Direct {
        static {
            Native.register(Direct.class, LibC.NAME);
        }

        static native long syscall(
                long number, long address, long operation, long count, long timeout, long second, long value);
    }

    /// For JNA, which makes a class of it.
    public interface Interface extends Library {
        /// The library.
        Interface C = Native.load(LibC.NAME, Interface.class);

        /// `long syscall(long number, ...)`; integers are passed alike to functions that are variadic and those that
        /// are not, and a C long has 64 bits.
        long syscall(long number, long address, long operation, long count, long timeout, long second, long value);
    }
}
