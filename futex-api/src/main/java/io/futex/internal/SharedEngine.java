package io.futex.internal;

import io.futex.Capability;
import io.futex.WaitResult;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.MemorySegment;
import java.util.Set;

/// Words that other processes wait on and wake: their waiters cannot be counted here, so every wake is a system call.
final class SharedEngine extends Engine {
    private final FutexBackend backend;

    SharedEngine(FutexBackend backend) {
        super(backend.name(), true);
        this.backend = backend;
    }

    @Override
    String description() {
        return backend.description();
    }

    @Override
    Set<Capability> known() {
        return backend.capabilities(true);
    }

    @Override
    WaitResult await(MemorySegment base, long offset, int expected, long deadline, boolean interruptible)
            throws InterruptedException {
        if (Thread.currentThread().isVirtual()) {
            // Others wake through the kernel, where a virtual thread cannot sleep without its carrier.
            return Polling.await(null, base, offset, expected, deadline, interruptible, this);
        }
        Outcome outcome = NativeWaiter.current().await(backend, base, offset, expected, true, deadline, interruptible);
        if (!base.scope().isAlive()) {
            // Only FFM keeps the arena open. As of a parked waiter, the wake may have been for another word by now.
            if (outcome == Outcome.WOKEN) {
                awaken(base, offset, 1);
            }
            Segments.requireAccessible(base);
        }
        if (interruptible && Thread.interrupted()) {
            if (outcome == Outcome.WOKEN) {
                awaken(base, offset, 1); // by the interrupter or by a wake: nobody can tell, so it is passed on
            }
            throw new InterruptedException();
        }
        return Results.of(outcome);
    }

    @Override
    int awaken(MemorySegment base, long offset, int count) {
        return backend.wake(base, offset, true, FutexBackend.ALL, count);
    }
}
