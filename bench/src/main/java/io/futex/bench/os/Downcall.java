package io.futex.bench.os;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/// C functions by FFM, without a library in between.
public final class Downcall {
    /// FUTEX_WAIT.
    public static final long FUTEX_WAIT = 0;

    /// FUTEX_WAKE.
    public static final long FUTEX_WAKE = 1;

    /// FUTEX_PRIVATE_FLAG.
    public static final long PRIVATE = 128;

    private Downcall() {}

    /// A function that every program finds.
    public static MethodHandle link(String name, FunctionDescriptor shape, Linker.Option... options) {
        return Linker.nativeLinker()
                .downcallHandle(
                        Linker.nativeLinker()
                                .defaultLookup()
                                .find(name)
                                .orElseThrow(() -> new UnsupportedOperationException("no " + name + "() here")),
                        shape,
                        options);
    }

    /// The bare system call.
    public static long futex(long address, long operation, long value) {
        try {
            return (long) Futex.CALL.invokeExact(Futex.NUMBER, address, operation, value, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw new AssertionError("a downcall throws nothing", e);
        }
    }

    /// The same without leaving the Java state, so that the garbage collector waits for it. Good for a wake perhaps,
    /// and never for a wait.
    public static long futexCritical(long address, long operation, long value) {
        try {
            return (long) Futex.CRITICAL_CALL.invokeExact(Futex.NUMBER, address, operation, value, 0L, 0L, 0L);
        } catch (Throwable e) {
            throw new AssertionError("a downcall throws nothing", e);
        }
    }

    /// The number of futex() on this architecture.
    public static long futexNumber() {
        return Futex.NUMBER;
    }

    /// Linked at the first use only: other systems have no such call.
    private static final class Futex {
        static final long NUMBER = switch (System.getProperty("os.arch")) {
            case "amd64" -> 202;
            case "aarch64", "riscv64" -> 98;
            default ->
                throw new UnsupportedOperationException("the number of futex() on " + System.getProperty("os.arch"));
        };
        private static final FunctionDescriptor SHAPE = FunctionDescriptor.of(
                JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
        private static final Linker.Option VARIADIC = Linker.Option.firstVariadicArg(1);
        static final MethodHandle CALL = link("syscall", SHAPE, VARIADIC);
        static final MethodHandle CRITICAL_CALL = link("syscall", SHAPE, VARIADIC, Linker.Option.critical(false));
    }
}
