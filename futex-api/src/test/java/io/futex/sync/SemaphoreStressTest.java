package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Scale;
import io.futex.contract.Seed;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Many threads, all ways of acquiring, random numbers, time limits and interrupts: never more permits out than there
/// are, none lost, nobody hangs.
@ExtendWith(Seed.class)
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SemaphoreStressTest {
    private static final int OPERATIONS = Scale.of(2_500, 400_000);

    private static final int OVERFLOWS = Scale.of(2_000, 100_000);

    private final long seed = Seed.VALUE;

    enum Form {
        OBJECT,
        LOCAL,
        SHARED;

        Semaphore over(MemorySegment memory, int permits) {
            Semaphore semaphore = switch (this) {
                case OBJECT -> new Semaphore(0);
                case LOCAL -> Semaphore.local(memory, 0);
                case SHARED -> Semaphore.shared(memory, 0);
            };
            semaphore.release(permits);
            return semaphore;
        }
    }

    @ParameterizedTest
    @CsvSource({"OBJECT, 1, 1", "LOCAL, 5, 5", "LOCAL, 3, 1", "SHARED, 5, 5", "SHARED, 1, 1", "OBJECT, 6, 3"})
    void noPermitIsLost(Form form, int permits, int most) throws Exception {
        try (Arena arena = Arena.ofShared()) {
            Semaphore semaphore = form.over(arena.allocate(64, 64), permits);
            AtomicInteger out = new AtomicInteger();
            PMutexThreads threads = new PMutexThreads();
            // No virtual threads on shared words, which they poll.
            int virtual = form == Form.SHARED ? 0 : 4;
            for (int i = 0; i < 6 + virtual; i++) {
                SplittableRandom random = new SplittableRandom(seed + i);
                threads.start(i < 6 ? Thread.ofPlatform() : Thread.ofVirtual(), () -> {
                    for (int k = 0; k < OPERATIONS; k++) {
                        int n = 1 + random.nextInt(most);
                        if (acquireSomehow(semaphore, n, random)) {
                            assertThat(out.addAndGet(n)).isLessThanOrEqualTo(permits);
                            if (random.nextInt(4) == 0) {
                                LockSupport.parkNanos(random.nextInt(5_000));
                            }
                            out.addAndGet(-n);
                            giveBack(semaphore, n, random);
                        }
                    }
                });
            }
            SplittableRandom random = new SplittableRandom(seed - 1);
            while (threads.anyAlive()) {
                threads.all().get(random.nextInt(6 + virtual)).interrupt();
                LockSupport.parkNanos(random.nextInt(50_000));
            }
            threads.join();
            assertThat(semaphore.drainPermits()).as("seed %d", seed).isEqualTo(permits);
            assertThat(semaphore.toString()).as("seed %d", seed).doesNotContain("waiters=");
        }
    }

    /// Many want many, some of them give up, and several threads release one by one as many as are wanted in all:
    /// nobody sleeps on beside enough.
    @ParameterizedTest
    @EnumSource
    void releasesOfOneServeThoseWhoWantMany(Form form) throws Exception {
        int waiting = 60;
        int most = 50;
        try (Arena arena = Arena.ofShared()) {
            Semaphore semaphore = form.over(arena.allocate(64, 64), 0);
            AtomicInteger owed = new AtomicInteger();
            PMutexThreads threads = new PMutexThreads();
            SplittableRandom random = new SplittableRandom(seed);
            for (int i = 0; i < waiting; i++) {
                int n = 1 + random.nextInt(most);
                boolean timed = i % 4 == 0;
                owed.addAndGet(timed ? 0 : n);
                threads.start(form != Form.SHARED && i % 3 == 0 ? Thread.ofVirtual() : Thread.ofPlatform(), () -> {
                    if (!timed) {
                        semaphore.acquire(n);
                    } else if (semaphore.tryAcquire(n, 2, TimeUnit.MILLISECONDS)) {
                        owed.addAndGet(n);
                        semaphore.release(n / 2);
                        owed.addAndGet(-(n / 2));
                    }
                });
            }
            AtomicInteger given = new AtomicInteger();
            List<Thread> takers = List.copyOf(threads.all());
            for (int i = 0; i < 3; i++) {
                threads.start(() -> {
                    while (takers.stream().anyMatch(Thread::isAlive)) {
                        int before = given.get();
                        if (before >= owed.get()) {
                            LockSupport.parkNanos(10_000);
                        } else if (given.compareAndSet(before, before + 1)) {
                            semaphore.release();
                        }
                    }
                });
            }
            threads.join();
            assertThat(semaphore.availablePermits()).as("seed %d", seed).isEqualTo(given.get() - owed.get());
            assertThat(semaphore.toString()).as("seed %d", seed).doesNotContain("waiters=");
        }
    }

    /// One permit and very many are released at the same time, one too many together: one of the two is refused, and
    /// adds nothing.
    @Test
    void neverHoldsMoreThanItCan() throws Exception {
        int some = 1_000;
        for (int i = 0; i < OVERFLOWS; i++) {
            Semaphore semaphore = new Semaphore(some);
            CyclicBarrier start = new CyclicBarrier(2);
            AtomicInteger refused = new AtomicInteger();
            PMutexThreads other = new PMutexThreads();
            other.start(() -> {
                var unused = start.await();
                releaseOrCount(semaphore::release, refused);
            });
            var unused = start.await();
            for (int k = i % 64; k > 0; k--) {
                Thread.onSpinWait();
            }
            releaseOrCount(() -> semaphore.release(Integer.MAX_VALUE - some), refused);
            other.join();
            assertThat(refused.get()).isEqualTo(1);
            assertThat(semaphore.availablePermits()).isIn(some + 1, Integer.MAX_VALUE);
        }
    }

    private static void releaseOrCount(Runnable release, AtomicInteger refused) {
        try {
            release.run();
        } catch (Error e) {
            assertThat(e).hasMessageContaining("Maximum permit count");
            refused.incrementAndGet();
        }
    }

    private static void giveBack(Semaphore semaphore, int n, SplittableRandom random) {
        if (random.nextInt(3) == 0) {
            for (int i = 0; i < n; i++) {
                semaphore.release();
            }
        } else {
            semaphore.release(n);
        }
    }

    private static boolean acquireSomehow(Semaphore semaphore, int n, SplittableRandom random) {
        try {
            switch (random.nextInt(8)) {
                case 0, 1 -> semaphore.acquire(n);
                case 2 -> {
                    return semaphore.tryAcquire(n);
                }
                case 3 -> {
                    return semaphore.tryAcquire(n, random.nextInt(200) - 20, TimeUnit.MICROSECONDS);
                }
                case 4 -> {
                    return semaphore.tryAcquireUninterruptibly(n, random.nextInt(200) - 20, TimeUnit.MICROSECONDS);
                }
                default -> semaphore.acquireUninterruptibly(n);
            }
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }
}
