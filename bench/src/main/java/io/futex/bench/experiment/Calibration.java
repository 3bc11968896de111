package io.futex.bench.experiment;

import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;

/// How long a step of [Work] takes: the shortest of many batches, so undisturbed.
final class Calibration implements Experiment {
    private static final int BATCHES = 600;
    private static final long STEPS = 20_000;

    @Override
    public void run(Request request, Reply reply) {
        double best = Double.MAX_VALUE;
        for (int i = 0; i < BATCHES; i++) {
            long begin = System.nanoTime();
            Work.consume(Work.steps(i, STEPS));
            best = Math.min(best, (System.nanoTime() - begin) / (double) STEPS);
        }
        reply.put("step-ns", best);
    }
}
