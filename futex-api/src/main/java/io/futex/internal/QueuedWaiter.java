package io.futex.internal;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/// Who waits in the queues of a table: a thread, or a future. Whoever ends the wait, a wake in any of the queues, an
/// interrupt or the end of the time, claims the waiter by one step on its state.
abstract class QueuedWaiter {
    /// Waits for nothing, or has given up.
    private static final int IDLE = 0;
    /// May be claimed by a wake, or give up.
    private static final int WAITING = 1;
    /// Claimed by a wake, which will mark it woken in a moment and until then still uses the node.
    private static final int CLAIMED = 2;
    /// Woken: its owner makes it idle, and it is nobody else's any more; unless the wake fails and puts it back first.
    /// The bits above tell one wake from the next.
    private static final int WOKEN = 3;

    private static final int ONE_WAKE = 4;

    private static final AtomicIntegerFieldUpdater<QueuedWaiter> STATE =
            AtomicIntegerFieldUpdater.newUpdater(QueuedWaiter.class, "state");

    /// The node by which a wake has claimed it, once it is woken; written by that wake.
    @Nullable
    WaitNode claimedIn;

    private int wakes;

    private volatile int state = IDLE;

    /// Whether it needs a carrier to go on.
    abstract boolean isVirtual();

    /// Lets it see that it was woken. Whoever calls may be late: nothing is used that changes from wait to wait.
    abstract void unpark();

    /// From here on wakes may claim it: before it stands in any queue.
    final void await() {
        state = WAITING;
    }

    /// Waits for nothing after all: it stands in no queue.
    final void stay() {
        state = IDLE;
    }

    final boolean isIdle() {
        return state == IDLE;
    }

    /// By a wake that has found it in a queue.
    ///
    /// @return false if another has claimed it, or it has given up
    final boolean claim() {
        return state == WAITING && STATE.compareAndSet(this, WAITING, CLAIMED);
    }

    /// By who has claimed it.
    ///
    /// @return the state, which no other wake has made
    final int markWoken() {
        int woken = wakes | WOKEN;
        wakes += ONE_WAKE;
        state = woken;
        return woken;
    }

    /// By who has marked it woken and could not unpark it.
    ///
    /// @return whether it is claimed again; else it has seen that it was woken
    final boolean isPutBack(int woken) {
        return STATE.compareAndSet(this, woken, CLAIMED);
    }

    /// By the waiter itself.
    ///
    /// @return false if a wake has claimed it; that is the caller's then, and must not be lost
    final boolean giveUp() {
        return STATE.compareAndSet(this, WAITING, IDLE);
    }

    /// Takes note of the wake, if there was one.
    final boolean isWoken() {
        int s = state;
        return (s & WOKEN) == WOKEN && STATE.compareAndSet(this, s, IDLE);
    }
}
