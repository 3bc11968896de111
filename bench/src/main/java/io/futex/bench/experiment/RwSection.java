package io.futex.bench.experiment;

/// What one thread does with a read-write lock: mostly read two numbers, sometimes write them. Made by that thread, so
/// that no two share a cache line.
final class RwSection {
    private final long[] guarded;
    private final int at;
    private final int writers;
    private long x = System.nanoTime() | 1;
    private long written;

    /// @param guarded holds two counters, at `at` and after it, which are equal whenever nobody writes
    /// @param writers how many percent of the sections write
    RwSection(long[] guarded, int at, int writers) {
        this.guarded = guarded;
        this.at = at;
        this.writers = writers;
    }

    /// Whether the next section writes.
    boolean next() {
        x = Work.steps(x, 1);
        return Long.remainderUnsigned(x >>> 8, 100) < writers;
    }

    void read() {
        if (guarded[at] != guarded[at + 1]) {
            throw new IllegalStateException("a reader saw a writer at work");
        }
    }

    void write() {
        guarded[at]++;
        guarded[at + 1]++;
        written++;
    }

    /// How many sections wrote.
    long finish() {
        Work.consume(x);
        return written;
    }
}
