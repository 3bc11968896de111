package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.futex.Futex;
import io.futex.FutexWord;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WaitGroupTest {
    private static final int MAX = (1 << 29) - 1;

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
    void belowZeroIsRefusedAndHarmless() throws InterruptedException {
        WaitGroup group = new WaitGroup();
        assertThatIllegalStateException().isThrownBy(group::done);
        group.add(2);

        assertThatIllegalStateException().isThrownBy(() -> group.add(-3)).withMessageContaining("negative");
        assertThatIllegalStateException().isThrownBy(() -> group.add(Integer.MIN_VALUE));

        assertThat(group.count()).isEqualTo(2);
        group.add(-2);
        group.await();
    }

    @Test
    void overflowIsRefusedAndHarmless() {
        WaitGroup group = new WaitGroup();
        group.add(MAX);

        assertThatIllegalStateException().isThrownBy(() -> group.add(1)).withMessageContaining("exceeds");
        assertThatIllegalStateException().isThrownBy(() -> group.add(Integer.MAX_VALUE));

        assertThat(group.count()).isEqualTo(MAX);
        group.add(-MAX);
        assertThat(group.count()).isZero();
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
    void writesBeforeDoneAreVisible() throws InterruptedException {
        WaitGroup group = new WaitGroup();
        for (int round = 0; round < 2000; round++) {
            int[] plain = new int[4];
            for (int i = 0; i < plain.length; i++) {
                int mine = i;
                group.go(() -> plain[mine] = 1);
            }
            group.await();
            assertThat(plain).containsOnly(1);
        }
    }

    @Test
    void aTaskThatThrowsIsDone() throws InterruptedException {
        WaitGroup group = new WaitGroup();
        AtomicReference<Throwable> seen = new AtomicReference<>();
        Thread.Builder threads = Thread.ofPlatform().uncaughtExceptionHandler((t, e) -> seen.set(e));

        group.go(task -> threads.start(task), () -> {
            throw new IllegalArgumentException("on purpose");
        });
        group.await();

        while (seen.get() == null) {
            Thread.onSpinWait();
        }
        assertThat(seen.get()).hasMessage("on purpose");
    }

    @Test
    void aTaskThatThrowsInAVirtualThreadIsDone() throws InterruptedException {
        WaitGroup group = new WaitGroup();
        AtomicReference<Throwable> seen = new AtomicReference<>();
        Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((t, e) -> seen.set(e));
        try {
            group.go(() -> {
                throw new IllegalArgumentException("on purpose");
            });
            group.await();
            Await.until("the exception is told", () -> seen.get() != null);
        } finally {
            Thread.setDefaultUncaughtExceptionHandler(before);
        }
        assertThat(seen.get()).hasMessage("on purpose");
    }

    @Test
    void aRefusedTaskIsNotCounted() {
        WaitGroup group = new WaitGroup();

        assertThatExceptionOfType(RejectedExecutionException.class)
                .isThrownBy(() -> group.go(
                        task -> {
                            throw new RejectedExecutionException();
                        },
                        () -> {}));
        assertThat(group.count()).isZero();

        assertThatNullPointerException().isThrownBy(() -> group.go(null));
        assertThatNullPointerException().isThrownBy(() -> group.go(null, () -> {}));
        assertThat(group.count()).isZero();
    }

    @Test
    void aTaskThatThrowsInTheCallerIsDoneOnce() {
        WaitGroup group = new WaitGroup();
        group.add(1);

        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> group.go(Runnable::run, () -> {
                    throw new IllegalArgumentException();
                }));

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
    void livesInMemoryOfTheCaller() throws InterruptedException {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment segment = arena.allocate(32, 8);
            for (WaitGroup[] pair : new WaitGroup[][] {
                {WaitGroup.local(segment, 8), WaitGroup.local(segment, 8)},
                {WaitGroup.shared(segment, 16), WaitGroup.shared(segment, 16)}
            }) {
                pair[0].add(2);
                assertThat(pair[1].count()).isEqualTo(2);
                Thread waiter = Thread.ofPlatform().start(pair[0]::awaitUninterruptibly);
                pair[1].done();
                pair[1].done();
                waiter.join();
            }
            assertThat(segment.get(ValueLayout.JAVA_INT, 0)).isZero();
            assertThat(segment.get(ValueLayout.JAVA_INT, 24)).isZero();
        }
    }

    @Test
    void refusesMemoryThatCannotHoldIt() {
        MemorySegment segment = Arena.global().allocate(8, 8);

        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> WaitGroup.local(segment, 4));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> WaitGroup.shared(Arena.global().allocate(12, 8), 4))
                .withMessageContaining("divisible by 8");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> WaitGroup.shared(MemorySegment.ofArray(new int[2]), 0));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> WaitGroup.local(segment.asReadOnly(), 0));
        assertThatNullPointerException().isThrownBy(() -> WaitGroup.local(null, 0));
    }

    /// Who closes it before every call has returned hears of it, and so does the caller.
    @Test
    void closedMemoryIsRefused() {
        Arena arena = Arena.ofShared();
        WaitGroup group = WaitGroup.local(arena.allocate(WaitGroup.LAYOUT_BYTES, 8), 0);
        group.add(1);
        arena.close();
        assertThatIllegalStateException().isThrownBy(group::done);
        assertThatIllegalStateException().isThrownBy(group::awaitUninterruptibly);
        assertThat(group).hasToString("WaitGroup[closed]");
        assertThat(WaitGroup.local(Arena.ofConfined().allocate(8, 8), 0)).hasToString("WaitGroup[count=0]");
    }

    @Test
    void toldToAnotherThread() {
        WaitGroup confined = WaitGroup.local(Arena.ofConfined().allocate(8, 8), 0);
        assertThat(Waiter.platform(confined::toString).result()).isEqualTo("WaitGroup[of another thread]");
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

    // ---- limits

    /// Ten fit, of twenty that come at once, somebody waiting or not: nothing turns into a flag.
    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void theCountIsRefusedAtItsLimit(boolean shared, boolean waits) throws Exception {
        WaitGroup group = shared ? WaitGroup.shared(memory, 0) : WaitGroup.local(memory, 0);
        int room = 10;
        group.add(MAX - room);
        Waiter waiter = waits ? Waiter.virtual(() -> group.await(1, TimeUnit.DAYS)) : null;
        Await.until("waits", () -> !waits || group.waiters() != 0);
        AtomicInteger refused = new AtomicInteger();
        PMutexThreads threads = new PMutexThreads();
        for (int i = 0; i < 4; i++) {
            threads.start(i % 2 == 0 ? Thread.ofPlatform() : Thread.ofVirtual(), () -> {
                for (int k = 0; k < 5; k++) {
                    try {
                        group.add(1);
                    } catch (IllegalStateException e) {
                        assertThat(e).hasMessage("the count is 536870911; adding 1 exceeds 536870911");
                        refused.incrementAndGet();
                    }
                }
            });
        }
        threads.join();
        assertThat(refused).hasValue(10);
        assertThat(group.count()).isEqualTo(MAX);
        assertThat(group.waiters()).isEqualTo(waits ? Futex.UNKNOWN : 0);
        group.add(-MAX);
        assertThat(group.await(0, TimeUnit.SECONDS)).isTrue();
        if (waits) {
            assertThat(waiter.result()).isEqualTo(true);
        }
    }

    /// Rounds with waiters step over the end of the generation, from the last value to 0 and from the last positive one
    /// to the first negative one: everybody comes out, and the count stays what it is.
    @ParameterizedTest
    @CsvSource({"-5, false", "-5, true", "2147483643, false", "2147483643, true"})
    void theGenerationWraps(int from, boolean shared) throws Exception {
        memory.set(ValueLayout.JAVA_INT, WaitGroup.GENERATION, from);
        WaitGroup group = shared ? WaitGroup.shared(memory, 0) : WaitGroup.local(memory, 0);
        int rounds = 10;
        for (int round = 1; round <= rounds; round++) {
            group.add(2);
            List<Waiter> waiters = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                waiters.add(Waiter.start(i % 2 == 0, () -> group.await(1, TimeUnit.DAYS)));
            }
            Await.until("somebody waits", () -> group.waiters() != 0);
            group.done();
            assertThat(group.count()).isOne();
            group.done();
            waiters.forEach(waiter -> assertThat(waiter.result()).isEqualTo(true));
            assertThat(memory.get(ValueLayout.JAVA_INT, WaitGroup.GENERATION)).isEqualTo(from + round);
            assertThat(group).hasToString("WaitGroup[count=0]");
        }
    }
}
