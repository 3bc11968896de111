package io.futex.internal;

import io.futex.memory.PerThread;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.MemorySegment;

/// A platform thread that waits in a queue, asleep in the system on a word of its own, its [Permit]. So the queue
/// decides who is woken, exactly, where the system does not even tell whether it woke anybody.
class OwnWordWaiter extends ParkedWaiter {
    private final FutexBackend backend;
    private final Permit permit;

    OwnWordWaiter(Thread thread, FutexBackend backend) {
        super(thread);
        this.backend = backend;
        this.permit = new Permit(thread, backend);
    }

    @Override
    Outcome sleepToTheEnd(MemorySegment held, long deadline, boolean interruptible, Engine engine) {
        if (!interruptible) {
            return super.sleepToTheEnd(held, deadline, false, engine);
        }
        try {
            permit.heedInterrupts();
            return super.sleepToTheEnd(held, deadline, true, engine);
        } finally {
            permit.ignoreInterrupts();
        }
    }

    @Override
    void sleep(MemorySegment held, long deadline, Object blocker) {
        if (backend.awaitOwn(permit.word(), Permit.NONE, held, deadline) == Outcome.FAILED) {
            permit.explain(deadline);
        } // else why it returned is seen elsewhere
        permit.take();
    }

    @Override
    void unpark() {
        permit.give();
    }

    /// A native sleep does not end by itself, so an uninterruptible one leaves the flag alone.
    @Override
    boolean sleepEndsByInterrupt() {
        return false;
    }

    /// The waiters of an engine's threads.
    static PerThread<OwnWordWaiter> perThread(FutexBackend backend) {
        return new PerThread<>() {
            @Override
            protected OwnWordWaiter make() {
                return new OwnWordWaiter(Thread.currentThread(), backend);
            }
        };
    }
}
