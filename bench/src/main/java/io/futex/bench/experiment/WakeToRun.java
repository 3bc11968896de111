package io.futex.bench.experiment;

import io.futex.FutexWord;
import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import java.lang.foreign.Arena;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/// From before the wake of a shared word until the thread that slept on it runs.
///
/// Parameters: `kind` (virtual, platform), `samples`.
final class WakeToRun {
    private static final int WARM_UP = 50;

    /// Long enough to fall asleep.
    private static final long GAP_NANOS = 300_000;

    /// More than the pause of who looks now and then, so that no wake keeps in step with that.
    private static final long JITTER_NANOS = 1_200_000;

    private WakeToRun() {}

    static void run(Request request, Reply reply) throws Exception {
        int samples = request.count("samples");
        long[] ran = new long[WARM_UP + samples + 1];
        FutexWord word = FutexWord.shared(Arena.ofAuto().allocate(128, 128), 0);
        FutexWord answer = FutexWord.local(0);
        FutureTask<Void> waiter = new FutureTask<>(() -> {
            for (int seen = 0; seen < ran.length - 1; ) {
                seen = word.awaitChange(seen);
                ran[seen] = System.nanoTime();
                answer.setRelease(seen);
                answer.wakeOne();
            }
            return null;
        });
        boolean virtual = request.text("kind").equals("virtual");
        Thread unused = (virtual ? Thread.ofVirtual() : Thread.ofPlatform().daemon()).start(waiter);
        double[] took = new double[samples];
        for (int i = 1; i < ran.length; i++) {
            LockSupport.parkNanos(GAP_NANOS + ThreadLocalRandom.current().nextLong(JITTER_NANOS));
            long begin = System.nanoTime();
            word.set(i);
            word.wakeOne();
            answer.awaitChange(i - 1);
            if (i > WARM_UP) {
                took[i - WARM_UP - 1] = ran[i] - begin;
            }
        }
        waiter.get();
        reply.put("ns", took);
    }
}
