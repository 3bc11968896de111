package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.Futex;
import io.futex.contract.Scale;
import io.futex.contract.Seed;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Many threads, all ways of locking, random interrupts: a plain counter stays exact, nobody hangs, nothing is left.
@ExtendWith(Seed.class)
@Timeout(120)
class PMutexStressTest {
    private static final int OPERATIONS = Scale.of(100_000, 2_000_000);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private final long seed = Seed.VALUE;

    /// Counted under the lock, by plain reads and writes.
    private long counter;

    private final AtomicLong acquired = new AtomicLong();

    private interface Lockable {
        void lock();

        void lockInterruptibly() throws InterruptedException;

        boolean tryLock(long time, TimeUnit unit) throws InterruptedException;

        void unlock();
    }

    enum Form {
        OBJECT,
        LOCAL,
        SHARED,
        LOCAL_WITHOUT_OBJECT,
        SHARED_WITHOUT_OBJECT;

        Lockable over(MemorySegment memory) {
            return switch (this) {
                case OBJECT -> of(new PMutex());
                case LOCAL -> of(PMutex.local(memory, 0));
                case SHARED -> of(PMutex.shared(memory, 0));
                case LOCAL_WITHOUT_OBJECT -> of(Futex.local(), memory);
                case SHARED_WITHOUT_OBJECT -> of(Futex.shared(), memory);
            };
        }

        private static Lockable of(PMutex mutex) {
            return new Lockable() {
                @Override
                public void lock() {
                    mutex.lock();
                }

                @Override
                public void lockInterruptibly() throws InterruptedException {
                    mutex.lockInterruptibly();
                }

                @Override
                public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
                    return mutex.tryLock(time, unit);
                }

                @Override
                public void unlock() {
                    mutex.unlock();
                }
            };
        }

        private static Lockable of(Futex futex, MemorySegment memory) {
            return new Lockable() {
                @Override
                public void lock() {
                    PMutex.lock(futex, memory, 0);
                }

                @Override
                public void lockInterruptibly() throws InterruptedException {
                    PMutex.lockInterruptibly(futex, memory, 0);
                }

                @Override
                public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
                    return PMutex.tryLock(futex, memory, 0, time, unit);
                }

                @Override
                public void unlock() {
                    PMutex.unlock(futex, memory, 0);
                }
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void counterIsExact(Form form) throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(64, 64);
            Lockable lock = form.over(memory);
            PMutexThreads threads = new PMutexThreads();
            for (int i = 0; i < 8; i++) {
                SplittableRandom random = new SplittableRandom(seed + i);
                threads.start(() -> {
                    for (int k = 0; k < OPERATIONS; k++) {
                        lockSomehow(lock, random);
                    }
                });
            }
            SplittableRandom random = new SplittableRandom(seed - 1);
            while (threads.anyAlive()) {
                threads.all().get(random.nextInt(8)).interrupt();
                LockSupport.parkNanos(random.nextInt(50_000));
            }
            threads.join();
            assertThat(counter).as("seed %d", seed).isEqualTo(acquired.get());
            assertThat(memory.get(INT, 0)).as("seed %d", seed).isZero();
        }
    }

    @Test
    void virtualAndPlatformThreadsMix() throws Exception {
        PMutex mutex = new PMutex();
        PMutexThreads threads = new PMutexThreads();
        for (int i = 0; i < 1000; i++) {
            threads.start(Thread.ofVirtual(), () -> repeat(mutex, 50));
        }
        for (int i = 0; i < 4; i++) {
            threads.start(Thread.ofPlatform(), () -> repeat(mutex, 5000));
        }
        threads.join();
        assertThat(counter).isEqualTo(1000 * 50 + 4 * 5000);
        assertThat(mutex).hasToString("PMutex[free]");
    }

    /// An owner that gives up its carrier leaves virtual threads room to run.
    @Test
    void virtualOwnerMayBlock() throws Exception {
        PMutex mutex = new PMutex();
        PMutexThreads threads = new PMutexThreads();
        for (int i = 0; i < 100; i++) {
            threads.start(Thread.ofVirtual(), () -> {
                for (int k = 0; k < 10; k++) {
                    mutex.lock();
                    try {
                        long before = counter;
                        LockSupport.parkNanos(1);
                        assertThat(mutex.isHeldByCurrentThread()).isTrue();
                        counter = before + 1;
                    } finally {
                        mutex.unlock();
                    }
                }
            });
        }
        threads.join();
        assertThat(counter).isEqualTo(1000);
    }

    private void repeat(PMutex mutex, int times) {
        for (int k = 0; k < times; k++) {
            mutex.lock();
            try {
                counter++;
            } finally {
                mutex.unlock();
            }
        }
    }

    private void lockSomehow(Lockable lock, SplittableRandom random) {
        try {
            switch (random.nextInt(8)) {
                case 0 -> lock.lockInterruptibly();
                case 1, 2 -> {
                    if (!lock.tryLock(random.nextInt(200) - 20, TimeUnit.MICROSECONDS)) {
                        return;
                    }
                }
                default -> lock.lock();
            }
        } catch (InterruptedException e) {
            return;
        }
        try {
            counter++;
        } finally {
            lock.unlock();
        }
        acquired.incrementAndGet();
    }
}
