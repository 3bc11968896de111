package io.futex.bench.experiment;

import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import io.futex.sync.Barrier;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;

/// All threads meet at a barrier, over and over, with nothing to do in between. Parameters: `kind`, `threads`,
/// `millis`.
final class BarrierTrips {
    private BarrierTrips() {}

    static void run(Request request, Reply reply) throws Exception {
        int threads = request.count("threads");
        Call meet = switch (request.text("kind")) {
            case "Barrier" -> new Barrier(threads)::await;
            case "CyclicBarrier" -> new CyclicBarrier(threads)::await;
            default -> throw new IllegalArgumentException("no barrier " + request.text("kind"));
        };
        Window.run(
                threads,
                request.number("millis"),
                1.0 / threads,
                unused -> new Window.Job(meet, () -> {}, () -> leave(meet)),
                reply);
    }

    /// Breaks the barrier, since the others may have come once more already.
    private static void leave(Call meet) throws Exception {
        Thread.currentThread().interrupt();
        try {
            meet.run();
        } catch (BrokenBarrierException | InterruptedException e) {
            // as asked for
        }
    }
}
