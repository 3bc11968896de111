package io.futex.internal;

import io.futex.Capability;
import io.futex.WaitResult;
import io.futex.spi.FutexBackend;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Shared words where the system has no wait across processes: waiters poll, so nobody needs to be woken. Over a
/// backend that waits within the process they sleep there between two looks, so that wakes from this process, be it by
/// native code, end the sleep at once.
final class PollingEngine extends Engine {
    private final @Nullable FutexBackend backend;

    /// @param backend waits for words of this process; null to sleep without one
    PollingEngine(@Nullable FutexBackend backend) {
        super("polling", true);
        this.backend = backend;
    }

    @Override
    String description() {
        return "looks at the word every millisecond"
                + (backend == null ? "" : ", asleep on it in between: " + backend.description());
    }

    @Override
    Set<Capability> known() {
        return Set.of(Capability.REPORTS_CHANGED);
    }

    @Override
    WaitResult await(MemorySegment base, long offset, int expected, long deadline, boolean interruptible)
            throws InterruptedException {
        return Polling.await(backend, base, offset, expected, deadline, interruptible, this);
    }

    @Override
    int awaken(MemorySegment base, long offset, int count) {
        VarHandle.fullFence(); // as every wake
        if (backend != null) {
            int unused = backend.wake(base, offset, false, FutexBackend.ALL, count);
        }
        return UNKNOWN;
    }
}
