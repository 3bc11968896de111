package io.futex.sync;

import io.futex.internal.Deadline;
import io.futex.memory.Words;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The state of a [Barrier], and every step from one to the next.
///
/// Who has arrived in a generation and finds another has passed. For one that is broken is not over before all who had
/// arrived in it have left: they count themselves out, and the last one makes the barrier whole, if there was a reset.
abstract class Generations extends Synchronizer {
    static final int STATE = 4;

    private static final int MODE = 3 << 30;
    private static final int RUNNING = 1 << 30;
    private static final int BROKEN = 2 << 30;
    private static final int RESET = 3 << 30;

    private static final int ONE_GIVEN_UP = 1 << 28;
    private static final int GIVEN_UP = 3 << 28;
    private static final int POSITION = ONE_GIVEN_UP - 1;

    /// How long none of those that should leave does so, until they are taken for dead.
    private static final long PATIENCE_NANOS = 1_000_000_000;

    final int parties;

    /// Whether to look for a while before a thread sleeps: not with more parties than processors, where one of those
    /// that are waited for could run instead.
    private final boolean spins;

    private final @Nullable Runnable action;

    /// Who runs the action, by thread id, or 0.
    private volatile long runner;

    /// The number of those that have arrived takes just as many bits as the parties need, so that the generation comes
    /// round as late as possible.
    private final int countMask;

    Generations(Words words, long at, int parties, @Nullable Runnable action, boolean spins) {
        super(words, at);
        this.parties = parties;
        this.action = action;
        this.spins = spins && Paced.SPINS;
        this.countMask = (int) ((1L << (Integer.SIZE - Integer.numberOfLeadingZeros(parties - 1))) - 1);
    }

    final <X extends Exception> int awaitOthers(long deadline, Interrupts<X> interrupts)
            throws X, BrokenBarrierException, TimeoutException {
        int leaving = 0;
        long patience = 0;
        for (; ; ) {
            int s = words.get(at + STATE);
            int mode = s & MODE;
            if (mode == RUNNING) {
                awaitAction(s);
            } else if (mode == BROKEN) {
                throw new BrokenBarrierException(); // first, as CyclicBarrier has it: an interrupt is left for later
            } else if (interrupts.isPending()) {
                if (breakIt(s)) {
                    interrupts.check();
                }
            } else if (mode == RESET) {
                if (s != leaving) {
                    leaving = s;
                    patience = System.nanoTime() + PATIENCE_NANOS;
                }
                if (!doze(s, Math.min(deadline, patience), interrupts)) {
                    continue;
                }
                if (deadline > patience) {
                    if (step(s, withoutThem(s))) {
                        wakeAll();
                    }
                } else if (breakIt(s)) {
                    throw new TimeoutException();
                }
            } else if (arrived(s) == parties - 1) {
                if (lead(s)) {
                    return 0;
                }
            } else if (step(s, s + 1)) {
                awaitEnd(round(s), deadline, interrupts);
                return parties - 1 - arrived(s);
            }
        }
    }

    /// The leader's one step: the generation is over, and the next one has begun with nobody in it. With an action two.
    private boolean lead(int s) {
        if (action == null) {
            if (!step(s, next(s))) {
                return false;
            }
            if (parties > 1) {
                wakeAll();
            }
            return true;
        }
        if (!step(s, s | RUNNING)) {
            return false;
        }
        int end = s | BROKEN;
        runner = Thread.currentThread().threadId();
        try {
            action.run();
            end = next(s);
        } finally {
            runner = 0;
            words.set(at + STATE, end);
            wakeAll();
        }
        return true;
    }

    /// Waits for the end of the generation in which this thread has arrived.
    private <X extends Exception> void awaitEnd(int mine, long deadline, Interrupts<X> interrupts)
            throws X, BrokenBarrierException, TimeoutException {
        boolean here = true;
        boolean timedOut = false;
        try {
            if (spins) {
                spin(mine, deadline);
            }
            for (; ; ) {
                int s = words.get(at + STATE);
                if (round(s) != mine) {
                    if (((s ^ mine) & GIVEN_UP) != 0) {
                        throw new BrokenBarrierException();
                    }
                    return;
                }
                if ((s & MODE) == RUNNING) {
                    awaitAction(s);
                } else if (isEnded(s) || timedOut || interrupts.isPending()) {
                    int next = withoutMe(s);
                    if (step(s, next)) {
                        here = false;
                        wakeAfter(s, next);
                        if (isEnded(s)) {
                            throw new BrokenBarrierException(); // an interrupt was too late
                        }
                        interrupts.check();
                        throw new TimeoutException();
                    }
                } else {
                    // Others that arrive change the word, and wake nobody. Who falls asleep on an old value is not let;
                    // who sleeps already sleeps on, and is woken by whoever ends the generation or breaks it.
                    timedOut = doze(s, deadline, interrupts);
                }
            }
        } catch (RuntimeException | Error e) {
            if (here) {
                leaveFailed(mine, e);
            }
            throw e;
        }
    }

    /// Looks for a while, since waking a sleeper takes longer than most others need to arrive.
    private void spin(int mine, long deadline) {
        if (Thread.currentThread().isVirtual()) {
            return;
        }
        for (int left = Paced.DISTANT; left > 0; left -= Paced.CLOSE) {
            int s = words.get(at + STATE);
            if (round(s) != mine
                    || isEnded(s)
                    || (deadline != Deadline.FOREVER && System.nanoTime() + Paced.CLOSE >= deadline)) {
                return;
            }
            Paced.pause(Paced.CLOSE);
        }
    }

    private void awaitAction(int s) {
        var unused = sleep(STATE, s, Deadline.FOREVER, DEFERRED);
    }

    /// As [#sleep], but an interrupt stays pending: it counts only if it comes before the end of the generation.
    private boolean doze(int s, long until, Interrupts<?> interrupts) {
        try {
            return sleep(STATE, s, until, interrupts.endWaits());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// The arena was closed, or the system refused, or the stack or the memory is at its end: this thread has arrived,
    /// and nobody shall take it for one that waits.
    private void leaveFailed(int mine, Throwable reason) {
        try {
            for (int s = words.get(at + STATE); round(s) == mine && (s & MODE) != RUNNING; s = words.get(at + STATE)) {
                int next = withoutMe(s);
                if (step(s, next)) {
                    wakeAfter(s, next);
                    return;
                }
            }
        } catch (RuntimeException | Error gone) {
            alsoFailed(reason, gone);
        }
    }

    /// Who sleeps in a generation hears that it is broken, and who has come since that the barrier is whole again.
    private void wakeAfter(int s, int next) {
        if (isEnded(s) != isEnded(next)) {
            wakeAll();
        }
    }

    /// A thread that has not arrived breaks the generation.
    private boolean breakIt(int s) {
        if (!step(s, broken(s))) {
            return false;
        }
        wakeAll();
        return true;
    }

    private boolean step(int s, int next) {
        return words.compareAndSet(at + STATE, s, next);
    }

    private void wakeAll() {
        var unused = words.wake(at + STATE, Integer.MAX_VALUE);
    }

    final void renew() {
        for (; ; ) {
            int s = words.get(at + STATE);
            if ((s & MODE) == RUNNING) {
                if (runner == Thread.currentThread().threadId()) {
                    return;
                }
                awaitAction(s);
            } else {
                int next = arrived(s) == 0 ? s & ~MODE : s | RESET;
                if (next == s || step(s, next)) {
                    wakeAll(); // also if there was nothing to do: who ended a generation may have been killed before
                    return;
                }
            }
        }
    }

    // ---- the state

    private int arrived(int s) {
        return s & countMask;
    }

    /// The generation, and how often others have given up.
    private int round(int s) {
        return s & ~MODE & ~countMask;
    }

    /// Whether those that have arrived are to leave without having passed.
    private static boolean isEnded(int s) {
        return s < 0;
    }

    final boolean isBroken(int s) {
        return (s & MODE) == BROKEN;
    }

    final int waiting(int s) {
        return isEnded(s) ? 0 : arrived(s);
    }

    private static int broken(int s) {
        return (s & ~MODE) | BROKEN;
    }

    /// A thread that has arrived leaves: its generation is broken. The last one lets those in that have come since, if
    /// there was a reset.
    private int withoutMe(int s) {
        int next = isEnded(s) ? s - 1 : broken(s - 1);
        return (next & MODE) == RESET && arrived(next) == 0 ? next & ~MODE : next;
    }

    /// The beginning of the generation after this one.
    private int next(int s) {
        return (s & GIVEN_UP) | (((s | countMask) + 1) & POSITION);
    }

    /// The same, and others have given up on those that have arrived in this one.
    private int withoutThem(int s) {
        return (next(s) + ONE_GIVEN_UP) & ~MODE;
    }
}
