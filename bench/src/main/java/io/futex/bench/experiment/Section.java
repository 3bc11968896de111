package io.futex.bench.experiment;

/// What one thread does inside and outside the lock. Made by that thread, so that no two share a cache line.
final class Section {
    private final long[] guarded;
    private final int at;
    private final long stepsInside;
    private final long stepsOutside;
    private final boolean clocked;
    private long x = System.nanoTime();
    private long asked;
    private long last;
    private long longest;

    /// @param guarded holds the counter that the lock protects
    /// @param at where in it
    Section(long[] guarded, int at, long stepsInside, long stepsOutside, boolean clocked) {
        this.guarded = guarded;
        this.at = at;
        this.stepsInside = stepsInside;
        this.stepsOutside = stepsOutside;
        this.clocked = clocked;
    }

    void before() {
        if (clocked) {
            asked = System.nanoTime();
        }
    }

    /// Runs with the lock held.
    void inside() {
        if (clocked) {
            last = System.nanoTime() - asked;
            longest = Math.max(longest, last);
        }
        guarded[at]++;
        x = Work.steps(x, stepsInside);
    }

    void after() {
        x = Work.steps(x, stepsOutside);
    }

    /// The window has begun. The last wait ended in it, so that of a thread which starves all the time is not lost.
    void forgetEarlierWaits() {
        longest = last;
    }

    /// The longest wait, in nanoseconds.
    long finish() {
        Work.consume(x);
        return longest;
    }
}
