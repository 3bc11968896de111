package io.futex.sync;

import io.futex.FutexWord;
import io.futex.WaitResult;
import io.futex.internal.Segments;

/// The words of a read-write lock, and what a thread does that finds it closed: look again a few times, then sleep.
///
/// Nobody sleeps on the state, which changes with every reader, but on a *turn* of its kind, which changes with every
/// wake. The order makes that safe: a sleeper reads the turn, then the state, in which its flag must stand. A waker
/// clears the flag, then counts the turn up, then wakes. So either the sleeper has seen the state without its flag, and
/// sets it again; or its turn is out of date, and the sleep ends at once; or it sleeps already, and is woken.
final class RwMutexSlowPath {
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    // Pauses in units of Thread.onSpinWait() (some 20 to 40 ns on current x86-64), doubled up to the longest.
    private static final int ARRIVING_LOOKS = 10;
    private static final int ARRIVING_LONGEST = 1024; // about 120 us in all
    private static final int WOKEN_LOOKS = 6;
    private static final int WOKEN_LONGEST = 256;
    private static final int RESERVED_LOOKS = 64;
    private static final int RESERVED_PAUSE = 8;

    final FutexWord state;
    final RwMutexRules rules;
    private final FutexWord readersTurn;
    private final FutexWord writersTurn;

    RwMutexSlowPath(FutexWord state, FutexWord readersTurn, FutexWord writersTurn, RwMutexRules rules) {
        this.state = state;
        this.readersTurn = readersTurn;
        this.writersTurn = writersTurn;
        this.rules = rules;
    }

    /// Acquires the lock, or gives up at the deadline.
    ///
    /// @param write whether as a writer
    /// @param firstPause for how long to look away at first
    /// @param deadline on [System#nanoTime()]'s clock, or [Segments#FOREVER]
    /// @return whether it was acquired
    /// @throws InterruptedException only if `interruptible`
    /// @throws IllegalStateException if there are too many readers
    boolean lock(boolean write, int firstPause, long deadline, boolean interruptible) throws InterruptedException {
        FutexWord turn = write ? writersTurn : readersTurn;
        int announced = write ? RwMutexRules.WRITERS_WAIT : RwMutexRules.READERS_WAIT;
        // With one processor nobody can let go of the lock while we look. A virtual thread spins for less: its carrier
        // could run the owner.
        int looks = 0;
        int longest = ARRIVING_LONGEST;
        boolean spins = PROCESSORS > 1 && rules.spins();
        if (spins) {
            boolean virtual = Thread.currentThread().isVirtual();
            looks = virtual ? WOKEN_LOOKS : ARRIVING_LOOKS;
            longest = virtual ? WOKEN_LONGEST : ARRIVING_LONGEST;
        }
        int pause = firstPause;
        boolean slept = false;
        boolean timedOut = false;
        int first = 0;
        long since = 0;
        try {
            for (; ; ) {
                int t = turn.get(); // before the state: see above
                int s = state.get();
                boolean open = write
                        ? RwMutexRules.isOpenToWriter(s, slept)
                        : RwMutexRules.isOpenToReader(s, slept && t != first);
                if (open) {
                    if (!write && RwMutexRules.isFull(s)) {
                        throw full();
                    }
                    if (state.compareAndSet(s, write ? rules.takeWrite(s, slept) : rules.takeRead(s, slept))) {
                        return true;
                    }
                    continue;
                }
                if (deadline != Segments.FOREVER && (timedOut || rules.isOver(deadline))) {
                    if (slept) {
                        slept = false; // also when the next line throws
                        leave(write);
                    }
                    return false;
                }
                // While the lock is reserved, who has not slept has no chance: looking would only be in the way.
                if (looks > 0 && (slept || !RwMutexRules.isReserved(s))) {
                    looks--;
                    Pause.spin(pause);
                    pause = Math.min(pause << 1, longest);
                    continue;
                }
                if (slept && RwMutexRules.isReservable(s, write) && rules.isImpatient(since)) {
                    int reserved = write ? RwMutexRules.WRITERS_FIRST : RwMutexRules.READERS_FIRST;
                    if (state.compareAndSet(s, s | reserved) && spins) {
                        looks = RESERVED_LOOKS;
                        pause = RESERVED_PAUSE;
                        longest = RESERVED_PAUSE;
                    }
                    continue;
                }
                if ((s & announced) == 0 && !state.compareAndSet(s, s | announced)) {
                    continue;
                }
                if (!slept) {
                    slept = true;
                    first = t;
                    since = System.nanoTime();
                }
                long until = rules.until(deadline);
                WaitResult result =
                        interruptible ? turn.awaitUntil(t, until) : turn.awaitUntilUninterruptibly(t, until);
                if (result == WaitResult.TIMED_OUT) {
                    if (until == deadline) {
                        timedOut = true;
                    } else {
                        distrust();
                    }
                }
                if (spins) {
                    looks = WOKEN_LOOKS;
                    pause = RwMutexPace.SHORT_PAUSE;
                    longest = WOKEN_LONGEST;
                }
            }
        } catch (Throwable e) {
            // Interrupted, or the arena was closed, or the system refused: whatever it is, nobody shall wait for us.
            if (slept) {
                leaveFailed(write, e);
            }
            throw e;
        }
    }

    static IllegalStateException full() {
        return new IllegalStateException("there are " + RwMutexRules.MAX_READERS + " readers, as many as can be");
    }

    // ---- waking

    /// Wakes whom a step of the state has made room for, after that step.
    void opened(int s, int next) {
        int cleared = RwMutexRules.flags(s & ~next);
        try {
            // With nobody there to wake, nobody is on the way to answer for the flags that are left.
            if (cleared != 0 && wake(cleared) <= 0 && RwMutexRules.flags(next) != 0) {
                settle();
            }
        } catch (IllegalStateException closed) {
            // see Wakes
        }
    }

    /// Wakes those whose flags were cleared.
    ///
    /// @return 1 or more if somebody was surely woken
    private int wake(int cleared) {
        try {
            int woken = 0;
            if ((cleared & RwMutexRules.OF_READERS) != 0) {
                readersTurn.getAndIncrement();
                woken = Math.max(woken, readersTurn.wakeAll());
            }
            if ((cleared & RwMutexRules.OF_WRITERS) != 0) {
                writersTurn.getAndIncrement();
                woken = Math.max(woken, writersTurn.wakeOne());
            }
            return woken;
        } catch (Throwable e) {
            Wakes.change(state, 0, RwMutexRules.notWoken(cleared));
            throw e;
        }
    }

    /// Wakes somebody for the flags that stand in an open lock, until that somebody exists. Who takes it in the
    /// meantime will see the flags when it lets go.
    private void settle() {
        for (; ; ) {
            int s = state.get();
            if (RwMutexRules.isHeld(s) || RwMutexRules.flags(s) == 0) {
                return;
            }
            int next = rules.settle(s);
            if (state.compareAndSet(s, next) && wake(s & ~next) > 0) {
                return;
            }
        }
    }

    /// Nobody holds the lock, and yet it has been closed for long: whoever was on the way may have been killed. All who
    /// sleep shall look for themselves; if it was only slow, that costs no more than an order of coming.
    private void distrust() {
        int s = state.get();
        if (!RwMutexRules.isHeld(s) && RwMutexRules.flags(s) != 0 && state.compareAndSet(s, 0)) {
            wake(RwMutexRules.READERS_WAIT | RwMutexRules.WRITERS_WAIT);
        }
    }

    // ---- leaving

    private void leave(boolean write) {
        int s;
        int next;
        do {
            s = state.get();
            next = write ? rules.leaveWrite(s) : rules.leaveRead(s);
        } while (s != next && !state.compareAndSet(s, next));
        if (write) {
            wake(rules.passOn(s & ~next));
        } else {
            settle(); // perhaps this thread was the one on its way
        }
    }

    private void leaveFailed(boolean write, Throwable reason) {
        try {
            leave(write);
        } catch (RuntimeException gone) {
            Wakes.alsoFailed(reason, gone);
        }
    }
}
