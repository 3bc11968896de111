package io.futex.sync;

/// Looking away from a word, so that the cache line stays with whoever uses it.
final class Pause {
    /// In units of [Thread#onSpinWait()]: some 0.2 microseconds.
    private static final int AFTER_LOST_STEP = 8;

    /// Who has looked away so often in one call goes on without: others may do without end what it tries to do once.
    private static final int LOST_STEPS = 4;

    private Pause() {}

    /// @param times in units of [Thread#onSpinWait()], some 20 to 40 ns on current x86-64
    static void spin(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }

    /// After a compare-and-exchange that another thread has spoilt, where neither needs to wait for the other. To try
    /// again at once takes the cache line away before the other has made use of it, and spoils its next step in turn:
    /// two threads that only read-lock and unlock pass 60 to 100 ns a step that way, and 20 if they look away.
    /// Then look at the word anew: what the step has found is old.
    ///
    /// @param before how many steps this call has lost before
    static void afterLostStep(int before) {
        if (before < LOST_STEPS) {
            spin(AFTER_LOST_STEP);
        }
    }
}
