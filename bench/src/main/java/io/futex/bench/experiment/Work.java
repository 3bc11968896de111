package io.futex.bench.experiment;

/// Work of a known length without a clock: a chain of shifts (xorshift64) that no compiler can shorten or overlap, as
/// both do with one of multiplications. The C side has the same one.
final class Work {
    @SuppressWarnings("UnusedVariable") // written so that the work is needed
    private static volatile long sink;

    private Work() {}

    static long steps(long x, long steps) {
        for (long i = steps; i > 0; i--) {
            x ^= x << 13;
            x ^= x >>> 7;
            x ^= x << 17;
        }
        return x;
    }

    /// Keeps the compiler from dropping the work.
    static void consume(long result) {
        sink = result;
    }
}
