package io.futex.bench.experiment;

import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A read-write lock in a fixed window in which all threads run. Readers check that no writer is at work, and the
/// counters of the writers are checked afterwards.
///
/// Parameters: `lock`, `threads`, `writers` (percent of the sections), `millis`.
final class RwWindow implements Experiment {
    private static final int STRAGGLING = 0;
    private static final int MEASURING = 1;
    private static final int OVER = 2;

    /// A thread that has not got the lock once by then is starved, and the window will say so.
    private static final long PATIENCE_NANOS = 1_000_000_000;

    /// Sections between two returns to the caller: the loop is called often, and so is compiled as a whole method.
    private static final int CHUNK = 64;

    /// In the middle of an array, so that no other object shares its cache line.
    private static final int PADDED = 32;

    private static final VarHandle PHASE = MethodHandles.arrayElementVarHandle(int[].class);

    /// What one thread did.
    ///
    /// @param written sections that wrote, those before the window included: their sum must be the counters
    /// @param measured sections in the window
    /// @param allocated bytes in the window
    private record Share(long written, long measured, long allocated) {}

    @Override
    public void run(Request request, Reply reply) throws Exception {
        int threads = Math.toIntExact(request.number("threads"));
        RwLockUnderTest lock = RwLockUnderTest.named(request.text("lock"));
        long[] guarded = new long[2 * PADDED];
        int[] phase = new int[4 * PADDED];
        AtomicInteger running = new AtomicInteger();
        System.gc(); // locks are old objects in most programs, and old ones may cost more

        List<Future<Share>> shares = new ArrayList<>();
        Callable<Share> worker = () -> {
            RwSection section = new RwSection(guarded, PADDED, Math.toIntExact(request.number("writers")));
            return work(lock, section, phase, running);
        };
        long nanos;
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (int i = 0; i < threads; i++) {
                shares.add(pool.submit(worker));
            }
            long started = System.nanoTime();
            while (running.get() < threads && System.nanoTime() - started < PATIENCE_NANOS) {
                TimeUnit.MICROSECONDS.sleep(100);
            }
            long begin = System.nanoTime();
            PHASE.setRelease(phase, PADDED, MEASURING);
            TimeUnit.MILLISECONDS.sleep(request.number("millis"));
            PHASE.setRelease(phase, PADDED, OVER);
            nanos = System.nanoTime() - begin;
        }
        answer(shares, guarded, nanos, reply);
    }

    private static Share work(RwLockUnderTest lock, RwSection section, int[] phase, AtomicInteger running) {
        chunk(lock, section, phase, STRAGGLING, 1);
        running.incrementAndGet();
        while ((int) PHASE.getAcquire(phase, PADDED) == STRAGGLING) {
            chunk(lock, section, phase, STRAGGLING, CHUNK);
        }
        long allocated = Allocation.bytes();
        long measured = 0;
        while ((int) PHASE.getAcquire(phase, PADDED) == MEASURING) {
            measured += chunk(lock, section, phase, MEASURING, CHUNK);
        }
        allocated = Allocation.bytes() - allocated;
        return new Share(section.finish(), measured, allocated);
    }

    private static long chunk(RwLockUnderTest lock, RwSection section, int[] phase, int during, int limit) {
        long count = 0;
        while (count < limit && (int) PHASE.getAcquire(phase, PADDED) == during) {
            if (section.next()) {
                lock.write(section);
            } else {
                lock.read(section);
            }
            count++;
        }
        return count;
    }

    private static void answer(List<Future<Share>> shares, long[] guarded, long nanos, Reply reply) throws Exception {
        long written = 0;
        long measured = 0;
        long allocated = 0;
        for (Future<Share> future : shares) {
            Share share = future.get();
            written += share.written;
            measured += share.measured;
            allocated += share.allocated;
        }
        if (written != guarded[PADDED] || written != guarded[PADDED + 1]) { // all threads are out
            throw new IllegalStateException("no mutual exclusion: " + written + " writes counted to " + guarded[PADDED]
                    + " and " + guarded[PADDED + 1]);
        }
        reply.put("ops-per-s", measured * 1e9 / nanos);
        reply.put("bytes", (double) allocated / Math.max(1, measured));
    }
}
