package io.futex.sync;

import io.futex.memory.Words;
import java.nio.ByteOrder;

/// The bits of permits and of who waits for one of them, and every step, as functions of the state found: of a
/// semaphore, and of an auto-reset event, which is one that keeps at most one permit more than it has sleepers.
///
/// Nobody sleeps on while there is a permit for it, because at every moment one of these holds:
///
/// - Nobody sleeps, or there is no permit.
/// - At least as many threads are on their way as there are permits: awake and counted, or about to be woken.
/// - [#WOKEN] is set, and a thread is on its way that will clear it.
///
/// A release makes the third true, unless it is so already. Whoever has been counted clears the flag in each of its
/// steps, since it may be the one that the flag stands for: when it takes a permit, goes to sleep (nobody sleeps on a
/// value with the flag, so who has missed the wake sees it) or gives up. In that step it sees all permits whose release
/// has relied on it. If some are left it wakes as many others, which makes the second true; if none is left, the first
/// is. Who takes a permit without having been counted leaves the flag as it is.
///
/// [#SHARED] never sets the flag: were the process killed that it stands for, no release would wake anybody.
///
/// An exhaustive model (in `verify`) has checked that. The class is open for tests alone, which plant mistakes and let
/// the model find them.
class PermitRules extends Rules {
    /// The low half, on which threads sleep: how many permits there are.
    static final long PERMITS = (1L << 31) - 1;
    /// Also there: a woken thread is on its way, and will look after all permits: nobody else needs to be woken.
    static final long WOKEN = 1L << 31;

    /// One thread that sleeps or is about to.
    static final long SLEEPER = 1L << 32;
    /// All of them.
    static final long SLEEPERS = ((1L << 29) - 1) * SLEEPER;

    /// Of a semaphore: somebody wants several permits, and sleeps or is about to.
    static final long SEVERAL = 1L << 61;

    static final PermitRules LOCAL = new PermitRules(false, false);
    static final PermitRules SHARED = new PermitRules(true, false);
    static final PermitRules LOCAL_EVENT = new PermitRules(false, true);
    static final PermitRules SHARED_EVENT = new PermitRules(true, true);

    /// From the state to its low half.
    static final int LOW = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 0 : Integer.BYTES;

    private final boolean shared;
    private final boolean capped;

    PermitRules(boolean shared, boolean capped) {
        this.shared = shared;
        this.capped = capped;
    }

    static PermitRules of(boolean shared, boolean capped) {
        return capped ? shared ? SHARED_EVENT : LOCAL_EVENT : shared ? SHARED : LOCAL;
    }

    final boolean isLocal() {
        return !shared;
    }

    /// Whether permits beyond the sleepers and one more are not kept.
    final boolean isCapped() {
        return capped;
    }

    // ---- where the state lies

    @Override
    final long look(Words words, long at) {
        return words.getLong(at);
    }

    @Override
    final boolean step(Words words, long at, long s, long next) {
        return words.compareAndSetLong(at, s, next);
    }

    @Override
    final long sleepsAt(long at) {
        return at + LOW;
    }

    // ---- looking

    static int permits(long s) {
        return (int) (s & PERMITS);
    }

    static int sleepers(long s) {
        return (int) ((s & SLEEPERS) / SLEEPER);
    }

    /// Whether a permit is there for who comes.
    static boolean isSet(long s) {
        return permits(s) > sleepers(s);
    }

    @Override
    final boolean isOpen(long s, long mine) {
        return (s & PERMITS) != 0;
    }

    @Override
    final int crowd(long s) {
        return (s & WOKEN) != 0 ? sleepers(s) : 0;
    }

    // ---- giving

    /// Adds permits; says by [#WOKEN] that it will wake one.
    long add(long s, int n) {
        long next = capped && isSet(s) ? s : s + n;
        return n == 1 && !shared && mustWake(s, 1) != 0 ? next | WOKEN : next;
    }

    /// How many to wake after that step.
    int mustWake(long s, int n) {
        int sleepers = sleepers(s);
        if (sleepers == 0) {
            return 0;
        }
        if (shared) {
            return n; // also if each sleeper has its permit: who gave it, or was woken for it, may have been killed
        }
        // Several are woken at once, whoever is on its way: to leave that to one who comes would be slower.
        boolean relies = n == 1 && (s & WOKEN) != 0;
        return relies || (capped && isSet(s)) ? 0 : Math.min(n, sleepers);
    }

    // ---- taking

    @Override
    final long enter(long s, long mine) {
        return mine == 0 ? s - 1 : (s - 1 - SLEEPER) & ~WOKEN;
    }

    @Override
    long announce(long s, long mine) {
        if (mine != 0) {
            return s & ~WOKEN;
        }
        if ((s & SLEEPERS) == SLEEPERS) {
            throw new IllegalStateException("536 870 911 threads wait for a permit, as many as can be");
        }
        return (s + SLEEPER) & ~WOKEN;
    }

    /// Who gives up leaves the permits to the others: of an event one for who comes, no more.
    @Override
    long leave(long s, long mine) {
        long left = (s - SLEEPER) & ~WOKEN;
        return capped && permits(left) > sleepers(left) + 1 ? left - 1 : left;
    }

    /// Who takes a permit wakes for those releases that relied on it; who leaves may have been woken for any.
    @Override
    int passOn(long s, long next, boolean entered) {
        return entered && (s & WOKEN) == 0 ? 0 : Math.min(permits(next), sleepers(next));
    }
}
