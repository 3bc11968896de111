package io.futex.sync;

/// The bits of a semaphore's number of permits and of its number of waiters, and the steps of those who wait for one
/// permit, as functions of the value found.
///
/// Nobody sleeps on while there is a permit for it, because at every moment one of these holds:
///
/// - Nobody sleeps, or there is no permit.
/// - At least as many threads are on their way as there are permits: awake and counted, or about to be woken.
/// - [#WOKEN] is set, and a thread is on its way that will clear it; or the last one has left before the flag was set
///   for it, and whoever counts itself next clears it before it sleeps.
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
class SemaphoreRules {
    /// A woken thread is on its way, and will look after all permits there are: nobody else needs to be woken.
    static final int WOKEN = 1 << 31;

    /// The bits of the number itself.
    static final int PERMITS = ~WOKEN;

    /// Of the waiters: somebody wants several permits. In the word of those who want one, so that a release which finds
    /// nobody looks at one word only.
    static final int SEVERAL = 1 << 31;

    static final SemaphoreRules LOCAL = new SemaphoreRules(false);
    static final SemaphoreRules SHARED = new SemaphoreRules(true);

    private final boolean elides;

    SemaphoreRules(boolean shared) {
        elides = !shared;
    }

    // ---- looking

    /// How many permits there are.
    static int count(int p) {
        return p & PERMITS;
    }

    /// How many want one permit.
    int counted(int waiters) {
        return waiters & ~SEVERAL;
    }

    /// Whether one wake may stand for several releases.
    boolean elides() {
        return elides;
    }

    // ---- stepping

    /// A counted thread takes one of the permits.
    int takeCounted(int p) {
        return (p - 1) & ~WOKEN;
    }

    /// How many others must be woken by who has taken a permit, having found this value: their releases relied on it.
    int passOn(int p) {
        return (p & WOKEN) == 0 ? 0 : count(p) - 1;
    }

    /// A counted thread will sleep on the value that results.
    int sleep(int p) {
        return p & ~WOKEN;
    }

    /// The time of a counted thread is over, and there is no permit.
    int giveUp(int p) {
        return p & ~WOKEN;
    }

    /// A counted thread was interrupted, or cannot go on, whether there are permits or not.
    int leave(int p) {
        return p & ~WOKEN;
    }

    /// How many others must be woken by who has left, having found this value. It may have been woken for one of them.
    int leaveTo(int p) {
        return count(p);
    }

    // ---- time

    /// Whether a thread that may give up must.
    boolean isOver(long deadline) {
        return System.nanoTime() >= deadline;
    }

    /// Whether to look for a permit several times before going to sleep.
    boolean spins() {
        return true;
    }
}
