package io.futex.sync;

/// How fast a lock passes from writer to writer, so that a thread which finds it closed knows for how long to look
/// away.
///
/// A look takes the lock's cache line from the owner, 60 to 100 ns. Where sections take 20 ns that is the time of
/// several of them, and two threads that take turns at looking and locking halve the throughput of one: there the
/// first pause is long. Elsewhere each release that goes unnoticed leaves a processor idle: there it is short.
///
/// All of it is a guess, by plain fields that are written in a race. A wrong one costs time and nothing else.
final class RwMutexPace {
    /// In units of Thread.onSpinWait(), some 20 to 40 ns on current x86-64: half a microsecond.
    static final int SHORT_PAUSE = 16;

    /// Sixteen microseconds.
    private static final int LONG_PAUSE = 512;

    /// The time from one acquisition to the next below which the pause is long.
    private static final long FAST_NANOS = 128;

    /// How long to count for a judgement: in less, a single hand-over weighs more than the sections.
    private static final long WINDOW_NANOS = 10_000;

    private int acquisitions;

    // Where the window begins, and the judgement of the last one.
    private int seen;
    private long when;
    private boolean fast;

    /// Counts an acquisition; by the writer.
    void acquired() {
        acquisitions++;
    }

    /// How long to look away for the first time.
    int firstPause() {
        long now = System.nanoTime();
        long nanos = now - when;
        if (nanos >= WINDOW_NANOS) {
            int count = acquisitions;
            fast = nanos < (count - seen) * FAST_NANOS;
            seen = count;
            when = now;
        }
        return fast ? LONG_PAUSE : SHORT_PAUSE;
    }
}
