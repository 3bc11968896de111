package io.futex.windows;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/// The functions by the foreign function interface of the JDK.
///
/// A capturing call takes a slice of the segment to capture into, on the heap until the caller is compiled by C2, and
/// for good where that does not inline everything (JDK 25, SharedUtils.checkCaptureSegment). So the last error is
/// captured only where nothing else can tell, and that call is linked when it is first needed.
final class FfmWindowsCalls implements WindowsCalls {
    /// What the functions leave; only the JVMs of Windows know the name.
    private static final String LAST_ERROR = "GetLastError";

    // BOOL WaitOnAddress(volatile VOID *Address, PVOID CompareAddress, SIZE_T AddressSize, DWORD dwMilliseconds); The
    // last one is not an argument: by the calling convention the caller owns the room for arguments, and a function
    // does not look at what it does not know. FFM keeps the arena of a segment that it passes open for the length of
    // the call, so the memory cannot be unmapped under a sleeping thread.
    private static final FunctionDescriptor WAIT =
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS);

    // VOID WakeByAddressSingle(PVOID Address); VOID WakeByAddressAll(PVOID Address);
    private static final FunctionDescriptor WAKE = FunctionDescriptor.ofVoid(JAVA_LONG);

    // Not bound to a function, whose address is the first argument.
    private static final MethodHandle TRY_WAIT = link(WAIT);
    private static final MethodHandle WAKE_BY_ADDRESS = link(WAKE);

    private final String library;
    private final MemorySegment waitOnAddress;
    private final MemorySegment wakeByAddressSingle;
    private final MemorySegment wakeByAddressAll;
    private final String state;
    private volatile @Nullable Capturing capturing;

    /// @param symbols where the functions are
    /// @param library what people call that place
    /// @param state what they leave when they fail, by the name that Linker.Option.captureCallState has for it
    FfmWindowsCalls(SymbolLookup symbols, String library, String state) {
        this.library = library;
        this.state = state;
        waitOnAddress = find(symbols, "WaitOnAddress");
        wakeByAddressSingle = find(symbols, "WakeByAddressSingle");
        wakeByAddressAll = find(symbols, "WakeByAddressAll");
    }

    /// The documented place of the functions is the API set; the library behind it is what there is without that.
    static FfmWindowsCalls ofSystem() {
        try {
            return ofLibrary("api-ms-win-core-synch-l1-2-0.dll");
        } catch (UnsatisfiedLinkError e) {
            return ofLibrary("kernelbase.dll");
        }
    }

    @SuppressWarnings("restricted") // with the linking below, all of this module that needs native access
    private static FfmWindowsCalls ofLibrary(String name) {
        SymbolLookup symbols;
        try {
            symbols = SymbolLookup.libraryLookup(name, Arena.global());
        } catch (IllegalArgumentException e) {
            throw (Error) new UnsatisfiedLinkError("no library " + name).initCause(e);
        }
        return new FfmWindowsCalls(symbols, name, LAST_ERROR);
    }

    private MemorySegment find(SymbolLookup symbols, String function) {
        return symbols.find(function)
                .orElseThrow(() -> new UnsatisfiedLinkError(library + " has no function " + function));
    }

    @SuppressWarnings("restricted")
    private static MethodHandle link(FunctionDescriptor descriptor, Linker.Option... options) {
        return Linker.nativeLinker().downcallHandle(descriptor, options);
    }

    @Override
    public int waitOnAddress(long address, int expected, int millis, MemorySegment held) {
        ThreadBlock block = ThreadBlock.current();
        Capturing capturing = capturing();
        try {
            int result = (int) capturing.handle.invokeExact(
                    waitOnAddress, block.capture, address, block.compare(expected), (long) Integer.BYTES, millis, held);
            return result != 0 ? TRUE : block.capture.get(JAVA_INT, capturing.offset);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    @Override
    public boolean tryWaitOnAddress(long address, int expected, int millis, MemorySegment held) {
        long compare = ThreadBlock.current().compare(expected);
        try {
            return (int) TRY_WAIT.invokeExact(waitOnAddress, address, compare, (long) Integer.BYTES, millis, held) != 0;
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    @Override
    public void wakeByAddressSingle(long address) {
        try {
            WAKE_BY_ADDRESS.invokeExact(wakeByAddressSingle, address);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    @Override
    public void wakeByAddressAll(long address) {
        try {
            WAKE_BY_ADDRESS.invokeExact(wakeByAddressAll, address);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    private static RuntimeException unchecked(Throwable e) {
        if (e instanceof RuntimeException closed) {
            return closed; // the arena
        }
        if (e instanceof Error error) {
            throw error;
        }
        return new IllegalStateException("a downcall throws nothing checked", e);
    }

    @Override
    public String binding() {
        return "ffm";
    }

    @Override
    public String library() {
        return library;
    }

    /// Threads may race to link it, which harms nothing.
    private Capturing capturing() {
        Capturing linked = capturing;
        if (linked == null) {
            linked = new Capturing(
                    link(WAIT, Linker.Option.captureCallState(state)),
                    Linker.Option.captureStateLayout().byteOffset(PathElement.groupElement(state)));
            capturing = linked;
        }
        return linked;
    }

    /// @param handle of WaitOnAddress, with what that leaves
    /// @param offset where it puts that
    private record Capturing(MethodHandle handle, long offset) {}
}
