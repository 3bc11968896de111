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

/// A lock in a fixed window in which all threads run, with a plain counter in the section that is checked afterwards,
/// if one thread at a time is in there.
///
/// Parameters: `lock`, `threads`, `inside` and `outside` (steps of [Work]), `millis`, `clocked` (also the longest wait,
/// which takes two looks at the clock for each section and so is never asked for together with throughput).
final class MutexWindow implements Experiment {
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
    /// @param all sections, those before the window included: their sum must be the counter
    /// @param measured sections in the window
    /// @param longest wait in the window, if clocked
    /// @param allocated bytes in the window
    private record Share(long all, long measured, long longest, long allocated) {}

    @Override
    public void run(Request request, Reply reply) throws Exception {
        int threads = Math.toIntExact(request.number("threads"));
        boolean clocked = request.number("clocked", 0) != 0;
        LockUnderTest lock = LockUnderTest.named(request.text("lock"));
        boolean exclusive = LockUnderTest.isExclusive(request.text("lock"));
        long[] guarded = new long[2 * PADDED];
        int[] phase = new int[4 * PADDED];
        AtomicInteger running = new AtomicInteger();
        System.gc(); // locks are old objects in most programs, and old ones may cost more

        List<Future<Share>> shares = new ArrayList<>();
        Callable<Share> worker = () -> {
            long[] counter = exclusive ? guarded : new long[2 * PADDED];
            Section section =
                    new Section(counter, PADDED, request.number("inside"), request.number("outside", 0), clocked);
            return work(lock, section, phase, running);
        };
        long nanos;
        // New threads each time: their objects are in another part of the heap than an old lock, as in a program with a
        // heap of some size. After the collection above threads of an earlier window would be its neighbours.
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
        answer(shares, exclusive ? guarded[PADDED] : -1, nanos, clocked, reply);
    }

    private static Share work(LockUnderTest lock, Section section, int[] phase, AtomicInteger running) {
        long before = chunk(lock, section, phase, STRAGGLING, 1);
        running.incrementAndGet();
        while ((int) PHASE.getAcquire(phase, PADDED) == STRAGGLING) {
            before += chunk(lock, section, phase, STRAGGLING, CHUNK);
        }
        section.forgetEarlierWaits();
        long allocated = Allocation.bytes();
        long measured = 0;
        while ((int) PHASE.getAcquire(phase, PADDED) == MEASURING) {
            measured += chunk(lock, section, phase, MEASURING, CHUNK);
        }
        allocated = Allocation.bytes() - allocated;
        return new Share(before + measured, measured, section.finish(), allocated);
    }

    private static long chunk(LockUnderTest lock, Section section, int[] phase, int during, int limit) {
        long count = 0;
        while (count < limit && (int) PHASE.getAcquire(phase, PADDED) == during) {
            section.before();
            lock.run(section);
            section.after();
            count++;
        }
        return count;
    }

    private static void answer(List<Future<Share>> shares, long counted, long nanos, boolean clocked, Reply reply)
            throws Exception {
        long all = 0;
        long measured = 0;
        long allocated = 0;
        long longest = 0;
        long most = 0;
        long least = Long.MAX_VALUE;
        for (Future<Share> future : shares) {
            Share share = future.get();
            all += share.all;
            measured += share.measured;
            allocated += share.allocated;
            longest = Math.max(longest, share.longest);
            most = Math.max(most, share.measured);
            least = Math.min(least, share.measured);
        }
        if (counted >= 0 && all != counted) { // all threads are out
            throw new IllegalStateException("no mutual exclusion: " + all + " sections counted to " + counted);
        }
        reply.put("ops-per-s", measured * 1e9 / nanos);
        reply.put("max-by-min", (double) most / Math.max(1, least)); // a starved thread still has a figure
        reply.put("bytes", (double) allocated / Math.max(1, measured));
        if (clocked) {
            reply.put("longest-ns", (double) longest);
        }
    }
}
