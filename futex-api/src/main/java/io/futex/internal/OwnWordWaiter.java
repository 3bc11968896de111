package io.futex.internal;

import io.futex.WaitResult;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.channels.Selector;

/// A platform thread that waits in a list, asleep in the system on a word of its own. So the list decides who is woken,
/// exactly, where the system does not even tell whether it woke anybody.
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
    WaitResult await(
            ParkedList list,
            MemorySegment base,
            long offset,
            long expected,
            boolean wide,
            long deadline,
            boolean interruptible,
            Object blocker)
            throws InterruptedException {
        if (!interruptible) {
            return super.await(list, base, offset, expected, wide, deadline, false, blocker);
        }
        try {
            hook.enter();
            return super.await(list, base, offset, expected, wide, deadline, true, blocker);
        } finally {
            hook.leave();
        }
    }

    @Override
    void sleep(MemorySegment held, long deadline, Object blocker) {
        Outcome unused = backend.awaitOwn(permit, NONE, held, deadline); // why it returned is seen elsewhere
        INT.setVolatile(permit, 0L, NONE);
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

    /// The nodes of an engine's threads: each makes one on its first wait and reuses it, so that waits allocate
    /// nothing.
    static final class PerThread extends ThreadLocal<OwnWordWaiter> {
        private final FutexBackend backend;

        PerThread(FutexBackend backend) {
            this.backend = backend;
        }

        @Override
        protected OwnWordWaiter initialValue() {
            return new OwnWordWaiter(Thread.currentThread(), backend);
        }
    }

    /// May be called late, in another wait of the same thread: then the permit is one without a reason.
    private final class InterruptGivesPermit extends SilentSelector {
        void enter() {
            begin();
        }

        void leave() {
            end();
        }

        @Override
        public Selector wakeup() {
            if (!Thread.currentThread().equals(thread)) { // one's own flag is seen before the sleep
                unpark();
            }
            return this;
        }
    }
}
