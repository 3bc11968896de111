package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Scale;
import io.futex.contract.Seed;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Many threads, all ways of locking, random interrupts: plain counters stay equal, nobody hangs, nothing is left.
@ExtendWith(Seed.class)
@Timeout(120)
class RwMutexStressTest {
    private static final int OPERATIONS = Scale.of(30_000, 2_000_000);
    private static final int THREADS = 8;

    private final long seed = Seed.VALUE;

    /// Two counters that writers count up together, by plain reads and writes.
    private long one;

    private long other;

    private final AtomicLong written = new AtomicLong();

    enum Form {
        OBJECT,
        LOCAL,
        SHARED;

        RwMutex over(MemorySegment memory) {
            return switch (this) {
                case OBJECT -> new RwMutex();
                case LOCAL -> RwMutex.local(memory, 0);
                case SHARED -> RwMutex.shared(memory, 0);
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void writersAreAlone(Form form) throws Exception {
        try (Arena arena = Arena.ofShared()) {
            RwMutex mutex = form.over(arena.allocate(64, 64));
            PMutexThreads threads = new PMutexThreads();
            for (int i = 0; i < THREADS; i++) {
                SplittableRandom random = new SplittableRandom(seed + i);
                threads.start(() -> {
                    for (int k = 0; k < OPERATIONS; k++) {
                        step(mutex, random);
                    }
                });
            }
            SplittableRandom random = new SplittableRandom(seed - 1);
            while (threads.anyAlive()) {
                threads.all().get(random.nextInt(THREADS)).interrupt();
                LockSupport.parkNanos(random.nextInt(50_000));
            }
            threads.join();
            assertThat(one).as("seed %d", seed).isEqualTo(written.get()).isEqualTo(other);
            assertThat(mutex.isWriteLocked()).as("seed %d", seed).isFalse();
            assertThat(mutex.readers()).as("seed %d", seed).isZero();
            assertThat(mutex.writeLock().tryLock()).as("seed %d", seed).isTrue();
            mutex.writeLock().unlock();
            assertThat(mutex.readLock().tryLock(1, TimeUnit.DAYS))
                    .as("seed %d", seed)
                    .isTrue();
            mutex.readLock().unlock();
            assertThat(mutex).as("seed %d", seed).hasToString("RwMutex[open]");
        }
    }

    @Test
    void virtualAndPlatformThreadsMix() throws Exception {
        RwMutex mutex = new RwMutex();
        PMutexThreads threads = new PMutexThreads();
        for (int i = 0; i < 500; i++) {
            SplittableRandom random = new SplittableRandom(seed + i);
            threads.start(Thread.ofVirtual(), () -> {
                for (int k = 0; k < 50; k++) {
                    step(mutex, random);
                }
            });
        }
        for (int i = 0; i < 4; i++) {
            SplittableRandom random = new SplittableRandom(seed - i);
            threads.start(Thread.ofPlatform(), () -> {
                for (int k = 0; k < 5000; k++) {
                    step(mutex, random);
                }
            });
        }
        threads.join();
        assertThat(one).as("seed %d", seed).isEqualTo(written.get()).isEqualTo(other);
    }

    /// A holder that gives up its carrier leaves virtual threads room to run.
    @Test
    void virtualHolderMayBlock() throws Exception {
        RwMutex mutex = new RwMutex();
        PMutexThreads threads = new PMutexThreads();
        for (int i = 0; i < 100; i++) {
            boolean write = i % 4 == 0;
            threads.start(Thread.ofVirtual(), () -> {
                Lock lock = write ? mutex.writeLock() : mutex.readLock();
                for (int k = 0; k < 10; k++) {
                    lock.lock();
                    try {
                        long before = one;
                        LockSupport.parkNanos(1);
                        assertThat(one).isEqualTo(before);
                        if (write) {
                            one = before + 1;
                        }
                    } finally {
                        lock.unlock();
                    }
                }
            });
        }
        threads.join();
        assertThat(one).isEqualTo(250);
    }

    private void step(RwMutex mutex, SplittableRandom random) {
        boolean write = random.nextInt(4) == 0;
        if (!lockSomehow(write ? mutex.writeLock() : mutex.readLock(), random)) {
            return;
        }
        if (!write) {
            checkAndUnlock(mutex);
            return;
        }
        assertThat(mutex.isWriteLockedByCurrentThread()).isTrue();
        one++;
        written.incrementAndGet();
        if (random.nextInt(64) == 0) {
            LockSupport.parkNanos(1);
        }
        other++;
        if (random.nextBoolean()) {
            mutex.writeLock().unlock();
        } else {
            mutex.downgrade();
            checkAndUnlock(mutex);
        }
    }

    private void checkAndUnlock(RwMutex mutex) {
        try {
            if (one != other) {
                throw new AssertionError("seed " + seed + ": a reader saw a writer at work");
            }
        } finally {
            mutex.readLock().unlock();
        }
    }

    private static boolean lockSomehow(Lock lock, SplittableRandom random) {
        try {
            switch (random.nextInt(8)) {
                case 0 -> lock.lockInterruptibly();
                case 1 -> {
                    return lock.tryLock();
                }
                case 2, 3 -> {
                    return lock.tryLock(random.nextInt(200) - 20, TimeUnit.MICROSECONDS);
                }
                default -> lock.lock();
            }
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
