package io.futex.bench.experiment;

import io.futex.bench.peer.Request;

/// What one thread does inside and outside a lock. Made by that thread, so that no two share a cache line.
final class Section implements Call {
    private final MeasuredLock lock;
    private final long[] guarded;
    private final long stepsInside;
    private final long stepsOutside;
    private final boolean clocked;
    private final int writers;
    private long x = System.nanoTime() | 1;
    private long written;
    private long asked;
    private long last;
    private long longest;

    /// @param guarded holds what the lock protects: two counters, equal whenever nobody writes, or the first of them
    /// @param request see [LockWindow]
    Section(MeasuredLock lock, long[] guarded, Request request) {
        this.lock = lock;
        this.guarded = guarded;
        this.stepsInside = request.number("inside", 0);
        this.stepsOutside = request.number("outside", 0);
        this.clocked = request.number("clocked", 0) != 0;
        this.writers = (int) request.number("writers", 0);
    }

    static long[] counters() {
        return new long[2 * Window.PADDED];
    }

    @Override
    public void run() {
        if (clocked) {
            asked = System.nanoTime();
        }
        lock.run(this);
        x = Work.steps(x, stepsOutside);
    }

    /// Runs with the lock held.
    void inside() {
        if (clocked) {
            last = System.nanoTime() - asked;
            longest = Math.max(longest, last);
        }
        guarded[Window.PADDED]++;
        x = Work.steps(x, stepsInside);
    }

    /// Whether the next one writes.
    boolean writes() {
        x = Work.steps(x, 1);
        return Long.remainderUnsigned(x >>> 8, 100) < writers;
    }

    /// Runs with the lock held for reading.
    void read() {
        if (guarded[Window.PADDED] != guarded[Window.PADDED + 1]) {
            throw new IllegalStateException("a reader saw a writer at work");
        }
    }

    /// Runs with the lock held for writing.
    void write() {
        guarded[Window.PADDED]++;
        guarded[Window.PADDED + 1]++;
        written++;
    }

    /// The window has begun. The last wait ended in it, so that of a thread which starves all the time is not lost.
    void forgetEarlierWaits() {
        longest = last;
    }

    /// How many wrote, if the lock tells them from readers.
    long written() {
        return written;
    }

    /// The longest wait, in nanoseconds.
    long finish() {
        Work.consume(x);
        return longest;
    }
}
