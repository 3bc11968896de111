package io.futex.macos;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.futex.spi.Binding;
import io.futex.spi.ThreadBlock;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The calls by the foreign function interface of the JDK.
///
/// One descriptor serves all of them, since linking is what costs. Capturing errno is a second link, and costs a slice
/// on the heap at each call that is not compiled by C2: it is linked when something has really failed, and called only
/// then.
final class FfmMacosCalls implements MacosCalls {
    private static final String ERRNO = "errno";

    /// Linked outside any class initialiser: an Error out of that, such as where the stack ends, would stay for ever.
    private static volatile @Nullable MethodHandle linked;

    private static volatile @Nullable MethodHandle linkedCapturing;

    private final Map<Function, MemorySegment> addresses = new EnumMap<>(Function.class);

    /// @param symbols where the functions are
    FfmMacosCalls(SymbolLookup symbols) {
        linkPlain();
        for (Function function : Function.values()) {
            symbols.find(function.symbol).ifPresent(address -> addresses.put(function, address));
        }
    }

    /// The functions of libSystem.
    static FfmMacosCalls ofSystem() {
        return new FfmMacosCalls(Linker.nativeLinker().defaultLookup());
    }

    private static void linkPlain() {
        linked = link();
        MethodHandle unused = Plain.CALL; // at once, where there was stack enough to link
    }

    /// Not bound to a function, whose address is the first argument.
    @SuppressWarnings("restricted") // the one place of this module that needs native access
    private static MethodHandle link(Linker.Option... options) {
        // Integers are passed in registers of 64 bits, of which a callee reads as many as its parameter has, and what
        // follows the last parameter it does not read: so on x86-64 and on arm64. No function here is variadic, for
        // which arm64 has another rule. FFM keeps the arena of a segment that it passes open for the length of the
        // call, so the word cannot be unmapped under a sleeping thread.
        FunctionDescriptor call = FunctionDescriptor.of(
                JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS);
        return Linker.nativeLinker().downcallHandle(call, options);
    }

    @Override
    public boolean has(Function function) {
        return addresses.containsKey(function);
    }

    @Override
    public int call(Function function, MemorySegment held, long a, long b, long c, long d, long e, long f) {
        try {
            return (int) Plain.CALL.invokeExact(address(function), a, b, c, d, e, f, held);
        } catch (Throwable t) {
            throw Binding.unchecked(t);
        }
    }

    @Override
    public int callForErrno(Function function, MemorySegment held, long a, long b, long c, long d, long e, long f) {
        if (linkedCapturing == null) { // threads may race to link it, which harms nothing
            linkedCapturing = link(Linker.Option.captureCallState(ERRNO));
        }
        MemorySegment capture = ThreadBlock.capture();
        try {
            int result = (int) Capturing.CALL.invokeExact(address(function), capture, a, b, c, d, e, f, held);
            return result == function.failure ? -capture.get(JAVA_INT, Capturing.OFFSET) : result;
        } catch (Throwable t) {
            throw Binding.unchecked(t);
        }
    }

    @Override
    public String binding() {
        return "ffm";
    }

    private MemorySegment address(Function function) {
        return Objects.requireNonNull(addresses.get(function), function.symbol);
    }

    /// A constant to the compiler.
    private static final class Plain {
        static final MethodHandle CALL = Objects.requireNonNull(linked);
    }

    /// Also constants, so that C2 can do without the slice.
    private static final class Capturing {
        static final MethodHandle CALL = Objects.requireNonNull(linkedCapturing);
        static final long OFFSET = ThreadBlock.captureOffset(ERRNO);
    }
}
