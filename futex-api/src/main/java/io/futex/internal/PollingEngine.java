package io.futex.internal;

import io.futex.Capability;
import io.futex.WaitResult;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Set;

/// Shared words where the system has no wait across processes: waiters poll, so there is nobody to wake.
final class PollingEngine extends Engine {
    PollingEngine() {
        super("polling", true, Set.of(Capability.REPORTS_CHANGED));
    }

    @Override
    String description() {
        return "looks at the word every millisecond";
    }

    @Override
    WaitResult await(MemorySegment base, long offset, int expected, long deadline, boolean interruptible)
            throws InterruptedException {
        return Polling.await(base, offset, expected, deadline, interruptible, this);
    }

    @Override
    int awaken(MemorySegment base, long offset, int count) {
        VarHandle.fullFence(); // as every wake
        return UNKNOWN;
    }
}
