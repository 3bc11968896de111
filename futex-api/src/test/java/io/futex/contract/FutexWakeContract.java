package io.futex.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.Capability;
import io.futex.Futex;
import io.futex.WaitResult;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Whom a wake wakes, and how many.
public abstract class FutexWakeContract extends FutexWaitContract {
    private static final int WAITERS = 55; // 1 + 2 + ... + 10

    /// For the subclass that a backend makes.
    protected FutexWakeContract() {}

    @ParameterizedTest
    @EnumSource(WakeForm.class)
    void wakesAWaiter(WakeForm form) {
        MemorySegment record = newMemory(256);
        MemorySegment word = record.asSlice(132, 4);
        Waiter waiter = waiter(false, word);
        if (!polls(false)) {
            boolean all = form == WakeForm.ALL_WORD || form == WakeForm.ALL_OFFSET;
            int woken = form.call(futex(), record, 132);
            assertThat(woken).isIn(1, counts() ? 1 : Futex.UNKNOWN);
            assertThat(all || woken <= 1).isTrue();
        }
        assertWoken(waiter);
    }

    @ParameterizedTest
    @EnumSource(WakeForm.class)
    void wakesNobodyWhereNobodyWaits(WakeForm form) {
        MemorySegment record = newMemory(256);
        for (int i = 0; i < 100; i++) {
            int woken = form.call(futex(), record, 128);
            assertThat(woken).isIn(0, counts() ? 0 : Futex.UNKNOWN);
        }
    }

    @Test
    void wakesExactlyAsManyAsAsked() {
        Assumptions.assumeTrue(futex().capabilities().contains(Capability.WAKE_COUNT));
        MemorySegment word = newWord(0);
        List<Waiter> waiters = waiters(word, WAITERS);
        int total = 0;
        for (int count = 1; count <= 10; count++) {
            assertWoken(futex().wake(word, count), count);
            total += count;
            awaitDone(waiters, total);
        }
        assertThat(total).isEqualTo(WAITERS);
        assertWoken(futex().wakeAll(word), 0);
    }

    @Test
    void wakesExactlyAsManyAsAskedAndLeavesTheRestAsleep() {
        Assumptions.assumeTrue(futex().capabilities().contains(Capability.WAKE_COUNT));
        MemorySegment word = newWord(0);
        for (int count = 1; count <= 10; count++) {
            List<Waiter> waiters = waiters(word, WAITERS);
            assertWoken(futex().wake(word, count), count);
            awaitDone(waiters, count);
            int asleep = 0;
            for (Waiter waiter : waiters) {
                if (!waiter.isDone()) {
                    waiter.awaitAsleep(word);
                    asleep++;
                }
            }
            assertThat(asleep).isEqualTo(WAITERS - count);
            int rest = futex().wakeAll(word);
            assertThat(rest).isIn(WAITERS - count, counts() ? WAITERS - count : Futex.UNKNOWN);
            awaitDone(waiters, WAITERS);
        }
    }

    @Test
    void wakesOneByOne() {
        MemorySegment word = newWord(0);
        List<Waiter> waiters = waiters(word, 10);
        for (int i = 1; i <= 10; i++) {
            assertWoken(futex().wakeOne(word), 1);
            if (!polls(false)) {
                awaitDone(waiters, i);
            }
        }
        awaitDone(waiters, 10);
    }

    @Test
    void wakesAll() {
        MemorySegment word = newWord(0);
        List<Waiter> waiters = waiters(word, WAITERS);
        int woken = futex().wakeAll(word);
        assertThat(woken).isIn(WAITERS, counts() ? WAITERS : Futex.UNKNOWN);
        awaitDone(waiters, WAITERS);
    }

    @Test
    void wakesNoMoreThanThereAre() {
        MemorySegment word = newWord(0);
        List<Waiter> waiters = waiters(word, 3);
        int woken = futex().wake(word, Integer.MAX_VALUE);
        assertThat(woken).isIn(3, counts() ? 3 : Futex.UNKNOWN);
        awaitDone(waiters, 3);
        List<Waiter> more = waiters(word, 3);
        woken = futex().wake(word, 100);
        assertThat(woken).isIn(3, counts() ? 3 : Futex.UNKNOWN);
        awaitDone(more, 3);
    }

    @Test
    void wakesNobodyForACountOfZero() {
        MemorySegment word = newWord(0);
        if (polls(false)) {
            assertThat(futex().wake(word, 0)).isZero();
            assertThat(futex().wake(word, 0, 0)).isZero();
            return;
        }
        Waiter waiter = waiter(false, word);
        for (int i = 0; i < 1_000; i++) {
            assertThat(futex().wake(word, 0)).isZero();
            assertThat(futex().wake(word, 0, 0)).isZero();
        }
        waiter.awaitAsleep(word);
        assertWoken(futex().wakeOne(word), 1);
        assertWoken(waiter);
    }

    @Test
    void refusesANegativeCount() {
        MemorySegment word = newWord(0);
        for (int count : new int[] {-1, -2, Integer.MIN_VALUE}) {
            assertThatThrownBy(() -> futex().wake(word, count)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> futex().wake(word, 0, count)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void doesNotRememberAWake() throws InterruptedException {
        Assumptions.assumeFalse(polls(false));
        MemorySegment word = newWord(0);
        for (int i = 0; i < 10; i++) {
            assertWoken(futex().wakeOne(word), 0);
            assertThat(futex().wakeAll(word)).isIn(0, counts() ? 0 : Futex.UNKNOWN);
        }
        assertThat(futex().wait(word, 0, 3, TimeUnit.MILLISECONDS)).isEqualTo(WaitResult.TIMED_OUT);
        Waiter waiter = waiter(false, word);
        assertWoken(futex().wakeOne(word), 1);
        assertWoken(waiter);
    }

    @Test
    void twoWordsInOneCacheLineAreTwoQueues() {
        Assumptions.assumeFalse(polls(false));
        MemorySegment line = newMemory(128);
        MemorySegment one = line.asSlice(0, 4);
        MemorySegment two = line.asSlice(4, 4);
        List<Waiter> onOne = waiters(one, 3);
        List<Waiter> onTwo = waiters(two, 4);
        assertThat(futex().wakeAll(two)).isIn(4, counts() ? 4 : Futex.UNKNOWN);
        awaitDone(onTwo, 4);
        onOne.forEach(waiter -> waiter.awaitAsleep(one));
        assertThat(futex().wakeAll(one)).isIn(3, counts() ? 3 : Futex.UNKNOWN);
        awaitDone(onOne, 3);
    }

    /// Whatever table waiters are kept in: these neighbours fill every bucket of one with a thousand.
    @Test
    void noOtherWordWakesAWaiter() {
        Assumptions.assumeFalse(polls(false));
        MemorySegment words = newMemory(64 * 1024);
        long own = 32 * 1024;
        MemorySegment word = words.asSlice(own, 4);
        Waiter waiter = waiter(false, word);
        Waiter parked = waiter(!futex().isShared(), word);
        for (long offset = 0; offset < words.byteSize(); offset += 4) {
            if (offset != own) {
                assertThat(futex().wakeAll(words, offset)).isIn(0, counts() ? 0 : Futex.UNKNOWN);
            }
        }
        waiter.awaitAsleep(word);
        parked.awaitAsleep(word);
        wakeUntilDone(word, waiter, parked);
        assertWoken(waiter);
        assertWoken(parked);
    }

    @Test
    void oneWordThroughTwoSegmentsIsOneQueue() {
        MemorySegment record = newMemory(256);
        MemorySegment word = record.asSlice(64, 4);
        MemorySegment larger = record.asSlice(32, 128);
        Waiter one = waiter(false, word);
        Waiter two = Waiter.platform(() -> futex().wait(larger, 32, 0));
        if (!polls(false)) {
            two.awaitAsleep(word);
            assertWoken(futex().wake(record, 64, 2), 2);
        }
        assertWoken(one);
        assertWoken(two);
    }

    @Test
    void aWokenThreadSeesTheValueWrittenBeforeTheWake() {
        MemorySegment word = newWord(0);
        for (int i = 0; i < 200; i++) {
            int value = i;
            Waiter waiter = Waiter.platform(() -> {
                awaitOther(word, value);
                return get(word);
            });
            set(word, value + 1);
            int ignored = futex().wakeOne(word);
            assertThat(ignored).isBetween(Futex.UNKNOWN, 1);
            assertThat(waiter.result()).isEqualTo(value + 1);
        }
    }

    private List<Waiter> waiters(MemorySegment word, int count) {
        List<Waiter> waiters = new ArrayList<>();
        int value = get(word);
        for (int i = 0; i < count; i++) {
            waiters.add(Waiter.platform(() -> futex().wait(word, value)));
        }
        if (!polls(false)) {
            waiters.forEach(waiter -> waiter.awaitAsleep(word));
        }
        return waiters;
    }

    /// So many are done and not one more; that no more will follow is seen at the end, when the sum fits.
    private static void awaitDone(List<Waiter> waiters, int count) {
        Await.until(count + " waiters are woken", () -> done(waiters) >= count);
        assertThat(done(waiters)).isEqualTo(count);
        for (Waiter waiter : waiters) {
            if (waiter.isDone()) {
                assertWoken(waiter);
            }
        }
    }

    private static int done(List<Waiter> waiters) {
        int done = 0;
        for (Waiter waiter : waiters) {
            done += waiter.isDone() ? 1 : 0;
        }
        return done;
    }
}
