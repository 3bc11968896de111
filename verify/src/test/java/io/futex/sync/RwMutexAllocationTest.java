package io.futex.sync;

import io.futex.memory.Words;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// No lock of either kind, contended or not, allocates a byte in a platform thread.
@SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
@Timeout(60)
class RwMutexAllocationTest {
    private static final int OPERATIONS = 2_000;

    /// A thread spins before it sleeps, so sleeps are rare, and the compiler would be long in coming to them.
    @BeforeAll
    static void sleepOften() throws Exception {
        Words.Place place = Words.fresh((int) RwMutex.LAYOUT_BYTES);
        RwMutex mutex = new RwMutex(place.words(), place.offset(), new RwMutexMistakes.NoMistake(), false);
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
        NoAllocation.of(1, OPERATIONS, () -> {
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
        NoAllocation.of(4, OPERATIONS, () -> {
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
        NoAllocation.of(2, OPERATIONS, () -> {
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
}
