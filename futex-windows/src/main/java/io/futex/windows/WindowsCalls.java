package io.futex.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.futex.spi.ThreadBlock;
import java.lang.foreign.MemorySegment;

/// The C functions that the Windows backend needs, by whichever binding. No address is ever NULL.
interface WindowsCalls {
    /// The API set that holds them, which is their documented place.
    String LIBRARY = "api-ms-win-core-synch-l1-2-0.dll";

    /// What [#waitForError] answers if WaitOnAddress returned TRUE: no error has this number.
    int TRUE = -1;

    /// The DWORD that means for ever (winbase.h).
    int INFINITE = -1;

    /// `BOOL WaitOnAddress(volatile VOID *Address, PVOID CompareAddress, SIZE_T AddressSize, DWORD dwMilliseconds)`.
    /// Which error it was is not told: mostly the caller's clock can tell.
    ///
    /// @param address a word of 4 bytes
    /// @param expected what CompareAddress points at
    /// @param millis unsigned; [#INFINITE] for ever
    /// @param held where the binding can, this memory stays open for the length of the call
    /// @return whether it returned TRUE
    boolean waitOnAddress(long address, int expected, int millis, MemorySegment held);

    /// As [#waitOnAddress], with the last error of the very call.
    ///
    /// @return [#TRUE], or the last error
    int waitForError(long address, int expected, int millis, MemorySegment held);

    /// `VOID WakeByAddressSingle(PVOID Address)`.
    void wakeByAddressSingle(long address);

    /// `VOID WakeByAddressAll(PVOID Address)`.
    void wakeByAddressAll(long address);

    /// Calls another function, with its arguments in order and zeros after the last.
    ///
    /// @return what it returned, whose upper half means nothing unless it is a HANDLE; for 0 the last error, negative
    /// @throws UnsupportedOperationException if the binding has none of these
    default long call(Function function, long a, long b, long c, long d, long e) {
        throw new UnsupportedOperationException(function.symbol + " tells who is there, and the binding " + binding()
                + " does not have it; -Dio.futex.binding=ffm does");
    }

    /// The binding's name, as `-Dio.futex.binding` takes it.
    String binding();

    /// The address of the value to compare with; valid until the next call on the same thread.
    static long compare(int expected) {
        MemorySegment block = ThreadBlock.current();
        block.set(JAVA_INT, 0, expected);
        return block.address();
    }
}
