package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.futex.FutexWord;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// No lock of either kind, contended or not, allocates a byte in a platform thread.
@SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
@Timeout(60)
class RwMutexAllocationTest {
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
        RwMutex mutex = new RwMutex(
                FutexWord.local(0), FutexWord.local(0), FutexWord.local(0), new RwMutexMistakes.NoMistake());
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            for (int i = 0; i < 4; i++) {
                threads.execute(() -> {
                    for (int k = 0; k < 20_000; k++) {
                        Lock lock = k % 4 == 0 ? mutex.writeLock() : mutex.readLock();
                        lock.lock();
                        Thread.onSpinWait();
                        lock.unlock();
                    }
                });
            }
        }
    }

    @Test
    void uncontended() throws Exception {
        RwMutex mutex = new RwMutex();
        assertAllocatesNothing(1, () -> {
            use(mutex.readLock());
            use(mutex.writeLock());
            mutex.writeLock().lock();
            mutex.downgrade();
            mutex.readLock().unlock();
        });
    }

    private static void use(Lock lock) throws InterruptedException {
        lock.lock();
        lock.unlock();
        lock.lockInterruptibly();
        lock.unlock();
        assertTrue(lock.tryLock());
        lock.unlock();
        assertTrue(lock.tryLock(1, TimeUnit.SECONDS));
        lock.unlock();
    }

    @Test
    void contended() throws Exception {
        RwMutex mutex = new RwMutex();
        assertAllocatesNothing(4, () -> {
            mutex.writeLock().lock();
            rest();
            mutex.downgrade();
            rest();
            mutex.readLock().unlock();
        });
    }

    @Test
    void givingUp() throws Exception {
        RwMutex mutex = new RwMutex();
        mutex.writeLock().lock();
        assertAllocatesNothing(2, () -> {
            assertTrue(!mutex.readLock().tryLock(100, TimeUnit.MICROSECONDS));
            assertTrue(!mutex.writeLock().tryLock(100, TimeUnit.MICROSECONDS));
        });
    }

    /// Long enough that others go to sleep now and then.
    private static void rest() {
        for (int i = 0; i < 1_000; i++) {
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
