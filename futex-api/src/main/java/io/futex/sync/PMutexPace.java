package io.futex.sync;

/// What a lock has learned about its sections, so that a thread which finds it held knows for how long to look away.
///
/// A look takes the lock's cache line from the owner, 60 to 100 ns. What that buys depends on the program:
///
/// | the owner | then looks | so |
/// |---|---|---|
/// | is in and out in 20 ns, again and again | cost it several sections each; turns halve the rate | look away |
/// | is in for long, and in again at once | hardly ever meet the lock free | look away |
/// | is in for long, then does something else | find each release at once, else a processor is idle | look closely |
///
/// The first is told by the clock: acquisitions in a window of time. The last two are told apart by trying: who looks
/// closely and gets the lock at one of the first releases has won, and who was overtaken several times has not. While
/// looking closely does not pay, one thread in sixteen tries it again.
///
/// All of it is a guess, by plain fields that are written in a race. A wrong one costs time and nothing else.
final class PMutexPace {
    // Pauses in units of Thread.onSpinWait(), some 20 to 40 ns on current x86-64.

    /// Between close looks: a tenth of a microsecond.
    static final int CLOSE_PAUSE = 4;
    /// Where nothing is known.
    static final int USUAL_PAUSE = 16;
    /// Between distant looks: 16 microseconds.
    static final int DISTANT_PAUSE = 512;

    /// The time from one acquisition to the next below which a lock is too fast to be looked at. It must be above what
    /// two threads need that look closely and take turns with nothing inside, 150 to 250 ns, lest they never find out.
    private static final long FAST_NANOS = 280;

    /// How long to count for a judgement: in less, a single hand-over weighs more than the sections.
    private static final long WINDOW_NANOS = 10_000;

    /// How often the others may have been faster for the close looks to have paid.
    private static final int OVERTAKEN = 2;

    /// How many failures, or successes, are remembered.
    private static final int MEMORY = 4;

    private static final int TRY_EVERY = 16;

    private int acquisitions;

    // Where the window begins, and the judgement of the last one.
    private int seen;
    private long when;
    private boolean fast;

    /// Of close looks, those that paid less those that did not, between plus and minus `MEMORY`.
    private int closeness;

    private int distant;

    /// Counts an acquisition; by the owner.
    void acquired() {
        acquisitions++;
    }

    /// How many acquisitions there have been.
    int acquisitions() {
        return acquisitions;
    }

    /// How long to look away for the first time: [#CLOSE_PAUSE] or [#DISTANT_PAUSE].
    int firstPause() {
        long now = System.nanoTime();
        long nanos = now - when;
        if (nanos >= WINDOW_NANOS) {
            int count = acquisitions;
            fast = nanos < (count - seen) * FAST_NANOS;
            seen = count;
            when = now;
        }
        if (fast) {
            return DISTANT_PAUSE;
        }
        return closeness > 0 || ++distant % TRY_EVERY == 0 ? CLOSE_PAUSE : DISTANT_PAUSE;
    }

    /// A thread that looked closely has acquired the lock.
    ///
    /// @param before the acquisitions when it came
    void caught(int before) {
        learn(acquisitions - before <= OVERTAKEN);
    }

    /// A thread that looked closely has to sleep.
    void missed() {
        learn(false);
    }

    private void learn(boolean paid) {
        int next = closeness + (paid ? 1 : -1);
        if (Math.abs(next) <= MEMORY) {
            closeness = next;
        }
    }
}
