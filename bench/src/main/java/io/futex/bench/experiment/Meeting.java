package io.futex.bench.experiment;

import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Threads meet at a barrier again and again, with nothing to do in between.
///
/// Parameters: `kind`, `threads`, `millis`.
final class Meeting implements Experiment {
    /// Trips between two returns to the caller: the loop is called often, and so is compiled as a whole method.
    private static final int CHUNK = 64;

    private interface Place {
        void await() throws Exception;
    }

    /// What one thread did.
    private record Share(long trips, long nanos, long allocated) {}

    /// Trips in chunks. One thread says for all, before the last trip of a chunk, whether there is another one.
    private static final class Trips {
        private final Place place;
        private final long nanos;
        private boolean over; // plain: the barrier orders it

        Trips(Place place, long nanos) {
            this.place = place;
            this.nanos = nanos;
        }

        Share run(boolean decides) throws Exception {
            place.await(); // all threads run
            long allocated = Allocation.bytes();
            long begin = System.nanoTime();
            long count = 0;
            do {
                chunk(begin, decides);
                count += CHUNK;
            } while (!over);
            long end = System.nanoTime();
            return new Share(count, end - begin, Allocation.bytes() - allocated);
        }

        private void chunk(long begin, boolean decides) throws Exception {
            for (int i = 1; i < CHUNK; i++) {
                place.await();
            }
            if (decides) {
                over = System.nanoTime() - begin >= nanos;
            }
            place.await();
        }
    }

    @Override
    public void run(Request request, Reply reply) throws Exception {
        int threads = Math.toIntExact(request.number("threads"));
        Trips trips = new Trips(named(request.text("kind"), threads), request.number("millis") * 1_000_000);
        List<Future<Share>> shares = new ArrayList<>();
        double allocated = 0;
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                boolean decides = i == 0;
                shares.add(pool.submit(() -> trips.run(decides)));
            }
            for (Future<Share> share : shares) {
                allocated += share.get().allocated;
            }
        }
        Share first = shares.get(0).get();
        reply.put("trips-per-s", first.trips * 1e9 / first.nanos);
        reply.put("bytes", allocated / first.trips / threads);
    }

    private static Place named(String kind, int threads) {
        return switch (kind) {
            case "Barrier" -> new io.futex.sync.Barrier(threads)::await;
            case "CyclicBarrier" -> new CyclicBarrier(threads)::await;
            default -> throw new IllegalArgumentException("no place to meet " + kind);
        };
    }
}
