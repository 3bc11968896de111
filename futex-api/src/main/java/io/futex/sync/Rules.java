package io.futex.sync;

import io.futex.memory.Words;

/// The steps of those who wait, as pure functions of the state found, and where that state lies. What [SlowPath] does
/// with a synchronizer is all decided here.
///
/// *Counted* is a thread that has announced that it sleeps, and has neither entered nor left since. It passes as `mine`
/// the state in which it has announced itself first; who is not counted passes 0.
///
/// It is open for tests alone, which plant mistakes and let a model find them.
abstract class Rules {
    /// After how long a thread that is on its way is no longer relied on, and a counted one bars the way of newcomers.
    static final long PATIENCE_NANOS = 1_000_000;

    static final long FOR_EVER = Long.MAX_VALUE;

    // ---- where the state lies

    long look(Words words, long at) {
        return words.get(at);
    }

    /// Changes the state, if it is still `s`.
    boolean step(Words words, long at, long s, long next) {
        return words.compareAndSet(at, (int) s, (int) next);
    }

    /// The word on which threads sleep.
    long sleepsAt(long at) {
        return at;
    }

    /// What that word is in a state.
    int slept(long s) {
        return (int) s;
    }

    // ---- looking

    abstract boolean isOpen(long s, long mine);

    /// Whether looking again may be of use before this thread sleeps.
    boolean isWorthALook(long s, long mine) {
        return true;
    }

    /// How many sleep, if one of them has been woken and is on its way; else 0.
    int crowd(long s) {
        return 0;
    }

    // ---- stepping

    abstract long enter(long s, long mine);

    /// A thread will sleep on the state that results, for the first time or again.
    abstract long announce(long s, long mine);

    /// A counted thread gives up: its time is over, or it cannot go on.
    abstract long leave(long s, long mine);

    /// How many others must be woken by a counted thread that has entered or left by this step, as [#wake] takes it.
    abstract int passOn(long s, long next, boolean entered);

    /// Wakes sleepers, of whom later steps may say that they are on their way.
    void wake(Words words, long at, int count) {
        words.wakeEntrants(sleepsAt(at), count);
    }

    /// A counted thread has waited for longer than [#PATIENCE_NANOS].
    ///
    /// @return the state in which others make room for it; `s` if there is none such
    long reserve(long s) {
        return s;
    }

    /// How long to sleep at most on this state, since its end may rely on somebody who never comes; in nanoseconds.
    long trust(long s) {
        return FOR_EVER;
    }

    /// That time is over, for who has slept on state `s`.
    ///
    /// @return how many others must be woken by the step that was made now, as [#wake] takes it
    int distrust(Words words, long at, long s) {
        return 0;
    }

    // ---- time; for tests, which have none

    boolean isImpatient(long since) {
        return System.nanoTime() - since > PATIENCE_NANOS;
    }

    boolean isOver(long deadline) {
        return System.nanoTime() >= deadline;
    }

    boolean spins() {
        return true;
    }
}
