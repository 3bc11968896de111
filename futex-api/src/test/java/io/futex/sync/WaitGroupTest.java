package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.futex.Futex;
import io.futex.FutexWord;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WaitGroupTest {
    private final MemorySegment memory = Arena.ofAuto().allocate(WaitGroup.LAYOUT_BYTES, 8);

    /// The half that waiters sleep on.
    private final MemorySegment generation = memory.asSlice(WaitGroup.GENERATION);

    @Test
    void emptyGroupHoldsNobody() throws InterruptedException {
        WaitGroup group = new WaitGroup();

        group.await();
        group.awaitUninterruptibly();
        assertThat(group.await(0, TimeUnit.DAYS)).isTrue();
        assertThat(group.awaitUninterruptibly(-1, TimeUnit.DAYS)).isTrue();
        assertThat(group).hasToString("WaitGroup[count=0]");
    }

    @Test
    void countsUpAndDown() {
        WaitGroup group = new WaitGroup();

        group.add(3);
        group.add(0);
        group.done();
        group.add(-1);

        assertThat(group.count()).isEqualTo(1);
        assertThat(group).hasToString("WaitGroup[count=1]");
    }

    @Test
    void timedWaitsAreNeverEarly() throws InterruptedException {
        WaitGroup group = new WaitGroup();
        group.add(1);

        for (long micros : new long[] {1, 50, 1000, 20_000}) {
            long start = System.nanoTime();
            assertThat(group.await(micros, TimeUnit.MICROSECONDS)).isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(micros * 1000);
            start = System.nanoTime();
            assertThat(group.awaitUninterruptibly(micros, TimeUnit.MICROSECONDS))
                    .isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(micros * 1000);
        }
        assertThat(group.await(0, TimeUnit.SECONDS)).isFalse();
        assertThat(group.await(Long.MIN_VALUE, TimeUnit.SECONDS)).isFalse();
        assertThat(group.awaitUninterruptibly(-5, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    void pendingInterruptIsThrownEvenIfNothingIsLeftToDo() {
        WaitGroup group = new WaitGroup();

        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(group::await);
        assertThat(Thread.interrupted()).isFalse();

        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> group.await(1, TimeUnit.DAYS));
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void pendingInterruptIsThrownBeforeTheSleepAndKeptByOthers() {
        WaitGroup group = new WaitGroup();
        group.add(1);

        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(group::await);
        assertThat(Thread.interrupted()).isFalse();

        Thread.currentThread().interrupt();
        assertThat(group.awaitUninterruptibly(1, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(Thread.interrupted()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void uninterruptibleWaitSleepsOnAndKeepsTheStatus(boolean virtual) {
        WaitGroup group = WaitGroup.local(memory, 0);
        group.add(1);
        Waiter waiter = Waiter.start(virtual, () -> {
                    group.awaitUninterruptibly();
                    return group.count();
                })
                .awaitAsleep(generation);

        waiter.thread().interrupt();
        waiter.awaitAsleep(generation);
        group.done();

        assertThat(waiter.result()).isEqualTo(0);
        assertThat(waiter.interruptedAfter()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void interruptEndsASleep(boolean virtual, boolean timed) {
        WaitGroup group = WaitGroup.local(memory, 0);
        group.add(1);
        Waiter waiter = Waiter.start(virtual, () -> {
                    if (timed) {
                        return group.await(1, TimeUnit.DAYS);
                    }
                    group.await();
                    return true;
                })
                .awaitAsleep(generation);

        waiter.thread().interrupt();

        assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
        assertThat(waiter.interruptedAfter()).isFalse();
        assertThat(group.count()).isEqualTo(1);
    }

    @Test
    void everybodyIsReleased() throws InterruptedException {
        for (int waiters : new int[] {1, 10, 100}) {
            WaitGroup group = new WaitGroup();
            group.add(1);
            CountDownLatch out = new CountDownLatch(2 * waiters);
            for (int i = 0; i < waiters; i++) {
                Thread.ofPlatform().start(() -> {
                    group.awaitUninterruptibly();
                    out.countDown();
                });
                Thread.startVirtualThread(() -> {
                    group.awaitUninterruptibly();
                    out.countDown();
                });
            }
            group.done();
            out.await();
        }
    }

    /// Rounds follow each other without a pause, while two more threads wait as well, each for some round or other.
    @Test
    void reuseIsSafe() throws InterruptedException {
        int rounds = 10_000;
        int workers = 3;
        WaitGroup group = new WaitGroup();
        FutexWord round = FutexWord.local(0);
        AtomicInteger finished = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int r = 0; r < rounds; r++) {
                    while (round.getAcquire() <= r) {
                        round.awaitUninterruptibly(r);
                    }
                    finished.incrementAndGet();
                    group.done();
                }
            }));
        }
        for (int i = 0; i < 2; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                while (round.get() < rounds) {
                    group.awaitUninterruptibly();
                }
            }));
        }
        for (int r = 1; r <= rounds; r++) {
            group.add(workers);
            round.set(r);
            round.wakeAll();
            group.await();
            assertThat(finished).hasValue(r * workers);
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /// Random adds and dones with random waiters; the count always comes out right and nobody stays behind.
    @Test
    void randomUseAgreesWithASimpleCount() throws InterruptedException {
        for (int seed = 0; seed < 20; seed++) {
            WaitGroup group = new WaitGroup();
            group.add(1);
            List<Thread> threads = new ArrayList<>();
            AtomicInteger inTasks = new AtomicInteger(1);
            for (int t = 0; t < 4; t++) {
                Random random = new Random(31L * seed + t);
                threads.add(Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < 500; i++) {
                        int n = 1 + random.nextInt(3);
                        inTasks.addAndGet(n);
                        group.add(n);
                        if (random.nextInt(4) == 0) {
                            assertThat(group.awaitUninterruptibly(random.nextInt(20), TimeUnit.MICROSECONDS))
                                    .isFalse();
                        }
                        for (int k = 0; k < n; k++) {
                            inTasks.decrementAndGet();
                            group.done();
                        }
                    }
                }));
            }
            AtomicInteger early = new AtomicInteger();
            for (int t = 0; t < 3; t++) {
                threads.add(Thread.ofPlatform().start(() -> {
                    group.awaitUninterruptibly();
                    early.addAndGet(inTasks.get());
                }));
            }
            for (int t = 0; t < 4; t++) {
                threads.get(t).join();
            }
            assertThat(group.count()).isEqualTo(1);
            inTasks.decrementAndGet();
            group.done();
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(early).hasValue(0);
        }
    }

    @Test
    void tellsWhetherAnybodyWaits() {
        WaitGroup group = WaitGroup.local(memory, 0);
        group.add(1);
        assertThat(group.waiters()).isZero();
        Waiter waiter = Waiter.platform(() -> group.await(1, TimeUnit.DAYS)).awaitAsleep(generation);
        assertThat(group.waiters()).isEqualTo(Futex.UNKNOWN);
        assertThat(group).hasToString("WaitGroup[count=1, waiters]");
        group.done();
        assertThat(waiter.result()).isEqualTo(true);
        assertThat(group.waiters()).isZero();
    }
}
