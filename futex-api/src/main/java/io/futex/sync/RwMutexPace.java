package io.futex.sync;

/// How fast a lock passes from one thread to the next, reader or writer, so that a thread which finds it closed knows
/// for how long to look away.
///
/// A look takes the lock's cache line from the owner, 60 to 100 ns. Where sections take 20 ns that is the time of
/// several of them, and two threads that take turns at looking and locking halve the throughput of one: there the
/// first pause is long. Elsewhere each release that goes unnoticed leaves a processor idle: there it is short.
///
/// Counting costs a cache line too, which readers alone would not share otherwise. So only the first acquisitions are
/// counted after a thread has found the lock closed, and that not too often.
///
/// All of it is a guess, by plain fields that are written in a race. A wrong one costs time and nothing else.
final class RwMutexPace {
    /// In units of Thread.onSpinWait(), some 20 to 40 ns on current x86-64: half a microsecond.
    static final int SHORT_PAUSE = 16;

    /// Sixteen microseconds.
    private static final int LONG_PAUSE = 512;

    /// How many acquisitions to count for a judgement: in fewer, a single hand-over weighs more than the sections.
    private static final int ENOUGH = 64;

    /// Within how long they must come for the first pause to be long: 128 ns each.
    private static final long FAST_NANOS = ENOUGH * 128L;

    /// How long a judgement is good for.
    private static final long REST_NANOS = 100_000;

    /// Whether acquisitions are counted. Else nothing here changes, and no reader waits for the cache line.
    private boolean counting;

    private int acquisitions;

    /// When the counting began, or ended.
    private long when;

    private boolean fast;

    /// Counts an acquisition.
    void acquired() {
        if (counting && ++acquisitions >= ENOUGH) {
            judge(System.nanoTime());
        }
    }

    /// How long to look away for the first time.
    int firstPause() {
        long now = System.nanoTime();
        if (now - when >= (counting ? FAST_NANOS : REST_NANOS)) {
            if (counting) {
                judge(now); // too late, so it is not fast
            } else {
                acquisitions = 0;
                when = now;
                counting = true;
            }
        }
        return fast ? LONG_PAUSE : SHORT_PAUSE;
    }

    private void judge(long now) {
        counting = false;
        fast = now - when < FAST_NANOS;
        when = now;
    }
}
