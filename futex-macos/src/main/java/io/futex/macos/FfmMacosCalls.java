package io.futex.macos;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The calls by the foreign function interface of the JDK.
///
/// One descriptor serves all of them, since linking is what costs. Capturing errno costs a slice on the heap at each
/// call that is not compiled by C2, so calls that capture are linked by themselves, when the first one is needed.
final class FfmMacosCalls implements MacosCalls {
    // (six arguments, the segment that holds the word)
    // Integers are passed in registers of 64 bits, of which a callee reads as many as its parameter has, and what
    // follows the last parameter it does not read: so on x86-64 and on arm64. No function here is variadic, for which
    // arm64 has another rule. FFM keeps the arena of a segment that it passes open for the length of the call, so the
    // word cannot be unmapped under a sleeping thread.
    private static final FunctionDescriptor CALL =
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS);

    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();

    // Not bound to a function, whose address is the first argument.
    private static final MethodHandle PLAIN = link();

    private static final ThreadLocal<MemorySegment> CAPTURED = new ThreadLocal<>() {
        @Override
        protected MemorySegment initialValue() {
            return Arena.ofAuto().allocate(CAPTURE);
        }
    };

    private final Map<Function, MemorySegment> addresses = new EnumMap<>(Function.class);
    private final String state;
    private volatile @Nullable Capturing capturing;

    /// @param symbols where the functions are
    /// @param state what they leave when they fail, by the name that Linker.Option.captureCallState has for it
    FfmMacosCalls(SymbolLookup symbols, String state) {
        this.state = state;
        for (Function function : Function.values()) {
            symbols.find(function.symbol).ifPresent(address -> addresses.put(function, address));
        }
    }

    /// The functions of libSystem.
    static FfmMacosCalls ofSystem() {
        return new FfmMacosCalls(Linker.nativeLinker().defaultLookup(), "errno");
    }

    @SuppressWarnings("restricted") // the one place of this module that needs native access
    private static MethodHandle link(Linker.Option... options) {
        return Linker.nativeLinker().downcallHandle(CALL, options);
    }

    @Override
    public boolean has(Function function) {
        return addresses.containsKey(function);
    }

    @Override
    public int call(Function function, MemorySegment held, long a, long b, long c, long d, long e, long f) {
        try {
            return (int) PLAIN.invokeExact(address(function), a, b, c, d, e, f, held);
        } catch (Throwable t) {
            throw unchecked(t);
        }
    }

    @Override
    public int callForErrno(Function function, MemorySegment held, long a, long b, long c, long d, long e, long f) {
        MemorySegment captured = CAPTURED.get();
        Capturing capturing = capturing();
        try {
            int result = (int) capturing.handle.invokeExact(address(function), captured, a, b, c, d, e, f, held);
            return result == -1 ? -captured.get(JAVA_INT, capturing.offset) : result;
        } catch (Throwable t) {
            throw unchecked(t);
        }
    }

    @Override
    public String binding() {
        return "ffm";
    }

    /// Threads may race to link it, which harms nothing.
    private Capturing capturing() {
        Capturing linked = capturing;
        if (linked == null) {
            linked = new Capturing(
                    link(Linker.Option.captureCallState(state)), CAPTURE.byteOffset(PathElement.groupElement(state)));
            capturing = linked;
        }
        return linked;
    }

    private MemorySegment address(Function function) {
        return Objects.requireNonNull(addresses.get(function), function.symbol);
    }

    private static RuntimeException unchecked(Throwable t) {
        if (t instanceof RuntimeException closed) {
            return closed; // the arena
        }
        if (t instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("a downcall throws nothing checked", t);
    }

    /// @param handle of a function, with what that leaves
    /// @param offset where it puts that
    private record Capturing(MethodHandle handle, long offset) {}
}
