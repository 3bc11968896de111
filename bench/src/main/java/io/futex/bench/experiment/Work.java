package io.futex.bench.experiment;

import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;

/// Work of a known length without a clock: a chain of shifts (xorshift64) that no compiler can shorten or overlap, as
/// both do with one of multiplications. The C side has the same one.
final class Work {
    private static final int BATCHES = 600;
    private static final long STEPS = 20_000;

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

    /// How long a step takes: the shortest of many batches, so undisturbed.
    static void calibrate(Request unused, Reply reply) {
        double best = Double.MAX_VALUE;
        for (int i = 0; i < BATCHES; i++) {
            long begin = System.nanoTime();
            consume(steps(i, STEPS));
            best = Math.min(best, (System.nanoTime() - begin) / (double) STEPS);
        }
        reply.put("step-ns", best);
    }
}
