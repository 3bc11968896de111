package io.futex.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.WaitResult;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Virtual threads wait as platform threads do, and leave their carriers to others. The build runs these tests with two
/// carriers.
public abstract class FutexVirtualThreadContract extends FutexArenaContract {
    /// For the subclass that a backend makes.
    protected FutexVirtualThreadContract() {}

    @ParameterizedTest
    @EnumSource(WaitForm.class)
    void aVirtualThreadWaitsInEveryForm(WaitForm form) {
        MemorySegment record = newMemory(256);
        MemorySegment word = record.asSlice(132, 4);
        Waiter mismatch = Waiter.virtual(() -> form.call(futex(), record, 132, 1, WaitForm.LONG));
        assertThat(mismatch.waitResult()).isEqualTo(WaitResult.CHANGED);
        Waiter waiter = Waiter.virtual(() -> form.call(futex(), record, 132, 0, WaitForm.LONG));
        if (!polls(true)) {
            waiter.awaitAsleep(word);
            assertWoken(futex().wakeOne(word), 1);
        }
        assertWoken(waiter);
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.MATCH_ANY,
            names = {".*TIMED.*", "UNTIL.*"})
    void aVirtualThreadNeverTimesOutEarly(WaitForm form) {
        MemorySegment word = newWord(5);
        Waiter waiter = Waiter.virtual(() -> {
            for (long nanos : new long[] {Long.MIN_VALUE, 0, 10_000, 100_000, 1_000_000, 20_000_000}) {
                long start = System.nanoTime();
                WaitResult result = form.call(futex(), word, 0, 5, nanos);
                if (result == WaitResult.WOKEN) {
                    assertThat(polls(true)).as("spurious").isTrue();
                } else {
                    assertThat(result).isEqualTo(WaitResult.TIMED_OUT);
                    assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
                }
            }
            return null;
        });
        assertThat(waiter.result()).isNull();
    }

    @Test
    void waitingVirtualThreadsBlockNoCarrier() {
        MemorySegment word = newWord(0);
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
            waiters.add(Waiter.virtual(() -> {
                awaitOther(word, 0);
                return null;
            }));
        }
        if (!polls(true)) {
            waiters.forEach(waiter -> waiter.awaitAsleep(word));
        }
        for (int i = 0; i < 100; i++) { // each needs a carrier
            int number = i;
            assertThat(Waiter.virtual(() -> number).result()).isEqualTo(number);
        }
        set(word, 1);
        int ignored = futex().wakeAll(word);
        assertThat(ignored).isLessThanOrEqualTo(64);
        waiters.forEach(Waiter::result);
    }

    @Test
    void tenThousandVirtualThreadsAndPlatformThreadsWaitOnOneWord() {
        int virtual = futex().isShared() ? 500 : 10_000;
        int platform = 20;
        MemorySegment word = newWord(0);
        AtomicInteger arrived = new AtomicInteger();
        AtomicInteger left = new AtomicInteger();
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < virtual + platform; i++) {
            waiters.add(Waiter.start(i % ((virtual + platform) / platform) != 0, () -> {
                arrived.incrementAndGet();
                awaitOther(word, 0);
                return left.incrementAndGet();
            }));
        }
        Await.until("all are there", () -> arrived.get() == virtual + platform);
        set(word, 1);
        if (counts() && !polls(true)) {
            int woken = 0; // in portions, so that both kinds take turns
            int portion;
            do {
                portion = futex().wake(word, 97);
                assertThat(portion).isBetween(0, 97);
                woken += portion;
            } while (portion > 0);
            // The others came late, and saw the value.
            assertThat(woken).isBetween(0, virtual + platform);
        } else {
            assertThat(futex().wakeAll(word)).isLessThanOrEqualTo(virtual + platform);
        }
        waiters.forEach(Waiter::result);
        assertThat(left.get()).isEqualTo(virtual + platform);
    }

    @Test
    void neitherKindStarves() {
        Assumptions.assumeTrue(takesTurns());
        Assumptions.assumeFalse(polls(true));
        MemorySegment word = newWord(0);
        for (int round = 0; round < 5; round++) {
            List<Waiter> virtual = new ArrayList<>();
            List<Waiter> platform = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                virtual.add(waiter(true, word));
                platform.add(waiter(false, word));
            }
            List<Waiter> all = new ArrayList<>(virtual);
            all.addAll(platform);
            for (int i = 1; i <= 20; i++) {
                assertWoken(futex().wakeOne(word), 1);
                int woken = i;
                Await.until("one is woken", () -> done(all) >= woken);
                assertThat(done(all)).isEqualTo(woken);
            }
            assertThat(done(virtual)).as("virtual threads of 20 woken").isBetween(5, 15);
            int rest = futex().wakeAll(word);
            assertThat(rest).isIn(20, counts() ? 20 : io.futex.Futex.UNKNOWN);
            all.forEach(FutexFixture::assertWoken);
        }
    }

    @Test
    void aWakeFindsTheOtherKind() {
        Assumptions.assumeFalse(polls(true));
        MemorySegment word = newWord(0);
        for (int i = 0; i < 100; i++) {
            Waiter waiter = waiter(i % 2 == 0, word);
            assertWoken(futex().wakeOne(word), 1);
            assertWoken(waiter);
            Waiter one = waiter(true, word);
            Waiter two = waiter(false, word);
            assertWoken(futex().wake(word, 2), 2);
            assertWoken(one);
            assertWoken(two);
        }
    }

    @Test
    void virtualThreadsPassAWordRound() {
        int threads = 8;
        int laps = polls(true) ? 10 : Scale.of(1_000, 20_000);
        MemorySegment word = newWord(0);
        List<Waiter> ring = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int own = t;
            ring.add(Waiter.start(t % 4 != 3, () -> {
                for (int lap = 0; lap < laps; lap++) {
                    int turn = lap * threads + own;
                    for (int value = get(word); value != turn; value = get(word)) {
                        awaitOther(word, value);
                    }
                    set(word, turn + 1);
                    int ignored = futex().wakeAll(word);
                    assertThat(ignored).isLessThanOrEqualTo(threads);
                }
                return null;
            }));
        }
        ring.forEach(Waiter::result);
        assertThat(get(word)).isEqualTo(threads * laps);
    }

    @Test
    void aVirtualThreadWaitsForAShortTimeManyTimes() {
        MemorySegment word = newWord(5);
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            waiters.add(Waiter.virtual(() -> {
                for (int k = 0; k < 20; k++) {
                    long start = System.nanoTime();
                    if (futex().wait(word, 5, 500, TimeUnit.MICROSECONDS) == WaitResult.TIMED_OUT) {
                        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(500_000);
                    } else {
                        assertThat(polls(true)).as("spurious").isTrue();
                    }
                }
                return null;
            }));
        }
        waiters.forEach(Waiter::result);
    }

    private static int done(List<Waiter> waiters) {
        return (int) waiters.stream().filter(Waiter::isDone).count();
    }
}
