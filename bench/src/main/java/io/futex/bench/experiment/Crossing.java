package io.futex.bench.experiment;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import com.sun.jna.Native;
import io.futex.bench.os.Downcall;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import org.openjdk.jmh.annotations.CompilerControl;

/// What it costs to cross from Java to C: to `int abs(int)` of libc, of which each system has one and which takes next
/// to no time itself; and to the kernel by a FUTEX_WAKE of a private word on which nobody waits, by libc's `syscall`.
public final class Crossing {
    private static final String LIBC = System.getProperty("os.name", "").startsWith("Windows") ? "msvcrt" : "c";
    private static final long WAKE = Downcall.FUTEX_WAKE | Downcall.PRIVATE;

    @SuppressWarnings("FieldCanBeFinal") // so that the result is no constant
    private static int value = -7;

    private Crossing() {}

    static Call named(String call) {
        long word = Arena.global().allocate(128, 128).address();
        return switch (call) {
            case "abs plain" -> () -> positive(value);
            case "abs ffm" -> () -> abs(value);
            case "abs ffm-critical" -> () -> absCritical(value);
            case "abs jna" -> () -> JnaAbs.abs(value);
            case "wake ffm" -> () -> Downcall.futex(word, WAKE, 1);
            case "wake ffm-critical" -> () -> Downcall.futexCritical(word, WAKE, 1);
            case "wake jna" -> () -> JnaSyscall.syscall(Downcall.futexNumber(), word, WAKE, 1, 0, 0, 0);
            default -> throw new IllegalArgumentException("no crossing " + call);
        };
    }

    /// Does the same without a crossing, as a call that the compiler must not inline.
    @CompilerControl(CompilerControl.Mode.DONT_INLINE)
    public static int positive(int number) {
        return number < 0 ? -number : number;
    }

    private static int abs(int number) {
        try {
            return (int) Ffm.ABS.invokeExact(number);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static int absCritical(int number) {
        try {
            return (int) Ffm.CRITICAL_ABS.invokeExact(number);
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    private static final class Ffm {
        private static final FunctionDescriptor SHAPE = FunctionDescriptor.of(JAVA_INT, JAVA_INT);
        static final MethodHandle ABS = Downcall.link("abs", SHAPE);
        static final MethodHandle CRITICAL_ABS = Downcall.link("abs", SHAPE, Linker.Option.critical(false));
    }

    /// A native method that JNA has registered.
    private static final class JnaAbs {
        static {
            Native.register(JnaAbs.class, LIBC);
        }

        static native int abs(int number);
    }

    /// Integers are passed alike to functions that are variadic and those that are not, and a C long has 64 bits.
    private static final class JnaSyscall {
        static {
            Native.register(JnaSyscall.class, LIBC);
        }

        static native long syscall(long number, long word, long operation, long value, long a, long b, long c);
    }
}
