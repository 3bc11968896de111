package io.futex.channel;

import io.futex.internal.Deadline;
import io.futex.memory.PerThread;
import io.futex.sync.Parker;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A thread that waits, by a node in each of the queues that may end its wait. Whoever ends it, a party in any of the
/// channels, a close, an interrupt or the end of the time, claims it by one step on its state; a party does so only
/// under the lock of the channel in whose queue it has found the node. So a waiter whose nodes are out of all queues
/// may be used again.
///
/// This is the one place that knows how a thread sleeps: a platform thread on a word, its [Parker], and a virtual one
/// parked.
final class Waiter {
    /// Waits, and has not gone to sleep.
    static final int RUNNING = -1;
    /// Sleeps, or is about to: who claims it also wakes it.
    static final int ASLEEP = -2;
    /// Has given up. The states from 0 on are those of one claimed: twice the index of the node, plus 1 if the channel
    /// was closed.
    static final int CANCELLED = Integer.MAX_VALUE;

    /// How often a platform thread looks before it sleeps, some 5 us: whom it has queued behind may be about to come to
    /// it, and to be woken takes longer than that.
    private static final int LOOKS = Pace.LOOKS ? 200 : 0;

    private static final long LINE_BYTES = 128;

    /// Platform threads keep one each. On a cache line of its own, which is freed with it.
    private static final PerThread<Parker> PARKERS = new PerThread<>() {
        @Override
        protected Parker make() {
            return makeParker();
        }
    };

    private static boolean isLoaded;

    private static final AtomicIntegerFieldUpdater<Waiter> STATE =
            AtomicIntegerFieldUpdater.newUpdater(Waiter.class, "state");

    private volatile int state = CANCELLED;

    /// By what it is woken: the thread if it is a virtual one, else a [Parker]. Read before the claim, since afterwards
    /// the waiter may be on its next wait.
    @Nullable
    Object sleeper;

    /// Loads what sleeps, before the first one does, maybe where the stack ends: a class whose initializer has failed
    /// is lost to the whole process.
    static void load() {
        if (!isLoaded) {
            Parker parker = makeParker();
            parker.unpark();
            parker.parkUninterruptibly();
            isLoaded = true;
        }
    }

    private static Parker makeParker() {
        return Parker.local(Arena.ofAuto().allocate(LINE_BYTES, LINE_BYTES), 0);
    }

    /// Before a wait, by who waits.
    void begin() {
        prepare();
        arm();
    }

    /// The part of [#begin] that may fail.
    void prepare() {
        Thread thread = Thread.currentThread();
        sleeper = thread.isVirtual() ? thread : PARKERS.current();
    }

    /// The part that cannot: from here on it may be claimed.
    void arm() {
        state = RUNNING;
    }

    /// After a wait: nobody holds a node any more.
    void end() {
        sleeper = null;
    }

    /// By a party that has found a node of it, under the lock. Fails before it has done anything.
    ///
    /// @param result what the waiter shall return
    /// @return [#RUNNING] if it is claimed, [#ASLEEP] if it must be woken too; else another was first, or it has given
    /// up
    int claim(int result) {
        for (; ; ) {
            int s = state;
            if (s >= 0 || STATE.compareAndSet(this, s, result)) {
                return s;
            }
        }
    }

    /// Wakes one that was claimed asleep. It may be late: then the next sleep ends at once, for no reason.
    static void wake(Object sleeper) {
        if (sleeper instanceof Parker parker) {
            parker.unpark();
        } else {
            LockSupport.unpark((Thread) sleeper);
        }
    }

    /// Sleeps until claimed or the time is over. Whatever goes wrong comes too late for one that is claimed; then it is
    /// not thrown, and the interrupt status is left set.
    ///
    /// @return what it was claimed with, or [#CANCELLED]
    int await(long deadline) throws InterruptedException {
        try {
            for (int i = sleeper instanceof Parker ? LOOKS : 0; i > 0 && state < 0; i--) {
                Thread.onSpinWait();
            }
            if (state < 0 && STATE.compareAndSet(this, RUNNING, ASLEEP)) {
                while (state < 0) {
                    if (Thread.interrupted()) {
                        throw new InterruptedException();
                    }
                    if (Deadline.isOver(deadline)) {
                        STATE.compareAndSet(this, ASLEEP, CANCELLED);
                    } else {
                        sleep(deadline);
                    }
                }
            }
            return state;
        } catch (Throwable e) { // an interrupt, or no stack
            if (STATE.compareAndSet(this, ASLEEP, CANCELLED) || STATE.compareAndSet(this, RUNNING, CANCELLED)) {
                throw e;
            }
            if (e instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            return state;
        }
    }

    private void sleep(long deadline) {
        if (sleeper instanceof Parker parker) {
            if (deadline == Deadline.FOREVER) {
                parker.park();
            } else {
                boolean unused = parker.park(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            }
        } else if (deadline == Deadline.FOREVER) {
            LockSupport.park(this);
        } else {
            LockSupport.parkNanos(this, deadline - System.nanoTime());
        }
    }
}
