package io.futex.windows;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A Windows that answers as told, and notes what it was asked.
final class FakeCalls implements WindowsCalls {
    private final List<Call> calls = new ArrayList<>();
    private int result = TRUE;

    /// Until told otherwise waits answer so: TRUE, or the last error.
    FakeCalls answer(int result) {
        this.result = result;
        return this;
    }

    /// What was asked since this was asked the last time.
    List<Call> taken() {
        List<Call> taken = List.copyOf(calls);
        calls.clear();
        return taken;
    }

    @Override
    public boolean waitOnAddress(long address, int expected, int millis, MemorySegment held) {
        calls.add(new Call("WaitOnAddress", address, expected, millis, held));
        return result == TRUE;
    }

    @Override
    public int waitForError(long address, int expected, int millis, MemorySegment held) {
        calls.add(new Call("WaitOnAddress, GetLastError", address, expected, millis, held));
        return result;
    }

    @Override
    public void wakeByAddressSingle(long address) {
        calls.add(new Call("WakeByAddressSingle", address, 0, 0, null));
    }

    @Override
    public void wakeByAddressAll(long address) {
        calls.add(new Call("WakeByAddressAll", address, 0, 0, null));
    }

    @Override
    public String binding() {
        return "fake";
    }

    /// A call.
    record Call(
            String function,
            long address,
            int expected,
            int millis,
            @Nullable MemorySegment held) {}
}
