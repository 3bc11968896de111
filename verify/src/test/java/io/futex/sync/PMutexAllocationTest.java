package io.futex.sync;

import io.futex.Futex;
import io.futex.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// No lock, contended or not, allocates a byte in a platform thread.
@SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
@Timeout(60)
class PMutexAllocationTest {
    private static final int OPERATIONS = 2_000;

    /// A thread spins before it sleeps, so sleeps are rare, and the compiler would be long in coming to them.
    @BeforeAll
    static void sleepOften() throws Exception {
        PMutex mutex = withoutLooks();
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
        NoAllocation.of(1, OPERATIONS, () -> {
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
        NoAllocation.of(1, OPERATIONS, () -> {
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
        NoAllocation.of(4, OPERATIONS, () -> {
            PMutex.lock(futex, memory, 0);
            rest();
            PMutex.unlock(futex, memory, 0);
        });
    }

    /// Without spinning, so that a time as short as this is slept, and the compiler soon comes to it.
    @Test
    void givingUp() throws Exception {
        PMutex mutex = withoutLooks();
        mutex.lock();
        NoAllocation.of(2, OPERATIONS, () -> assertTrue(!mutex.tryLock(20, TimeUnit.MICROSECONDS)));
    }

    private static PMutex withoutLooks() {
        Words.Place place = Words.fresh(Integer.BYTES);
        return new PMutex(place.words(), place.offset(), new PMutexMistakes.NoMistake(), true);
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
}
