package io.futex.sync;

/// The bits of an auto-reset event, and every step from one value to the next, as functions of the value found.
///
/// What [#WOKEN] is for, and why nobody is forgotten, is said in [SemaphoreRules]: passages are permits. A thread
/// *answers* for the flag from when it has announced that it sleeps until it has passed or left.
///
/// It is open for tests alone, which plant mistakes and let a model find them.
class EventRules {
    /// Passages given and not used yet.
    static final int PASSES = (1 << 15) - 1;
    /// One thread that sleeps or is about to.
    static final int SLEEPER = 1 << 15;
    /// All of them.
    static final int SLEEPERS = ((1 << 14) - 1) * SLEEPER;
    /// A woken thread is on its way, and will look after all passages there are: nobody else needs to be woken. Only
    /// ever set in words of local scope.
    static final int WOKEN = 1 << 29;

    static final EventRules LOCAL = new EventRules(false);
    static final EventRules SHARED = new EventRules(true);

    private static final int SLEEPERS_SHIFT = 15;

    private final int woken;

    EventRules(boolean shared) {
        woken = shared ? 0 : WOKEN;
    }

    // ---- looking

    /// Whether the event is for threads of one JVM.
    boolean isLocal() {
        return woken != 0;
    }

    static int passes(int s) {
        return s & PASSES;
    }

    static int sleepers(int s) {
        return (s & SLEEPERS) >>> SLEEPERS_SHIFT;
    }

    /// Whether no more sleepers can be counted.
    static boolean isFull(int s) {
        return (s & SLEEPERS) == SLEEPERS;
    }

    /// Whether a passage is kept for who comes.
    static boolean isSet(int s) {
        return passes(s) > sleepers(s);
    }

    // ---- stepping

    /// Whether who sets the event must wake a sleeper. In memory of other processes always, even if each sleeper has
    /// its pass: who gave the last one, or was woken for it, may have been killed.
    boolean mustWake(int s) {
        return (s & SLEEPERS) != 0 && (!isLocal() || ((s & WOKEN) == 0 && !isSet(s)));
    }

    /// Each sleeper may have a pass, and one is kept for who comes.
    int set(int s) {
        if ((s & PASSES) == 0 && ((s & WOKEN) != 0 || (s & SLEEPERS) == 0)) {
            return s + 1; // as below, but sooner: the atomic step would wait for those comparisons
        }
        int next = isSet(s) ? s : s + 1;
        return mustWake(s) ? next | woken : next;
    }

    /// The wake of a `set` has failed. Nobody is on its way for the flag; and a pass beyond those of the sleepers is
    /// taken back, since no later call would wake anybody while the event is set.
    int notWoken(int s) {
        int left = s & ~WOKEN;
        return isLocal() && (left & SLEEPERS) != 0 && isSet(left) ? left - 1 : left;
    }

    /// A thread that answers for the flag passes.
    int takeWoken(int s, int counted) {
        return (s - 1 - counted) & ~WOKEN;
    }

    /// How many others must be woken by a thread that passes by this step: the calls that set the event relied on it.
    int passOn(int s, int left) {
        return (s & WOKEN) == 0 || (left & SLEEPERS) == 0 ? 0 : passes(left);
    }

    /// A thread counts itself, and will sleep on the value that results.
    int announce(int s) {
        return (s + SLEEPER) & ~WOKEN;
    }

    /// A thread will sleep on the value that results, being counted already, or since no more can be counted.
    int sleep(int s) {
        return s & ~WOKEN;
    }

    /// The time of a thread that answers for the flag is over, and there is no pass.
    int giveUp(int s, int counted) {
        return (s - counted) & ~WOKEN;
    }

    /// A thread that answers for the flag was interrupted, or cannot go on. It leaves the passes to the others: one for
    /// who comes, no more.
    int leave(int s, int counted) {
        int left = (s - counted) & ~WOKEN;
        return passes(left) > sleepers(left) + 1 ? left - 1 : left;
    }

    /// How many others must be woken by who has left this value behind. It may have been woken for one of them.
    int leaveTo(int left) {
        return (left & SLEEPERS) == 0 ? 0 : passes(left);
    }

    // ---- time

    /// Whether a thread that may give up must.
    boolean isOver(long deadline) {
        return System.nanoTime() >= deadline;
    }

    /// Whether to look for a pass several times before going to sleep.
    boolean spins() {
        return true;
    }
}
