package io.futex.bench.micro;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import com.sun.jna.Library;
import com.sun.jna.Native;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.CompilerControl;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// What it costs to cross from Java to C: `int abs(int)` of libc, of which each system has one and which takes next to
/// no time itself.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
public class BoundaryBench {
    /// A field, so that the result is no constant.
    private int value = -7;

    /// Does the same without a crossing, as a call that the compiler must not inline.
    @Benchmark
    public int plain() {
        return positive(value);
    }

    @CompilerControl(CompilerControl.Mode.DONT_INLINE)
    private static int positive(int number) {
        return number < 0 ? -number : number;
    }

    /// As the library's own calls.
    @Benchmark
    public int ffm() throws Throwable {
        return (int) Ffm.ABS.invokeExact(value);
    }

    /// The thread does not leave its Java state, so that the garbage collector waits for it.
    @Benchmark
    public int ffmCritical() throws Throwable {
        return (int) Ffm.CRITICAL_ABS.invokeExact(value);
    }

    /// A native method that JNA has registered.
    @Benchmark
    public int jnaDirect() {
        return Direct.abs(value);
    }

    /// A proxy of JNA.
    @Benchmark
    public int jnaInterface() {
        return Interface.C.abs(value);
    }

    private static final class Ffm {
        static final MethodHandle ABS = link();
        static final MethodHandle CRITICAL_ABS = link(Linker.Option.critical(false));

        private static MethodHandle link(Linker.Option... options) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(
                    linker.defaultLookup().find("abs").orElseThrow(),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT),
                    options);
        }
    }

    private static final class Direct {
        static {
            Native.register(Direct.class, LibC.NAME);
        }

        static native int abs(int number);
    }

    /// For JNA, which makes a class of it.
    public interface Interface extends Library {
        /// The library.
        Interface C = Native.load(LibC.NAME, Interface.class);

        /// `int abs(int number)`.
        int abs(int number);
    }
}
