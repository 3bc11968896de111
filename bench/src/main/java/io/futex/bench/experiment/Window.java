package io.futex.bench.experiment;

import io.futex.bench.peer.Reply;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A fixed window of time in which all threads run, each of them doing the same over and over.
final class Window {
    /// What one thread does.
    ///
    /// @param begin when the window has begun
    /// @param end when it is over
    record Job(Call call, Call begin, Call end) {
        Job(Call call) {
            this(call, () -> {}, () -> {});
        }
    }

    /// Makes the job of a thread, on that thread: so no two jobs share a cache line.
    interface Plan {
        Job job(int thread) throws Exception;
    }

    /// What one thread did.
    ///
    /// @param all calls, those before the window included
    /// @param measured calls in the window
    /// @param allocated bytes in the window
    record Share(long all, long measured, long allocated) {}

    private static final int STRAGGLING = 0;
    private static final int MEASURING = 1;
    private static final int OVER = 2;

    /// A thread that has not done it once by then is starved, and the window will say so.
    private static final long PATIENCE_NANOS = 1_000_000_000;

    /// Calls between two returns to the caller: the loop is called often, and so is compiled as a whole method.
    private static final int CHUNK = 64;

    /// In the middle of an array, so that no other object shares its cache line.
    static final int PADDED = 32;

    private static final VarHandle PHASE = MethodHandles.arrayElementVarHandle(int[].class);

    private final int[] phase = new int[4 * PADDED];
    private final AtomicInteger running = new AtomicInteger();

    private Window() {}

    /// New threads each time: their objects are in another part of the heap than an old lock, as in a program with a
    /// heap of some size. After a collection threads of an earlier window would be its neighbours.
    ///
    /// @param operations that a call counts for
    static List<Share> run(int threads, long millis, double operations, Plan plan, Reply reply) throws Exception {
        Window window = new Window();
        List<Future<Share>> futures = new ArrayList<>();
        long nanos;
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                int number = i;
                futures.add(pool.submit(() -> window.work(plan.job(number))));
            }
            long started = System.nanoTime();
            while (window.running.get() < threads && System.nanoTime() - started < PATIENCE_NANOS) {
                TimeUnit.MICROSECONDS.sleep(100);
            }
            long begin = System.nanoTime();
            PHASE.setRelease(window.phase, PADDED, MEASURING);
            TimeUnit.MILLISECONDS.sleep(millis);
            PHASE.setRelease(window.phase, PADDED, OVER);
            nanos = System.nanoTime() - begin;
        }
        List<Share> shares = new ArrayList<>();
        for (Future<Share> future : futures) {
            shares.add(future.get());
        }
        LongSummaryStatistics calls = shares.stream().mapToLong(Share::measured).summaryStatistics();
        long allocated = shares.stream().mapToLong(Share::allocated).sum();
        double rate = calls.getSum() * operations * 1e9 / nanos;
        reply.put("ops-per-s", rate);
        reply.put("ns", threads * 1e9 / rate); // that one takes a thread
        reply.put("bytes", allocated / Math.max(1.0, calls.getSum() * Math.max(1, operations)));
        reply.put("max-by-min", (double) calls.getMax() / Math.max(1, calls.getMin())); // even if one is starved
        return shares;
    }

    private boolean is(int which) {
        return (int) PHASE.getAcquire(phase, PADDED) == which;
    }

    private Share work(Job job) throws Exception {
        try {
            long before = chunk(job.call, STRAGGLING, 1);
            running.incrementAndGet();
            while (is(STRAGGLING)) {
                before += chunk(job.call, STRAGGLING, CHUNK);
            }
            job.begin.run();
            long allocated = Allocation.bytes();
            long measured = 0;
            while (is(MEASURING)) {
                measured += chunk(job.call, MEASURING, CHUNK);
            }
            return new Share(before + measured, measured, Allocation.bytes() - allocated);
        } finally {
            job.end.run();
        }
    }

    private long chunk(Call call, int during, int limit) throws Exception {
        long count = 0;
        try {
            while (count < limit && is(during)) {
                call.run();
                count++;
            }
        } catch (BrokenBarrierException e) {
            // Another thread has seen the end of the window, and will not come any more.
        }
        return count;
    }
}
