package io.futex.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.Capability;
import io.futex.Futex;
import io.futex.FutexWait;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// One wait on several words.
public abstract class FutexWaitAnyContract extends FutexAllocationContract {
    private static final long LINE_BYTES = 128;
    private static final int TOKENS = Scale.of(20_000, 2_000_000);

    /// For the subclass that a backend makes.
    protected FutexWaitAnyContract() {}

    /// Where it is missing, [FutexWaitContract#refusesWhatNoBackendHas] says what happens.
    private void assumeWaitAny() {
        Assumptions.assumeTrue(futex().capabilities().contains(Capability.WAIT_ANY));
    }

    @Test
    void waitAnyRefusesWhatIsNoSetOfWords() {
        assumeWaitAny();
        FutexWait wait = new FutexWait(newWord(0), 0, 0);
        for (int count : new int[] {0, Futex.MOST_WAITS + 1}) {
            FutexWait[] waits = new FutexWait[count];
            Arrays.fill(waits, wait);
            assertThatThrownBy(() -> futex().waitAny(waits))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("not for " + count);
        }
        assertThatThrownBy(() -> futex().waitAny(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> futex().waitAny(new FutexWait[] {wait, null}))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> futex().waitAny(new FutexWait[] {wait}, 1, null))
                .isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> futex().waitAny(new FutexWait[] {wait, new FutexWait(newMemory(128), 2, 0)}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> futex().waitAny(new FutexWait[] {wait, new FutexWait(newMemory(128), 128, 0)}))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() ->
                        futex().waitAny(new FutexWait[] {wait, new FutexWait(MemorySegment.ofArray(new int[1]), 0, 0)}))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void waitAnyTellsTheFirstWordThatDiffers() throws Exception {
        assumeWaitAny();
        MemorySegment words = newMemory(4 * LINE_BYTES);
        set(words.asSlice(2 * LINE_BYTES, 4), 7);
        set(words.asSlice(3 * LINE_BYTES, 4), 7);
        assertThat(futex().waitAny(waits(words, 4))).isEqualTo(2);
        assertThat(futex().waitAny(waits(words, 4), -1, TimeUnit.DAYS)).isEqualTo(2);
        assertThat(futex().waitAnyUninterruptibly(waits(words, 4), 1, TimeUnit.DAYS))
                .isEqualTo(2);
    }

    @Test
    void waitAnyEndsWhenTheTimeIsOver() throws Exception {
        assumeWaitAny();
        FutexWait[] waits = waits(newMemory(3 * LINE_BYTES), 3);
        assertThat(futex().waitAny(waits, 0, TimeUnit.DAYS)).isEqualTo(-1);
        assertThat(futex().waitAny(waits, Long.MIN_VALUE, TimeUnit.DAYS)).isEqualTo(-1);
        long begin = System.nanoTime();
        assertThat(futex().waitAny(waits, 20, TimeUnit.MILLISECONDS)).isEqualTo(-1);
        assertThat(futex().waitAnyUninterruptibly(waits, 20, TimeUnit.MILLISECONDS))
                .isEqualTo(-1);
        assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(40_000_000);
    }

    @ParameterizedTest
    @CsvSource({
        "false, 1, 0",
        "false, 2, 1",
        "false, 126, 63",
        "false, 127, 126",
        "true, 1, 0",
        "true, 3, 1",
        "true, 127, 126"
    })
    void waitAnyTellsTheWordThatWasWoken(boolean virtual, int count, int index) {
        assumeWaitAny();
        MemorySegment words = newMemory(count * LINE_BYTES);
        Waiter waiter = sleeper(virtual, waits(words, count));
        MemorySegment word = words.asSlice(index * LINE_BYTES, 4);
        if (looks(virtual)) {
            set(word, 1);
        }
        int woken = futex().wakeAll(word);
        if (!looks(virtual)) {
            assertWoken(woken, 1);
            assertThat(waiter.result()).isEqualTo(index);
        } else {
            assertThat((int) waiter.result()).isBetween(0, count - 1);
        }
    }

    /// Twice the same word is one word; its wake of two finds one thread.
    @Test
    void waitAnyTakesAWordTwice() {
        assumeWaitAny();
        MemorySegment word = newWord(0);
        FutexWait wait = new FutexWait(word, 0, 0);
        Waiter waiter = sleeper(false, new FutexWait[] {wait, wait, wait});
        int woken = futex().wakeOne(word);
        assertWoken(woken, 1);
        assertThat((int) waiter.result()).isBetween(0, 2);
        int nobody = futex().wakeAll(word);
        assertWoken(nobody, 0);
    }

    /// Who leaves is in no queue any more: the wakes that follow find others.
    @Test
    void waitAnyLeavesAllWords() {
        assumeWaitAny();
        MemorySegment words = newMemory(3 * LINE_BYTES);
        Waiter waiter = sleeper(false, waits(words, 3));
        int unused = futex().wakeOne(words.asSlice(LINE_BYTES, 4));
        assertThat(waiter.result()).isEqualTo(1);
        for (int i = 0; i < 3; i++) {
            int nobody = futex().wakeAll(words.asSlice(i * LINE_BYTES, 4));
            assertWoken(nobody, 0);
        }
    }

    /// Of wakes that come at once one is told; whoever else sleeps on the other words gets his.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void waitAnyKeepsNobodyElsesWake(boolean virtual) {
        assumeWaitAny();
        int count = 5;
        MemorySegment words = newMemory(count * LINE_BYTES);
        Waiter any = sleeper(virtual, waits(words, count));
        Waiter[] others = new Waiter[count];
        for (int i = 0; i < count; i++) {
            others[i] = waiter(false, words.asSlice(i * LINE_BYTES, 4));
        }
        for (int i = 0; i < count; i++) {
            int unused = futex().wakeOne(words.asSlice(i * LINE_BYTES, 4)); // nobody, if a wake was passed on already
        }
        int woken = (int) any.result();
        for (int i = 0; i < count; i++) {
            if (i != woken && !looks(virtual)) {
                assertWoken(others[i]);
            }
        }
        for (int i = 0; i < count; i++) {
            wakeUntilDone(words.asSlice(i * LINE_BYTES, 4), others[i]);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void waitAnyEndsByAnInterrupt(boolean virtual) {
        assumeWaitAny();
        MemorySegment words = newMemory(3 * LINE_BYTES);
        Waiter early = Waiter.start(virtual, () -> {
            Thread.currentThread().interrupt();
            return futex().waitAny(waits(words, 3));
        });
        assertThat(early.thrown()).isInstanceOf(InterruptedException.class);
        assertThat(early.interruptedAfter()).isFalse();
        Waiter waiter = Waiter.start(virtual, () -> {
            for (; ; ) {
                int unused = futex().waitAny(waits(words, 3)); // returns for no reason where it polls
            }
        });
        if (!looks(virtual)) {
            waiter.awaitAsleep(words.asSlice(0, 4));
        }
        waiter.thread().interrupt();
        assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
        assertThat(waiter.interruptedAfter()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void waitAnyUninterruptiblyKeepsTheInterrupt(boolean virtual) {
        assumeWaitAny();
        MemorySegment words = newMemory(2 * LINE_BYTES);
        Waiter waiter = Waiter.start(virtual, () -> {
            Thread.currentThread().interrupt();
            while (get(words.asSlice(LINE_BYTES, 4)) == 0) {
                int unused = futex().waitAnyUninterruptibly(waits(words, 2), 1, TimeUnit.DAYS);
            }
            return null;
        });
        if (!looks(virtual)) {
            waiter.awaitAsleep(words.asSlice(0, 4));
        }
        waiter.thread().interrupt();
        set(words.asSlice(LINE_BYTES, 4), 1);
        int unused = futex().wakeOne(words.asSlice(LINE_BYTES, 4));
        assertThat(waiter.result()).isNull();
        assertThat(waiter.interruptedAfter()).isTrue();
    }

    @Test
    void waitAnyOfAClosedArenaThrows() {
        assumeWaitAny();
        Assumptions.assumeTrue(takesAnyNativeMemory());
        MemorySegment open = newWord(0);
        Arena arena = Arena.ofShared();
        FutexWait[] waits = {new FutexWait(open, 0, 0), new FutexWait(arena.allocate(4, 4), 0, 0)};
        Waiter waiter = sleeper(false, waits);
        try {
            arena.close();
        } catch (IllegalStateException e) {
            // it is kept open: wake it below
        }
        int unused = futex().wakeOne(open);
        Object ended = waiter.thrown() == null ? waiter.result() : waiter.thrown();
        assertThat(ended).isIn(0, ended instanceof IllegalStateException ? ended : 0);
        if (arena.scope().isAlive()) {
            arena.close();
        }
        assertThatThrownBy(() -> futex().waitAny(waits)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void waitAnyAllocatesNothing() {
        assumeWaitAny();
        FutexWait[] waits = waits(newMemory(3 * LINE_BYTES), 3);
        assertAllocates(garbageBytes(), 1_000, () -> {
            int unused = futex().waitAnyUninterruptibly(waits, 5_000, TimeUnit.NANOSECONDS);
        });
    }

    /// Each token comes with one wake. Whoever is woken for one takes it, or finds it taken by another who runs; so a
    /// wake that is lost, in a queue that somebody has just left, leaves a token while all sleep.
    @Test
    void waitAnyLosesNoToken() throws Exception {
        assumeWaitAny();
        int count = 4;
        MemorySegment words = newMemory(count * LINE_BYTES);
        AtomicInteger taken = new AtomicInteger();
        List<Waiter> takers = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int number = i;
            takers.add(Waiter.start(i % 4 == 3, () -> take(words, count, taken, number)));
        }
        Random random = new Random(Seed.VALUE);
        for (int i = 0; i < TOKENS; i++) {
            MemorySegment word = words.asSlice(random.nextInt(count) * LINE_BYTES, 4);
            int unusedCount = getAndAdd(word, 1);
            int unused = futex().wakeOne(word);
            if (random.nextInt(20) == 0) {
                takers.get(random.nextInt(takers.size())).thread().interrupt();
            }
            if (random.nextInt(10) == 0) {
                LockSupport.parkNanos(1); // lets takers go to sleep
            }
        }
        Await.until("all tokens are taken", () -> taken.get() == TOKENS);
        for (Waiter taker : takers) {
            Await.until("a taker goes home", () -> {
                taker.thread().interrupt();
                return taker.isDone();
            });
            assertThat(taker.result()).isNull();
        }
    }

    private Object take(MemorySegment words, int count, AtomicInteger taken, int number) {
        FutexWait[] waits = waits(words, count);
        Random random = new Random(number);
        while (taken.get() < TOKENS) {
            boolean found = false;
            for (int i = 0; i < count; i++) {
                MemorySegment word = words.asSlice(i * LINE_BYTES, 4);
                int tokens = get(word);
                if (tokens > 0 && compareAndSet(word, tokens, tokens - 1)) {
                    taken.incrementAndGet();
                    found = true;
                } else if (tokens > 0) {
                    found = true; // another was faster, and there may be more
                }
            }
            if (!found) {
                try {
                    if (random.nextBoolean()) {
                        int unused = futex().waitAny(waits);
                    } else {
                        int unused = futex().waitAny(waits, random.nextInt(50), TimeUnit.MICROSECONDS);
                    }
                } catch (InterruptedException e) {
                    // on purpose
                }
            }
        }
        return null;
    }

    /// Whether the wait is a look at the words, every millisecond.
    private boolean looks(boolean virtual) {
        return futex().isShared() && virtual;
    }

    private Waiter sleeper(boolean virtual, FutexWait[] waits) {
        Waiter waiter = Waiter.start(virtual, () -> futex().waitAny(waits));
        return looks(virtual) ? waiter : waiter.awaitAsleep(waits[0].base().asSlice(waits[0].offset(), 4));
    }

    private static FutexWait[] waits(MemorySegment words, int count) {
        FutexWait[] waits = new FutexWait[count];
        for (int i = 0; i < count; i++) {
            waits[i] = new FutexWait(words, i * LINE_BYTES, 0);
        }
        return waits;
    }
}
