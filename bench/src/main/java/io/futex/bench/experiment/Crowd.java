package io.futex.bench.experiment;

import io.futex.bench.os.Affinity;
import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import io.futex.sync.Event;
import io.futex.sync.Once;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;

/// Threads that do the same over and over in a window of time: pass what is open or done, all the same one, or hand
/// over to a partner and back, each pair on its own, and on one processor. Where the scheduler puts a pair that is not
/// pinned it leaves it for many windows, on one processor or on two, and on two a round trip takes ten times as long.
///
/// Parameters: `kind`, `threads` (both of each pair are counted), `millis`.
final class Crowd implements Experiment {
    /// Calls in a turn of the loop.
    private static final int UNROLLED = 8;

    /// Done by one thread, over and over.
    private interface Job extends AutoCloseable {
        void run() throws Exception;

        @Override
        default void close() {}
    }

    /// Makes the job of a thread, on that thread.
    private interface Plan {
        Job begin() throws Exception;
    }

    /// What one thread did.
    private record Share(long count, long nanos, long allocated) {}

    private final boolean pairs;

    /// @param pairs whether threads hand over to each other
    Crowd(boolean pairs) {
        this.pairs = pairs;
    }

    @Override
    public void run(Request request, Reply reply) throws Exception {
        int workers = Math.toIntExact(request.number("threads")) / (pairs ? 2 : 1);
        int chunk = pairs ? UNROLLED : 1024; // between two looks at the clock
        Plan plan = pairs ? () -> new Pair(request) : passing(request.text("kind"));
        CyclicBarrier start = new CyclicBarrier(workers);
        List<Future<Share>> shares = new ArrayList<>();
        try (ExecutorService pool = Executors.newFixedThreadPool(workers)) {
            for (int i = 0; i < workers; i++) {
                int number = i;
                shares.add(pool.submit(() -> {
                    if (pairs) {
                        pin(number); // and the partner, which inherits it
                    }
                    return work(plan, start, chunk, request.number("millis") * 1_000_000);
                }));
            }
        }
        double rate = 0;
        double allocated = 0;
        double count = 0;
        for (Future<Share> future : shares) {
            Share share = future.get();
            rate += share.count * 1e9 / share.nanos;
            allocated += share.allocated;
            count += share.count;
        }
        reply.put("ops-per-s", rate);
        reply.put("bytes", allocated / count);
    }

    private static void pin(int pair) {
        List<Integer> cpus = Affinity.allowed();
        if (!cpus.isEmpty()) {
            Affinity.pin(cpus.get(pair % cpus.size()));
        }
    }

    private static Share work(Plan plan, CyclicBarrier start, int chunk, long nanos) throws Exception {
        try (Job job = plan.begin()) {
            job.run(); // a partner is there
            start.await();
            long allocated = Allocation.bytes();
            long count = 0;
            long begin = System.nanoTime();
            long time = begin;
            for (; time - begin < nanos; time = System.nanoTime()) {
                repeat(job, chunk);
                count += chunk;
            }
            return new Share(count, time - begin, Allocation.bytes() - allocated);
        }
    }

    /// A method of its own, so that it is compiled as a whole.
    ///
    /// Some jobs take less than a nanosecond, and a loop of one call around them no less. The compiler unrolls it for
    /// some and not for others: so it is done here, for all.
    private static void repeat(Job job, int times) throws Exception {
        for (int i = 0; i < times; i += UNROLLED) {
            job.run();
            job.run();
            job.run();
            job.run();
            job.run();
            job.run();
            job.run();
            job.run();
        }
    }

    /// What nobody has to wait for any more.
    private static Plan passing(String kind) {
        Job job = switch (kind) {
            case "Once" -> {
                Once once = new Once();
                once.run(Crowd::nothing);
                yield () -> once.run(Crowd::nothing); // a constant, as in most programs
            }
            case "FutureTask" -> {
                FutureTask<String> task = new FutureTask<>(() -> "done");
                task.run();
                yield () -> {
                    String unused = task.get();
                };
            }
            case "Event" -> await(Event.manualReset());
            case "Event.memory" -> await(Event.local(Arena.ofAuto().allocate(128, 128), 0, false));
            case "CountDownLatch" -> new CountDownLatch(0)::await;
            default -> throw new IllegalArgumentException("nothing to pass is called " + kind);
        };
        return () -> job;
    }

    private static Job await(Event event) {
        event.set();
        return event::await;
    }

    private static void nothing() {}

    /// A round trip to a partner of its own.
    private static final class Pair implements Job {
        private final Line line;

        Pair(Request request) throws Exception {
            line = new ThreadPartners().start(request, Thread.currentThread());
        }

        @Override
        public void run() throws Exception {
            line.send(Line.PING);
            line.receive();
        }

        @Override
        public void close() {
            try {
                line.send(Line.STOP);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
