package io.futex.sync;

import io.futex.Futex;
import io.futex.internal.Deadline;
import io.futex.internal.Gain;
import io.futex.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/// A permit that one thread waits for and any other hands out: [java.util.concurrent.locks.LockSupport] on a word, so
/// that other processes can unpark it too.
///
/// ```java
/// // the owner                               // anybody
/// while (!ready) {                           ready = true;
///     parker.park();                         parker.unpark();
/// }
/// ```
///
/// As with LockSupport there is at most one permit, however often it is handed out; `park` consumes it and returns at
/// once if it is there; `park` returns when the thread is interrupted, or was before, **throws nothing and leaves the
/// interrupt status set**; if there are both, the permit is consumed. Unlike LockSupport, `park` never returns without
/// one of these reasons, and the timed forms tell which. A loop around it is a good habit all the same: a permit may be
/// an old one.
///
/// Who finds no permit looks for one for up to 18 microseconds before it sleeps, if that has paid of late.
///
/// Everything before an `unpark` happens-before the return of a `park` that consumes a permit after it.
///
/// **One owner**: at most one thread at a time may be in a `park` of the same word, else one of them may sleep on for
/// ever. It may be another thread the next time. Any thread may call `unpark`, the owner too.
///
/// What all synchronizers have in common, stands at [io.futex.sync].
public final class Parker extends Synchronizer {
    /// How many bytes a parker takes in memory of the caller.
    public static final long LAYOUT_BYTES = 4;

    private static final int EMPTY = 0;
    private static final int PERMIT = 1;
    private static final int PARKED = 2;

    /// The owner's.
    private int gain;

    /// A parker without a permit for threads of this JVM.
    public Parker() {
        super(Words.fresh(Integer.BYTES));
    }

    /// For models, in which no time passes: it sleeps without looking before.
    Parker(Words words, long at) {
        this(words, at, Gain.NONE);
    }

    private Parker(Words words, long at, int gain) {
        super(words, at);
        this.gain = gain;
    }

    /// A parker for threads of this JVM in memory of the caller, which is left as it is; zero-filled it has no permit.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @return a view of the parker there
    public static Parker local(MemorySegment segment, long offset) {
        return new Parker(in(Futex.local(), segment, offset, LAYOUT_BYTES), offset, 0);
    }

    /// A parker for all processes that map the memory, which is left as it is; zero-filled it has no permit.
    public static Parker shared(MemorySegment segment, long offset) {
        return new Parker(in(Futex.shared(), segment, offset, LAYOUT_BYTES), offset, 0);
    }

    /// Waits for a permit and consumes it, or until the thread is interrupted, whose status is left set. To tell which,
    /// look at the status or use a timed form.
    public void park() {
        var unused = park(Deadline.FOREVER, true);
    }

    /// Waits for a permit and consumes it, or until the time is over or the thread is interrupted, whose status is left
    /// set.
    ///
    /// @param timeout how long; zero or less looks for a permit once
    /// @param unit of `timeout`
    /// @return whether a permit was consumed; if not, the time is over or the thread is interrupted
    public boolean park(long timeout, TimeUnit unit) {
        return park(deadline(timeout, unit), true);
    }

    /// Waits for a permit and consumes it. An interrupt does not end it; the status is kept.
    public void parkUninterruptibly() {
        var unused = park(Deadline.FOREVER, false);
    }

    /// Waits for a permit and consumes it, or until the time is over. An interrupt does not end it; the status is kept.
    ///
    /// @param timeout how long; zero or less looks for a permit once
    /// @param unit of `timeout`
    /// @return whether a permit was consumed
    public boolean parkUninterruptibly(long timeout, TimeUnit unit) {
        return park(deadline(timeout, unit), false);
    }

    /// Hands out the permit, if it is not there already, and wakes the owner if it is parked. Makes no system call if
    /// it is not.
    public void unpark() {
        for (; ; ) {
            int s = words.get(at);
            // Written even if the permit is there, so that the park which consumes it sees what we did before.
            if (words.compareAndSet(at, s, s | PERMIT)) {
                // Who handed out the permit that we found may have been killed before its wake: so wake again.
                if ((s & PARKED) != 0) {
                    var unused = words.wake(at, 1);
                }
                return;
            }
        }
    }

    /// Whether the owner is parked and has not been handed a permit; out of date as soon as it is told.
    ///
    /// @return 1 if so, else 0; also 1 if a process that shares the parker was killed while it was parked
    public int waiters() {
        return words.get(at) == PARKED ? 1 : 0;
    }

    /// The state, for people: out of date as soon as it is told.
    @Override
    public String toString() {
        return describe("Parker", () -> {
            int s = words.get(at);
            return (s & PERMIT) != 0 ? "permit" : (s & PARKED) != 0 ? "parked" : "no permit";
        });
    }

    private boolean park(long deadline, boolean interruptible) {
        boolean over = deadline == Deadline.PAST;
        boolean looked = false;
        for (; ; ) {
            int s = words.get(at);
            if ((s & PERMIT) != 0) {
                // Also when the time is over: a permit that came meanwhile, and its wake, are spent on us.
                if (words.compareAndSet(at, s, EMPTY)) {
                    return true;
                }
            } else if (over) {
                if (s == EMPTY || words.compareAndSet(at, s, EMPTY)) {
                    return false;
                }
            } else if (interruptible && Thread.interrupted()) {
                over = keepInterrupt();
            } else if (!looked) {
                looked = true;
                int before = gain;
                gain = Gain.next(before, Gain.pays(before) && Gain.seesChange(words, at, s, deadline));
            } else if (s == PARKED || words.compareAndSet(at, s, PARKED)) {
                // The flag may have been there: since our last round, or left by an owner that was killed.
                try {
                    over = sleep(0, PARKED, deadline, interruptible);
                } catch (InterruptedException e) {
                    over = keepInterrupt();
                }
            }
        }
    }

    /// A thread may override [Thread#isInterrupted()], so that is not asked: who looks clears the status, and sets it
    /// again.
    private static boolean keepInterrupt() {
        Thread.currentThread().interrupt();
        return true;
    }
}
