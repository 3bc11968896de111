package io.futex.sync;

/// The bits of a mutex word, and every step from one value to the next, as functions of the value found.
///
/// *Counted* is a thread that has added itself to the number of sleepers and has neither acquired the lock nor left.
/// [#SHARED] uses neither [#WOKEN] nor [#RESERVED]: a process that is killed while it answers for one of them would
/// leave it up, and newcomers would wait for a thread that is no more.
///
/// Every step here was checked by an exhaustive model (in `verify`), which also found what is fatal to leave out. It is
/// open for tests alone, which plant such mistakes and let the model decide instead of the clock.
class PMutexRules extends Rules {
    /// The lock is held.
    static final int LOCKED = 1;
    /// A woken thread is on its way: nobody else needs to be woken. Clearing it is always safe.
    static final int WOKEN = 1 << 1;
    /// Only threads that have slept may take the lock: one of them has waited for too long.
    static final int RESERVED = 1 << 2;
    /// One counted thread. Above the flags the word is the number of them.
    static final int ONE = 1 << 3;

    private static final int COUNT_SHIFT = 3;
    private static final int MOST = -1 >>> COUNT_SHIFT;

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
    final boolean isLocal() {
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

    @Override
    boolean isOpen(long s, long mine) {
        return mine != 0 ? !isLocked((int) s) : isOpen((int) s);
    }

    /// Whether an unlock that found this value wakes.
    static boolean mustWake(int s) {
        return count(s) != 0 && (s & WOKEN) == 0;
    }

    /// While the lock is reserved, who has not slept has no chance: looking would only be in the way.
    @Override
    final boolean isWorthALook(long s, long mine) {
        return mine != 0 || !isReserved((int) s);
    }

    @Override
    final int crowd(long s) {
        return (s & WOKEN) != 0 ? count((int) s) : 0;
    }

    // ---- stepping

    /// A thread that is not counted takes an open word. If others sleep, who let go of it is about to wake one: the
    /// flag spares them further wakes until that one has had its try.
    final int take(int s) {
        return count(s) == 0 ? LOCKED : s | LOCKED | woken;
    }

    /// A counted thread was the woken one, or as good as it; who else has been waiting for long will reserve again.
    @Override
    final long enter(long s, long mine) {
        return mine == 0 ? take((int) s) : ((s - ONE) | LOCKED) & ~(WOKEN | RESERVED);
    }

    /// Clears [#WOKEN], which may stand for this very thread; or for one that may already be past its last look, and
    /// then nobody would wake this one.
    @Override
    long announce(long s, long mine) {
        if (mine != 0) {
            return s & ~WOKEN;
        }
        if (count((int) s) == MOST) {
            throw new IllegalStateException(MOST + " threads wait for this mutex, as many as can be");
        }
        return (s + ONE) & ~WOKEN;
    }

    /// It may be the one that [#WOKEN] or [#RESERVED] stands for. The last one leaves nothing behind on a free word.
    @Override
    long leave(long s, long mine) {
        if (isLocked((int) s)) {
            return (s - ONE) & ~(WOKEN | RESERVED);
        }
        return count((int) s) == 1 ? 0 : (s - ONE) & ~RESERVED;
    }

    /// Who leaves a free word may have been woken by the last unlock.
    @Override
    int passOn(long s, long next, boolean entered) {
        return !entered && !isLocked((int) s) && count((int) s) > 1 ? 1 : 0;
    }

    @Override
    final long reserve(long s) {
        return s | reserved;
    }

    /// A bar that stands for a thread which cannot run keeps everybody out: so who sleeps on it looks soon, and then is
    /// counted and may pass.
    @Override
    final long trust(long s) {
        return isReserved((int) s) ? PATIENCE_NANOS : FOR_EVER;
    }
}
