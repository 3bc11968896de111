package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.futex.Futex;
import io.futex.FutexWord;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// No lock, contended or not, allocates a byte in a platform thread.
@SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
@Timeout(60)
class PMutexAllocationTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int OPERATIONS = 2_000;

    /// Calls into native code allocate until the compiler is done with them. What allocates for good does so in every
    /// round.
    private static final int ROUNDS = 50;

    /// What the measuring itself may cost, and a lazily made object of the JVM: less than a byte an operation.
    private static final long NOISE = OPERATIONS - 1;

    /// A thread spins before it sleeps, so sleeps are rare, and the compiler would be long in coming to them.
    @BeforeAll
    static void sleepOften() throws Exception {
        PMutex mutex = new PMutex(FutexWord.local(0), new PMutexMistakes.NoMistake());
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 4; i++) {
                threads.execute(() -> {
                    for (int k = 0; k < 30_000; k++) {
                        mutex.lock();
                        Thread.onSpinWait();
                        mutex.unlock();
                    }
                });
            }
        }
    }

    @Test
    void uncontended() throws Exception {
        PMutex mutex = new PMutex();
        assertAllocatesNothing(1, () -> {
            mutex.lock();
            mutex.unlock();
            mutex.lockInterruptibly();
            mutex.unlock();
            assertTrue(mutex.tryLock());
            mutex.unlock();
            assertTrue(mutex.tryLock(1, TimeUnit.SECONDS));
            mutex.unlock();
        });
    }

    @Test
    void uncontendedWithoutObject() throws Exception {
        Futex futex = Futex.local();
        MemorySegment memory = Arena.ofAuto().allocate(4, 4);
        assertAllocatesNothing(1, () -> {
            PMutex.lock(futex, memory, 0);
            PMutex.unlock(futex, memory, 0);
        });
    }

    /// Over the portable backend, since whether a call into native code allocates is the compiler's decision.
    @Test
    void contended() throws Exception {
        Futex futex = Futex.available().stream()
                .filter(each -> each.backend().equals("portable"))
                .findFirst()
                .orElseThrow();
        MemorySegment memory = Arena.ofAuto().allocate(4, 4);
        assertAllocatesNothing(4, () -> {
            PMutex.lock(futex, memory, 0);
            rest();
            PMutex.unlock(futex, memory, 0);
        });
    }

    @Test
    void givingUp() throws Exception {
        PMutex mutex = new PMutex();
        mutex.lock();
        assertAllocatesNothing(2, () -> assertTrue(!mutex.tryLock(200, TimeUnit.MICROSECONDS)));
    }

    /// Long enough that others go to sleep now and then.
    private static void rest() {
        for (int i = 0; i < 2_000; i++) {
            Thread.onSpinWait();
        }
    }

    private static void assertTrue(boolean condition) {
        if (!condition) {
            throw new AssertionError();
        }
    }

    private interface Operation {
        void run() throws Exception;
    }

    private static void assertAllocatesNothing(int count, Operation operation) throws Exception {
        CyclicBarrier start = new CyclicBarrier(count);
        Callable<Long> measuring = () -> {
            start.await();
            long least = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS && least > NOISE; round++) {
                long before = THREADS.getCurrentThreadAllocatedBytes();
                for (int k = 0; k < OPERATIONS; k++) {
                    operation.run();
                }
                least = Math.min(least, THREADS.getCurrentThreadAllocatedBytes() - before);
            }
            return least;
        };
        try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
            for (Future<Long> allocated : threads.invokeAll(Collections.nCopies(count, measuring))) {
                assertThat(allocated.get()).isLessThanOrEqualTo(NOISE);
            }
        }
    }
}
