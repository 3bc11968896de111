package io.futex.windows;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.futex.spi.Binding;
import io.futex.spi.ThreadBlock;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The functions by the foreign function interface of the JDK.
///
/// Capturing the last error is a link more, and at each call it costs a slice on the heap until the caller is compiled
/// by C2, and for good where that does not inline everything (JDK 25, SharedUtils.checkCaptureSegment). So it is linked
/// when something has really failed, and called only then.
final class FfmWindowsCalls implements WindowsCalls {
    /// What the functions leave; only the JVMs of Windows know the name.
    private static final String LAST_ERROR = "GetLastError";

    /// Linked outside any class initialiser: an Error out of that, such as where the stack ends, would stay for ever.
    private static volatile @Nullable MethodHandle linkedWait;

    private static volatile @Nullable MethodHandle linkedWake;

    private final MemorySegment waitOnAddress;
    private final MemorySegment wakeByAddressSingle;
    private final MemorySegment wakeByAddressAll;
    private final SymbolLookup symbols;
    private final String state;
    private volatile @Nullable Capturing capturing;
    private volatile @Nullable Capturing others;

    /// @param symbols where the functions are
    /// @param state what they leave when they fail, by the name that Linker.Option.captureCallState has for it
    FfmWindowsCalls(SymbolLookup symbols, String state) {
        this.symbols = symbols;
        this.state = state;
        waitOnAddress = find(symbols, "WaitOnAddress");
        wakeByAddressSingle = find(symbols, "WakeByAddressSingle");
        wakeByAddressAll = find(symbols, "WakeByAddressAll");
        linkPlain();
    }

    @SuppressWarnings("restricted") // with the linking below, all of this module that needs native access
    static FfmWindowsCalls ofSystem() {
        try {
            SymbolLookup waits = SymbolLookup.libraryLookup(LIBRARY, Arena.global());
            return new FfmWindowsCalls(
                    waits.or(SymbolLookup.libraryLookup("kernel32.dll", Arena.global())), LAST_ERROR);
        } catch (IllegalArgumentException e) {
            throw (Error) new UnsatisfiedLinkError("no library " + LIBRARY).initCause(e);
        }
    }

    private static MemorySegment find(SymbolLookup symbols, String function) {
        return symbols.find(function)
                .orElseThrow(() -> new UnsatisfiedLinkError(LIBRARY + " has no function " + function));
    }

    private static void linkPlain() {
        linkedWait = linkWait();
        // VOID WakeByAddressSingle(PVOID Address); VOID WakeByAddressAll(PVOID Address);
        linkedWake = link(FunctionDescriptor.ofVoid(JAVA_LONG));
        MethodHandle unused = Plain.WAIT; // at once, where there was stack enough to link
    }

    // BOOL WaitOnAddress(volatile VOID *Address, PVOID CompareAddress, SIZE_T AddressSize, DWORD dwMilliseconds); The
    // last one is not an argument: by the calling convention the caller owns the room for arguments, and a function
    // does not look at what it does not know. FFM keeps the arena of a segment that it passes open for the length of
    // the call, so the memory cannot be unmapped under a sleeping thread.
    private static MethodHandle linkWait(Linker.Option... options) {
        return link(FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS), options);
    }

    /// Not bound to a function, whose address is the first argument.
    @SuppressWarnings("restricted")
    private static MethodHandle link(FunctionDescriptor descriptor, Linker.Option... options) {
        return Linker.nativeLinker().downcallHandle(descriptor, options);
    }

    @Override
    public boolean waitOnAddress(long address, int expected, int millis, MemorySegment held) {
        long compare = WindowsCalls.compare(expected);
        try {
            return (int) Plain.WAIT.invokeExact(waitOnAddress, address, compare, (long) Integer.BYTES, millis, held)
                    != 0;
        } catch (Throwable e) {
            throw Binding.unchecked(e);
        }
    }

    @Override
    public int waitForError(long address, int expected, int millis, MemorySegment held) {
        Capturing linked = capturing;
        if (linked == null) { // threads may race to link it, which harms nothing
            linked = new Capturing(linkWait(Linker.Option.captureCallState(state)), ThreadBlock.captureOffset(state));
            capturing = linked;
        }
        MemorySegment capture = ThreadBlock.capture();
        long compare = WindowsCalls.compare(expected);
        try {
            int result = (int) linked.handle.invokeExact(
                    waitOnAddress, capture, address, compare, (long) Integer.BYTES, millis, held);
            return result != 0 ? TRUE : capture.get(JAVA_INT, linked.offset);
        } catch (Throwable e) {
            throw Binding.unchecked(e);
        }
    }

    @Override
    public void wakeByAddressSingle(long address) {
        wake(wakeByAddressSingle, address);
    }

    @Override
    public void wakeByAddressAll(long address) {
        wake(wakeByAddressAll, address);
    }

    /// By one descriptor, as a function does not look at what it does not know. Linked at first need: most programs
    /// have none.
    @Override
    public long call(Function function, long a, long b, long c, long d, long e) {
        Capturing linked = others;
        if (linked == null) {
            FunctionDescriptor call =
                    FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
            linked = new Capturing(link(call, Linker.Option.captureCallState(state)), ThreadBlock.captureOffset(state));
            others = linked;
        }
        MemorySegment capture = ThreadBlock.capture();
        try {
            long result = (long) linked.handle.invokeExact(find(symbols, function.symbol), capture, a, b, c, d, e);
            return (int) result != 0 ? result : -capture.get(JAVA_INT, linked.offset);
        } catch (Throwable t) {
            throw Binding.unchecked(t);
        }
    }

    private static void wake(MemorySegment function, long address) {
        try {
            Plain.WAKE.invokeExact(function, address);
        } catch (Throwable e) {
            throw Binding.unchecked(e);
        }
    }

    @Override
    public String binding() {
        return "ffm";
    }

    /// @param handle with what a call leaves
    /// @param offset where it puts that
    private record Capturing(MethodHandle handle, long offset) {}

    /// Constants to the compiler.
    private static final class Plain {
        static final MethodHandle WAIT = Objects.requireNonNull(linkedWait);
        static final MethodHandle WAKE = Objects.requireNonNull(linkedWake);
    }
}
