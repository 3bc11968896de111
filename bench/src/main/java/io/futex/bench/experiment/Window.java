package io.futex.bench.experiment;

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
    interface Job extends Call {
        /// The window has begun.
        default void begin() {}

        /// The window is over.
        default void end() throws Exception {}
    }

    /// Makes the job of a thread, on that thread: so no two jobs share a cache line.
    interface Plan {
        Job job(int thread) throws Exception;
    }

    /// What one thread did.
    ///
    /// @param before calls before the window
    /// @param measured calls in the window
    /// @param allocated bytes in the window
    record Share(long before, long measured, long allocated) {}

    /// What all did.
    ///
    /// @param shares one a thread, in their order
    /// @param nanos from the begin to the end of the window
    record Outcome(List<Share> shares, long nanos) {
        long measured() {
            return shares.stream().mapToLong(Share::measured).sum();
        }

        long before() {
            return shares.stream().mapToLong(Share::before).sum();
        }

        double callsPerSecond() {
            return measured() * 1e9 / nanos;
        }

        double bytesPerCall() {
            return (double) shares.stream().mapToLong(Share::allocated).sum() / Math.max(1, measured());
        }

        /// The calls of the thread that did most by those of the one that did least; a starved thread still has a
        /// figure.
        double mostByLeast() {
            LongSummaryStatistics calls =
                    shares.stream().mapToLong(Share::measured).summaryStatistics();
            return (double) calls.getMax() / Math.max(1, calls.getMin());
        }
    }

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
    static Outcome run(int threads, long millis, Plan plan) throws Exception {
        Window window = new Window();
        List<Future<Share>> futures = new ArrayList<>();
        long nanos;
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                int number = i;
                futures.add(pool.submit(() -> window.work(plan, number)));
            }
            long started = System.nanoTime();
            while (window.running.get() < threads && System.nanoTime() - started < PATIENCE_NANOS) {
                TimeUnit.MICROSECONDS.sleep(100);
            }
            long begin = System.nanoTime();
            window.enter(MEASURING);
            TimeUnit.MILLISECONDS.sleep(millis);
            window.enter(OVER);
            nanos = System.nanoTime() - begin;
        }
        List<Share> shares = new ArrayList<>();
        for (Future<Share> future : futures) {
            shares.add(future.get());
        }
        return new Outcome(shares, nanos);
    }

    private void enter(int next) {
        PHASE.setRelease(phase, PADDED, next);
    }

    private boolean is(int which) {
        return (int) PHASE.getAcquire(phase, PADDED) == which;
    }

    private Share work(Plan plan, int number) throws Exception {
        Job job = plan.job(number);
        try {
            long before = chunk(job, STRAGGLING, 1);
            running.incrementAndGet();
            while (is(STRAGGLING)) {
                before += chunk(job, STRAGGLING, CHUNK);
            }
            job.begin();
            long allocated = Allocation.bytes();
            long measured = 0;
            while (is(MEASURING)) {
                measured += chunk(job, MEASURING, CHUNK);
            }
            return new Share(before, measured, Allocation.bytes() - allocated);
        } finally {
            job.end();
        }
    }

    private long chunk(Job job, int during, int limit) throws Exception {
        long count = 0;
        try {
            while (count < limit && is(during)) {
                job.run();
                count++;
            }
        } catch (BrokenBarrierException e) {
            // Another thread has seen the end of the window, and will not come any more.
        }
        return count;
    }
}
