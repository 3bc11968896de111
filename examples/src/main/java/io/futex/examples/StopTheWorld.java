package io.futex.examples;

import io.futex.FutexWord;
import io.futex.sync.Barrier;
import io.futex.sync.WaitGroup;
import java.util.concurrent.BrokenBarrierException;

/// Stops the world: a coordinator pauses worker threads at their safe points, works alone, and resumes all of them with
/// one wake, as a garbage collector does for its mark phase.
///
/// At a safe point a worker reads one word, which costs nothing as long as the world runs.
public final class StopTheWorld {
    /// Odd while the world is stopped. Counted up, so that a worker which is slow to go on knows the next stop from the
    /// one that it has been waiting in.
    private final FutexWord world = FutexWord.local(0);

    private final Barrier stopped; // of the workers and the coordinator

    /// @param workers how many threads call [#safePoint]
    public StopTheWorld(int workers) {
        stopped = new Barrier(workers + 1);
    }

    /// Called by every worker again and again, where all that it shares is in order.
    public void safePoint() throws BrokenBarrierException {
        int stop = world.getAcquire();
        if ((stop & 1) != 0) {
            stopped.awaitUninterruptibly(); // this worker's writes are visible to the coordinator from here on
            while (world.getAcquire() == stop) {
                world.awaitUninterruptibly(stop);
            }
        }
    }

    /// Runs a task while all workers are at a safe point. For one coordinator.
    ///
    /// @param task what to do alone
    /// @return nanoseconds from the last worker's stop to the wake
    public long runAlone(Runnable task) throws BrokenBarrierException {
        world.getAndIncrement();
        stopped.awaitUninterruptibly();
        long start = System.nanoTime();
        try {
            task.run();
        } finally {
            world.getAndIncrement(); // what the task wrote is visible to all workers
            world.wakeAll();
        }
        return System.nanoTime() - start;
    }

    /// Stops four busy workers a hundred times, and looks that nobody moves meanwhile.
    ///
    /// @param arguments none, or how often to stop how many workers
    public static void main(String[] arguments) throws Exception {
        int pauses = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 100;
        int workers = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 4;
        StopTheWorld it = new StopTheWorld(workers);
        long[] work = new long[workers * 16]; // plain: each has its own line, and the pauses order the rest
        FutexWord over = FutexWord.local(0);
        WaitGroup group = new WaitGroup();
        for (int i = 0; i < workers; i++) {
            int mine = i * 16;
            group.go(Thread.ofPlatform().daemon()::start, () -> {
                try {
                    while (over.getAcquire() == 0) {
                        work[mine]++;
                        it.safePoint();
                    }
                } catch (BrokenBarrierException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        long longest = 0;
        long longestStop = 0;
        for (int pause = 0; pause < pauses; pause++) {
            long asked = System.nanoTime();
            long alone = it.runAlone(() -> {
                long before = sum(work);
                Thread.onSpinWait();
                if (sum(work) != before) {
                    throw new IllegalStateException("a worker moves while the world is stopped");
                }
            });
            long total = System.nanoTime() - asked;
            longest = Math.max(longest, total);
            longestStop = Math.max(longestStop, total - alone);
        }
        over.setRelease(1);
        group.await();
        System.out.printf(
                "%d pauses of %d workers: longest %d us, of which %d us until all had stopped%n",
                pauses, workers, longest / 1000, longestStop / 1000);
    }

    private static long sum(long[] work) {
        long sum = 0;
        for (long each : work) {
            sum += each;
        }
        return sum;
    }
}
