package io.futex.sync;

import io.futex.FutexWord;

/// The bits of a mutex word, and every step from one value to the next, as functions of the value found.
///
/// *Counted* is a thread that has added itself to the number of sleepers and has neither acquired the lock nor left.
/// [#SHARED] uses neither [#WOKEN] nor [#RESERVED]: a process that is killed while it answers for one of them would
/// leave it up, and newcomers would wait for a thread that is no more.
///
/// Every step here was checked by an exhaustive model (in `verify`), which also found what is fatal to leave out. It is
/// open for tests alone, which plant such mistakes and let the model decide instead of the clock.
class PMutexRules {
    /// The lock is held.
    static final int LOCKED = 1;
    /// A woken thread is on its way: nobody else needs to be woken. Clearing it is always safe.
    static final int WOKEN = 1 << 1;
    /// Only threads that have slept may take the lock: one of them has waited for too long.
    static final int RESERVED = 1 << 2;
    /// One counted thread. Above the flags the word is the number of them.
    static final int ONE = 1 << 3;

    private static final int COUNT_SHIFT = 3;

    /// After how long a counted thread reserves the lock, and how long [#WOKEN] is trusted.
    private static final long PATIENCE_NANOS = 1_000_000;

    static final PMutexRules LOCAL = new PMutexRules(false);
    static final PMutexRules SHARED = new PMutexRules(true);

    private final int woken;
    private final int reserved;

    PMutexRules(boolean shared) {
        woken = shared ? 0 : WOKEN;
        reserved = shared ? 0 : RESERVED;
    }

    static PMutexRules of(boolean shared) {
        return shared ? SHARED : LOCAL;
    }

    /// Whether all owners are threads of this JVM.
    boolean isLocal() {
        return woken != 0;
    }

    // ---- looking

    static boolean isLocked(int s) {
        return (s & LOCKED) != 0;
    }

    /// Whether a thread that is not counted may take the lock.
    static boolean isOpen(int s) {
        return (s & (LOCKED | RESERVED)) == 0;
    }

    static boolean isReserved(int s) {
        return (s & RESERVED) != 0;
    }

    /// How many threads are counted.
    static int count(int s) {
        return s >>> COUNT_SHIFT;
    }

    // ---- stepping

    /// A thread that is not counted takes an open word. If others sleep, who let go of it is about to wake one: the
    /// flag spares them further wakes until that one has had its try.
    int take(int s) {
        return count(s) == 0 ? LOCKED : s | LOCKED | woken;
    }

    /// A thread will sleep on the value that results. It must clear [#WOKEN]: the thread that was woken may already be
    /// past its last look, and then nobody would wake this one.
    int announce(int s) {
        return (s + ONE) & ~WOKEN;
    }

    /// A counted thread takes a free word. It was the woken one, or as good as it; who else has been waiting for long
    /// will reserve again.
    int takeCounted(int s) {
        return ((s - ONE) | LOCKED) & ~(WOKEN | RESERVED);
    }

    /// A counted thread will sleep again on the value that results. It may be the one that [#WOKEN] stands for.
    int sleepAgain(int s) {
        return s & ~WOKEN;
    }

    /// A counted thread has waited for long, and keeps those out that have not slept.
    int reserve(int s) {
        return s | reserved;
    }

    /// A counted thread gives up. It may be the one that [#WOKEN] or [#RESERVED] stands for. The last one leaves
    /// nothing behind on a free word.
    int leave(int s) {
        if (isLocked(s)) {
            return (s - ONE) & ~(WOKEN | RESERVED);
        }
        return count(s) == 1 ? 0 : (s - ONE) & ~RESERVED;
    }

    /// Whether who has left must wake another: the wake of the last unlock may have been for the one who left.
    boolean mustPassOn(int s) {
        return !isLocked(s) && count(s) > 1;
    }

    /// Whether an unlock that found this value wakes.
    static boolean mustWake(int s) {
        return count(s) != 0 && (s & WOKEN) == 0;
    }

    /// The owner no longer believes in [#WOKEN]: the woken thread may wait for a processor for a long time, while
    /// another one, asleep, could run.
    void distrustWoken(FutexWord word) {
        if ((word.getOpaque() & WOKEN) != 0) {
            var unused = word.getAndBitwiseAnd(~WOKEN);
        }
    }

    // ---- time

    /// Whether a counted thread that has waited since then may reserve the lock.
    boolean isImpatient(int s, long since) {
        return reserved != 0 && !isReserved(s) && System.nanoTime() - since > PATIENCE_NANOS;
    }

    /// Whether [#WOKEN] is to be distrusted, the last time having been then.
    boolean isOverdue(long last, long now) {
        return woken != 0 && now - last > PATIENCE_NANOS;
    }

    /// Whether a thread that may give up must.
    boolean isOver(long deadline) {
        return System.nanoTime() >= deadline;
    }

    /// Whether to look at a held lock several times before going to sleep.
    boolean spins() {
        return true;
    }
}
