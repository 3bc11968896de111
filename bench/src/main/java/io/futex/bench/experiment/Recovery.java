package io.futex.bench.experiment;

import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import io.futex.shared.RegionLayout;
import io.futex.shared.RobustMutex;
import io.futex.shared.SharedRegion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.FutureTask;

/// A process is killed while it holds a lock that another one sleeps for: from the kill until that one has it.
///
/// Parameters: `file`, `kills`.
final class Recovery {
    private static final String LOCK = "lock";
    private static final String HELD = "held";
    private static final RegionLayout LAYOUT =
            RegionLayout.builder().robustMutex(LOCK).event(HELD, false).build();
    private static final long FALL_ASLEEP_MILLIS = 20;

    private Recovery() {}

    static void run(Request request, Reply reply) throws Exception {
        double[] all = new double[request.count("kills")];
        Path file = Path.of(request.text("file"));
        for (int i = 0; i < all.length; i++) {
            Files.deleteIfExists(file);
            try (SharedRegion region = SharedRegion.create(file, LAYOUT)) {
                all[i] = once(region, file);
            }
        }
        reply.put("ns", all);
    }

    private static double once(SharedRegion region, Path file) throws Exception {
        Process holder = OtherProcess.start(OtherProcess.HOLD, LOCK, file);
        try {
            RobustMutex lock = region.robustMutex(LOCK);
            region.event(HELD).await();
            FutureTask<Long> next = new FutureTask<>(() -> {
                RobustMutex.Outcome outcome = lock.lock();
                long has = System.nanoTime();
                if (outcome != RobustMutex.Outcome.OWNER_DIED) {
                    throw new IllegalStateException("nobody had it: " + outcome);
                }
                lock.markConsistent();
                lock.unlock();
                return has;
            });
            Thread.ofPlatform().daemon().start(next);
            Thread.sleep(FALL_ASLEEP_MILLIS);
            long begin = System.nanoTime();
            holder.destroyForcibly();
            return next.get() - begin;
        } finally {
            holder.destroyForcibly().waitFor();
        }
    }

    /// In the other process, which does not end by itself.
    static void hold(Path file) throws IOException, InterruptedException {
        SharedRegion region = SharedRegion.attach(file, LAYOUT);
        RobustMutex.Outcome unused = region.robustMutex(LOCK).lock();
        region.event(HELD).set();
        Thread.currentThread().join();
    }
}
