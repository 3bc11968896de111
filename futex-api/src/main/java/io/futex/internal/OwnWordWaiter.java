package io.futex.internal;

import io.futex.memory.PerThread;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.Selector;

/// A platform thread that waits in a queue, asleep in the system on a word of its own. So the queue decides who is
/// woken, exactly, where the system does not even tell whether it woke anybody.
///
/// The word is a permit, as of [java.util.concurrent.locks.LockSupport]: whoever wakes, by a wake or by an interrupt,
/// gives it and wakes the word; the sleeper takes it. It is remembered, so neither has to repeat itself:
///
/// ```
/// waiter                             waker, or interrupter
/// WOKEN or interrupted? no
///                                    WOKEN, or the interrupt flag
///                                    permit = 1
///                                    wakes the word: finds nobody
/// the system: permit == 0? no
/// permit = 0
/// WOKEN or interrupted? yes
/// ```
///
/// The waiter takes the permit before it looks why it was given, and the other gives the reason before the permit: so a
/// reason is never left behind without a permit. A permit without a reason costs a look.
class OwnWordWaiter extends ParkedWaiter {
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();
    private static final long LINE_BYTES = 128;
    private static final int NONE = 0;
    private static final int GIVEN = 1;

    private final FutexBackend backend;

    /// Lives as long as anybody who may still give a permit holds this object.
    private final MemorySegment permit = Arena.ofAuto().allocate(LINE_BYTES, LINE_BYTES);

    private final InterruptGivesPermit hook = new InterruptGivesPermit();

    OwnWordWaiter(Thread thread, FutexBackend backend) {
        super(thread);
        this.backend = backend;
    }

    @Override
    Outcome await(
            Bucket bucket,
            MemorySegment base,
            long offset,
            long expected,
            boolean wide,
            long deadline,
            boolean interruptible,
            Engine engine) {
        if (!interruptible) {
            return super.await(bucket, base, offset, expected, wide, deadline, false, engine);
        }
        try {
            hook.enter();
            return super.await(bucket, base, offset, expected, wide, deadline, true, engine);
        } finally {
            hook.leave();
        }
    }

    @Override
    void sleep(MemorySegment held, long deadline, Object blocker) {
        if (backend.awaitOwn(permit, NONE, held, deadline) == Outcome.FAILED) {
            explain(deadline);
        } // else why it returned is seen elsewhere
        INT.setVolatile(permit, 0L, NONE);
    }

    /// Throws what the system refused. Outside the hook, see [NativeWaiter]; an interrupt meanwhile is seen before the
    /// next sleep.
    private void explain(long deadline) {
        boolean heeding = hook.isOpen;
        if (heeding) {
            hook.leave();
        }
        try {
            Outcome unused = NativeWaiter.reason(backend, permit, 0, NONE, false, FutexBackend.ALL, deadline);
        } finally {
            if (heeding) {
                hook.enter();
            }
        }
    }

    @Override
    void unpark() {
        INT.setVolatile(permit, 0L, GIVEN); // and a full fence, which the system does not promise
        int unused = backend.wake(permit, 0, false, FutexBackend.ALL, 1);
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

    /// May be called late, in another wait of the same thread: then the permit is one without a reason.
    private final class InterruptGivesPermit extends SilentSelector {
        /// Whether the owner is between [#enter] and [#leave].
        private boolean isOpen;

        void enter() {
            isOpen = true;
            begin();
        }

        void leave() {
            isOpen = false;
            end();
        }

        @Override
        public Selector wakeup() {
            if (!isCurrent(thread)) { // one's own flag is seen before the sleep
                unpark();
            }
            return this;
        }
    }
}
