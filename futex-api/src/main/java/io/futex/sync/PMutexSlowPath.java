package io.futex.sync;

import io.futex.FutexWord;
import io.futex.WaitResult;
import io.futex.internal.Segments;
import org.jspecify.annotations.Nullable;

/// What a thread does that finds the lock held: look again a few times, then sleep.
///
/// Looking takes the word's cache line away from the owner (60 to 100 ns a look), so a thread pauses without looking,
/// ever longer. Waking somebody is far dearer than all of this, so the threads that are awake share the lock among
/// themselves for as long as they can, and a sleeper is disturbed only once there is nobody on its way.
final class PMutexSlowPath {
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    // Pauses in units of Thread.onSpinWait(), some 20 to 40 ns on current x86-64. Short ones are made four times, then
    // twice as long, up to the longest.
    private static final int CLOSE_LOOKS = 16; // about 6 us in all
    private static final int ARRIVING_LOOKS = 10;
    private static final int ARRIVING_LONGEST = 1024; // about 200 us in all
    private static final int SHORT_PAUSE = 63;
    private static final int SHORT_TIMES = 4;
    private static final int YIELDING_FROM = 512;
    private static final int WOKEN_LOOKS = 6;
    private static final int WOKEN_LONGEST = 256;
    private static final int RESERVED_LOOKS = 64;
    private static final int RESERVED_PAUSE = 8;

    private PMutexSlowPath() {}

    /// Acquires the lock, or gives up at the deadline.
    ///
    /// @param pace of the lock; null if there is no object to keep it
    /// @param deadline on [System#nanoTime()]'s clock, or [Segments#FOREVER]
    /// @return whether the lock was acquired
    /// @throws InterruptedException only if `interruptible`
    static boolean lock(
            FutexWord word, PMutexRules rules, @Nullable PMutexPace pace, long deadline, boolean interruptible)
            throws InterruptedException {
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
        int pause = spins && pace != null ? pace.firstPause() : PMutexPace.USUAL_PAUSE;
        int repeats = pace != null ? SHORT_TIMES : 1; // looking closely is for those who can learn whether it pays
        int times = repeats;
        PMutexPace learning = pause == PMutexPace.CLOSE_PAUSE ? pace : null;
        int before = 0;
        if (learning != null) {
            before = learning.acquisitions();
            looks = CLOSE_LOOKS;
        }
        boolean counted = false;
        boolean timedOut = false;
        long since = 0;
        try {
            for (; ; ) {
                int s = word.get();
                if (counted ? !PMutexRules.isLocked(s) : PMutexRules.isOpen(s)) {
                    if (word.compareAndSet(s, counted ? rules.takeCounted(s) : rules.take(s))) {
                        if (learning != null) {
                            learning.caught(before);
                        }
                        return true;
                    }
                    continue;
                }
                if (deadline != Segments.FOREVER && (timedOut || rules.isOver(deadline))) {
                    if (counted) {
                        counted = false; // also when the next line throws
                        leave(word, rules);
                    }
                    return false;
                }
                // While the lock is reserved, who has not slept has no chance: looking would only be in the way.
                if (looks > 0 && (counted || !PMutexRules.isReserved(s))) {
                    looks--;
                    pause(s, pause, rules.isLocal() ? pace : null);
                    if (--times <= 0) {
                        pause = Math.min(pause << 1, longest);
                        times = pause <= SHORT_PAUSE ? repeats : 1;
                    }
                    continue;
                }
                int value;
                if (!counted) {
                    value = rules.announce(s);
                    if (!word.compareAndSet(s, value)) {
                        continue;
                    }
                    counted = true;
                    since = System.nanoTime();
                    if (learning != null) {
                        learning.missed();
                        learning = null;
                    }
                } else if (rules.isImpatient(s, since)) {
                    if (word.compareAndSet(s, rules.reserve(s)) && spins) {
                        looks = RESERVED_LOOKS;
                        pause = RESERVED_PAUSE;
                        longest = RESERVED_PAUSE;
                    }
                    continue;
                } else {
                    value = rules.sleepAgain(s);
                    if (value != s && !word.compareAndSet(s, value)) {
                        continue;
                    }
                }
                // Nothing is lost between the step above and the sleep: whatever happens to the word, we see it.
                WaitResult result = interruptible
                        ? word.awaitUntil(value, deadline)
                        : word.awaitUntilUninterruptibly(value, deadline);
                timedOut = result == WaitResult.TIMED_OUT;
                if (spins) {
                    looks = WOKEN_LOOKS;
                    pause = PMutexPace.USUAL_PAUSE;
                    times = repeats;
                    longest = WOKEN_LONGEST;
                }
            }
        } catch (Throwable e) {
            // Interrupted, or the arena was closed, or the system refused: whatever it is, nobody shall wait for us.
            if (counted) {
                leaveFailed(word, rules, e);
            }
            throw e;
        }
    }

    /// @param pace that counts every acquisition; null if there is none such
    @SuppressWarnings("ThreadPriorityCheck") // yield: a hint is all that is wanted
    private static void pause(int s, int pause, @Nullable PMutexPace pace) {
        boolean mayYield = pause >= YIELDING_FROM;
        // Somebody was woken and cannot run, since there are more of us than processors: make room.
        if (mayYield && (s & PMutexRules.WOKEN) != 0 && PMutexRules.count(s) > PROCESSORS) {
            Thread.yield();
            return;
        }
        int before = pace != null ? pace.acquisitions() : 0;
        Pause.spin(pause);
        // The owner has had the lock all the time: it has probably lost its processor, perhaps to us. Each of us that
        // used up its looks before it slept would keep the others waiting for it as long.
        if (mayYield && pace != null && pace.acquisitions() == before) {
            Thread.yield();
        }
    }

    private static void leave(FutexWord word, PMutexRules rules) {
        for (; ; ) {
            int s = word.get();
            if (word.compareAndSet(s, rules.leave(s))) {
                if (rules.mustPassOn(s)) {
                    Wakes.one(word);
                }
                return;
            }
        }
    }

    private static void leaveFailed(FutexWord word, PMutexRules rules, Throwable reason) {
        try {
            leave(word, rules);
        } catch (RuntimeException gone) {
            Wakes.alsoFailed(reason, gone);
        }
    }
}
