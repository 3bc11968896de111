package io.futex.windows;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/// The functions by JNA, mapped directly. JNA does not keep an arena open.
@SuppressWarnings("MemberName") // JNA finds the functions by the names of the methods
final class JnaWindowsCalls implements WindowsCalls {
    static {
        Native.register(JnaWindowsCalls.class, NativeLibrary.getInstance(LIBRARY));
    }

    private static native int WaitOnAddress(long address, long compare, long size, int millis);

    private static native void WakeByAddressSingle(long address);

    private static native void WakeByAddressAll(long address);

    @Override
    public boolean waitOnAddress(long address, int expected, int millis, MemorySegment held) {
        try {
            return WaitOnAddress(address, WindowsCalls.compare(expected), Integer.BYTES, millis) != 0;
        } finally {
            Reference.reachabilityFence(held);
        }
    }

    /// JNA keeps the last error of each call for its thread.
    @Override
    public int waitForError(long address, int expected, int millis, MemorySegment held) {
        return waitOnAddress(address, expected, millis, held) ? TRUE : Native.getLastError();
    }

    @Override
    public void wakeByAddressSingle(long address) {
        WakeByAddressSingle(address);
    }

    @Override
    public void wakeByAddressAll(long address) {
        WakeByAddressAll(address);
    }

    @Override
    public String binding() {
        return "jna";
    }
}
