package io.futex.sync;

import io.futex.WaitResult;
import io.futex.internal.Deadline;
import io.futex.memory.Words;
import org.jspecify.annotations.Nullable;

/// What a thread does that finds a synchronizer closed: look again a few times, announce that it sleeps, sleep, until
/// it enters, or leaves since its time is over, or since something was thrown.
///
/// Waking somebody is far dearer than looking, so the threads that are awake share a synchronizer among themselves for
/// as long as they can.
final class SlowPath {
    private SlowPath() {}

    /// Waits until it has entered, or the time is over, or what `interrupts` says.
    ///
    /// @param pace what the synchronizer has learned; null if it has no object
    /// @param deadline on [System#nanoTime()]'s clock, or [Deadline#FOREVER]
    /// @return whether it has entered
    static <X extends Exception> boolean enter(
            Words words, long at, Rules rules, @Nullable Paced pace, long deadline, Interrupts<X> interrupts) throws X {
        boolean spins = Paced.SPINS && rules.spins();
        int first = !spins ? Paced.NEVER : pace == null ? Paced.DISTANT : pace.arrive();
        int before = pace == null ? 0 : pace.entered();
        int pause = first;
        int left = first == Paced.NEVER ? 0 : Thread.currentThread().isVirtual() ? Paced.WOKEN : Paced.ARRIVING;
        Paced learner = first == Paced.NEVER ? null : pace;
        long mine = 0;
        boolean timedOut = false;
        long since = 0;
        try {
            for (; ; ) {
                long s = rules.look(words, at); // also when the time is over: what was for us is ours
                if (rules.isOpen(s, mine)) {
                    long next = rules.enter(s, mine);
                    if (!rules.step(words, at, s, next)) {
                        continue;
                    }
                    if (learner != null) {
                        learner.looked(first, before, true);
                    }
                    if (mine != 0) {
                        mine = 0; // also when the next line throws
                        wake(words, at, rules, pace, rules.passOn(s, next, true));
                    }
                    return true;
                }
                if (deadline != Deadline.FOREVER && (timedOut || rules.isOver(deadline))) {
                    if (learner != null) {
                        learner.looked(first, before, false);
                    }
                    if (mine != 0) {
                        long announced = mine;
                        mine = 0;
                        leave(words, at, rules, pace, announced);
                    }
                    return false;
                }
                if (left > 0
                        && rules.isWorthALook(s, mine)
                        && (deadline == Deadline.FOREVER || System.nanoTime() + pause < deadline)) {
                    Paced.lookAway(pause, rules.crowd(s), pace);
                    left -= pause;
                    pause = Math.min(pause << 1, Paced.LONGEST);
                    continue;
                }
                if (mine != 0 && rules.isImpatient(since)) {
                    long reserved = rules.reserve(s);
                    if (reserved != s) {
                        if (rules.step(words, at, s, reserved) && spins) {
                            pause = Paced.RESERVED;
                            left = Paced.WOKEN;
                        }
                        continue;
                    }
                }
                long value = rules.announce(s, mine);
                if (value != s && !rules.step(words, at, s, value)) {
                    continue;
                }
                if (mine == 0) {
                    mine = value; // before anything that could throw
                    since = System.nanoTime();
                    left = 0;
                }
                if (learner != null) {
                    learner.looked(first, before, false);
                    learner = null;
                }
                // Nothing is lost between the step above and the sleep: whatever happens to the state, we see it.
                long trust = rules.trust(value);
                long until = trust == Rules.FOR_EVER ? deadline : Math.min(deadline, System.nanoTime() + trust);
                boolean over =
                        interrupts.await(words, rules.sleepsAt(at), rules.slept(value), until) == WaitResult.TIMED_OUT;
                timedOut = over && until == deadline;
                if (over && !timedOut) {
                    wake(words, at, rules, pace, rules.distrust(words, at, value));
                }
                if (spins) {
                    pause = pace == null ? Paced.CLOSE : pace.woken();
                    left = Paced.WOKEN;
                }
            }
        } catch (Throwable e) {
            // Interrupted, or the arena was closed, or the system refused: whatever it is, nobody shall wait for us.
            if (mine != 0) {
                leaveFailed(words, at, rules, pace, mine, e);
            }
            throw e;
        }
    }

    private static void wake(Words words, long at, Rules rules, @Nullable Paced pace, int count) {
        if (count != 0) {
            if (pace != null) {
                pace.wake(rules, count);
            } else {
                rules.wake(words, at, count);
            }
        }
    }

    private static void leave(Words words, long at, Rules rules, @Nullable Paced pace, long mine) {
        for (; ; ) {
            long s = rules.look(words, at);
            long next = rules.leave(s, mine);
            if (s == next || rules.step(words, at, s, next)) {
                wake(words, at, rules, pace, rules.passOn(s, next, false));
                return;
            }
        }
    }

    private static void leaveFailed(
            Words words, long at, Rules rules, @Nullable Paced pace, long mine, Throwable reason) {
        try {
            leave(words, at, rules, pace, mine);
        } catch (RuntimeException gone) {
            Synchronizer.alsoFailed(reason, gone);
        }
    }
}
