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

/// The functions by the foreign function interface of the JDK.
///
/// A capturing call takes a slice of the segment to capture into, on the heap until the caller is compiled by C2, and
/// for good where that does not inline everything (JDK 25, SharedUtils.checkCaptureSegment). So the last error is
/// captured only where nothing else can tell, and that call is linked when it is first needed.
final class FfmWindowsCalls implements WindowsCalls {
    /// How Linker.Option.captureCallState knows what the function leaves: only the JVMs of Windows have it.
    static final String LAST_ERROR = "GetLastError";

    // BOOL WaitOnAddress(volatile VOID *Address, PVOID CompareAddress, SIZE_T AddressSize, DWORD dwMilliseconds); The
    // last one is not an argument: by the calling convention the caller owns the room for arguments, and a function
    // does not look at what it does not know. FFM keeps the arena of a segment that it passes open for the length of
    // the call, so the memory cannot be unmapped under a sleeping thread.
    private static final FunctionDescriptor WAIT =
            FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS);

    // VOID WakeByAddressSingle(PVOID Address); VOID WakeByAddressAll(PVOID Address);
    private static final FunctionDescriptor WAKE = FunctionDescriptor.ofVoid(JAVA_LONG);

    private static final Library LIBRARY = Library.load();
    private static final MethodHandle TRY_WAIT = link("WaitOnAddress", WAIT);
    private static final MethodHandle WAKE_SINGLE = link("WakeByAddressSingle", WAKE);
    private static final MethodHandle WAKE_ALL = link("WakeByAddressAll", WAKE);

    @SuppressWarnings("restricted") // with the lookup below, all of this module that needs native access
    static MethodHandle link(String function, FunctionDescriptor descriptor, Linker.Option... options) {
        MemorySegment symbol = LIBRARY.symbols
                .find(function)
                .orElseThrow(() -> new UnsatisfiedLinkError(LIBRARY.name + " has no function " + function));
        return Linker.nativeLinker().downcallHandle(symbol, descriptor, options);
    }

    @Override
    public int waitOnAddress(long address, int expected, int millis, MemorySegment held) {
        ThreadBlock block = ThreadBlock.current();
        try {
            int result = (int) Capturing.WAIT_AND_TELL.invokeExact(
                    block.capture, address, block.compare(expected), (long) Integer.BYTES, millis, held);
            return result != 0 ? TRUE : block.capture.get(JAVA_INT, Capturing.OFFSET);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    @Override
    public boolean tryWaitOnAddress(long address, int expected, int millis, MemorySegment held) {
        long compare = ThreadBlock.current().compare(expected);
        try {
            return (int) TRY_WAIT.invokeExact(address, compare, (long) Integer.BYTES, millis, held) != 0;
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    @Override
    public void wakeByAddressSingle(long address) {
        try {
            WAKE_SINGLE.invokeExact(address);
        } catch (Throwable e) {
            throw unchecked(e);
        }
    }

    @Override
    public void wakeByAddressAll(long address) {
        try {
            WAKE_ALL.invokeExact(address);
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
        return LIBRARY.name;
    }

    private static final class Capturing {
        static final long OFFSET = Linker.Option.captureStateLayout().byteOffset(PathElement.groupElement(LAST_ERROR));
        static final MethodHandle WAIT_AND_TELL =
                link("WaitOnAddress", WAIT, Linker.Option.captureCallState(LAST_ERROR));
    }

    /// The documented place of the functions is the API set; the library behind it is what there is without that.
    ///
    /// @param name of a DLL
    private record Library(String name, SymbolLookup symbols) {
        private static final String API_SET = "api-ms-win-core-synch-l1-2-0.dll";
        private static final String BEHIND = "kernelbase.dll";

        static Library load() {
            try {
                return load(API_SET);
            } catch (IllegalArgumentException e) {
                return load(BEHIND);
            }
        }

        @SuppressWarnings("restricted")
        private static Library load(String name) {
            SymbolLookup symbols = SymbolLookup.libraryLookup(name, Arena.global());
            if (symbols.find("WaitOnAddress").isEmpty()) {
                throw new IllegalArgumentException(name + " has no function WaitOnAddress");
            }
            return new Library(name, symbols);
        }
    }
}
