package io.futex.windows;

import java.lang.foreign.MemorySegment;

/// The C functions that the Windows backend needs, by whichever binding. No address is ever NULL.
interface WindowsCalls {
    /// What [#waitOnAddress] answers if WaitOnAddress returned TRUE: no error has this number.
    int TRUE = -1;

    /// The DWORD that means for ever (winbase.h).
    int INFINITE = -1;

    /// `BOOL WaitOnAddress(volatile VOID *Address, PVOID CompareAddress, SIZE_T AddressSize, DWORD dwMilliseconds)`,
    /// with the last error of the very call.
    ///
    /// @param address a word of 4 bytes
    /// @param expected what CompareAddress points at
    /// @param millis unsigned; [#INFINITE] for ever
    /// @param held where the binding can, this memory stays open for the length of the call
    /// @return [#TRUE], or the last error
    int waitOnAddress(long address, int expected, int millis, MemorySegment held);

    /// As [#waitOnAddress], but which error it was is not told: mostly the caller's clock can tell.
    ///
    /// @return whether it returned TRUE
    boolean tryWaitOnAddress(long address, int expected, int millis, MemorySegment held);

    /// `VOID WakeByAddressSingle(PVOID Address)`.
    void wakeByAddressSingle(long address);

    /// `VOID WakeByAddressAll(PVOID Address)`.
    void wakeByAddressAll(long address);

    /// The binding's name, as `-Dio.futex.binding` takes it.
    String binding();

    /// The library that holds the functions.
    String library();
}
