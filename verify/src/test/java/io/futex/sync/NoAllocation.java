package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// Measures that threads allocate nothing, once the compiler is done: what allocates for good does so in every round.
public final class NoAllocation {
    /// What is measured.
    public interface Operation {
        void run() throws Exception;
    }

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private NoAllocation() {}

    /// Runs an operation so often in each of so many platform threads, and all of it again until a round is clean.
    public static void of(int threads, int operations, Operation operation) throws Exception {
        int rounds = 100;
        AtomicInteger dirty = new AtomicInteger(threads);
        CyclicBarrier start = new CyclicBarrier(threads);
        Callable<Long> measuring = () -> {
            long least = Long.MAX_VALUE;
            boolean clean = false;
            for (int round = 0; round < rounds && dirty.get() != 0; round++) {
                start.await();
                long before = THREADS.getCurrentThreadAllocatedBytes();
                for (int k = 0; k < operations; k++) {
                    operation.run();
                }
                least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
                if (!clean && least < operations) {
                    clean = true;
                    dirty.decrementAndGet();
                }
                start.await(); // all have counted themselves, or none will look
            }
            return least;
        };
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (Future<Long> allocated : pool.invokeAll(Collections.nCopies(threads, measuring))) {
                // Less than a byte an operation: the measuring itself may cost some.
                assertThat(allocated.get()).isLessThan(operations);
            }
        }
    }
}
