package io.futex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Waiter;
import io.futex.memory.FirstSlab;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FutexWordTest {
    private static final long SEED = 20_260_731;
    private static final int LINE_BYTES = 64;

    private static final FutexWord EARLY = inFirstSlab();
    private static final FutexWord LATE = beyondFirstSlab();

    static Stream<Named<FutexWord>> words() {
        MemorySegment record = Arena.ofAuto().allocate(256, 128);
        return Stream.of(
                Named.of("fresh, in the first slab", EARLY),
                Named.of("fresh, in a later one", LATE),
                Named.of("local", FutexWord.local(record, 64)),
                Named.of("shared", FutexWord.shared(record, 128)));
    }

    /// Whatever has been made before.
    private static FutexWord inFirstSlab() {
        FutexWord word = FutexWord.local(0);
        return isInFirstSlab(word) ? word : new FutexWord(FirstSlab.WORDS, FirstSlab.LAST_WORD);
    }

    private static FutexWord beyondFirstSlab() {
        FutexWord word;
        do {
            word = FutexWord.local(0);
        } while (isInFirstSlab(word));
        return word;
    }

    private static boolean isInFirstSlab(FutexWord word) {
        return FirstSlab.contains(word.segment());
    }

    // ---- operations

    @ParameterizedTest
    @MethodSource("words")
    void doesAsAtomicInteger(FutexWord word) {
        Random random = new Random(SEED);
        AtomicInteger oracle = new AtomicInteger();
        word.set(0);
        List<WordOperation> operations = WordOperation.all();
        int[] special = {0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0xdeadbeef};
        for (int i = 0; i < 200_000; i++) {
            WordOperation operation = operations.get(random.nextInt(operations.size()));
            int x = random.nextInt(4) == 0 ? oracle.get() : random.nextBoolean() ? special[i % 6] : random.nextInt();
            int y = random.nextBoolean() ? special[random.nextInt(6)] : random.nextInt();
            int before = oracle.get();
            Object expected = operation.onOracle().apply(oracle, x, y);
            Object found = operation.onWord().apply(word, x, y);
            assertThat(found)
                    .as("%s(%d, %d) of %d, step %d of seed %d", operation.name(), x, y, before, i, SEED)
                    .isEqualTo(expected);
            assertThat(word.get()).as(operation.name()).isEqualTo(oracle.get());
        }
    }

    @ParameterizedTest
    @MethodSource("words")
    void isAtomic(FutexWord word) {
        word.set(0);
        int threads = 4;
        int turns = 20_000;
        List<Waiter> adders = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int bit = 1 << (20 + t);
            adders.add(Waiter.platform(() -> {
                for (int i = 0; i < turns; i++) {
                    word.getAndAdd(1);
                    word.getAndUpdate(value -> value + 1);
                    word.accumulateAndGet(2, Integer::sum);
                    word.getAndUpdate(value -> value ^ bit);
                }
                return null;
            }));
        }
        adders.forEach(Waiter::result);
        assertThat(word.get() & 0xF_FFFF).isEqualTo(threads * turns * 4);
    }

    @Test
    void printsItsValue() {
        FutexWord word = FutexWord.local(-42);
        assertThat(word).hasToString("-42");
        assertThat(word.segment().byteSize()).isEqualTo(4);
        assertThat(word.segment().get(ValueLayout.JAVA_INT, 0)).isEqualTo(-42);
    }

    @Test
    void leavesTheValueOfTheCallersMemory() {
        MemorySegment record = Arena.ofAuto().allocate(128, 128);
        record.set(ValueLayout.JAVA_INT, 64, 77);
        FutexWord one = FutexWord.local(record, 64);
        FutexWord two = FutexWord.local(record.asSlice(32), 32);
        assertThat(one.get()).isEqualTo(77);
        one.set(78);
        assertThat(two.get()).isEqualTo(78);
        assertThat(one.segment().address()).isEqualTo(record.address() + 64);
        assertThat(record.get(ValueLayout.JAVA_INT, 60)).isZero();
        assertThat(record.get(ValueLayout.JAVA_INT, 68)).isZero();
    }

    @Test
    void refusesWhatIsNoWord() {
        MemorySegment record = Arena.ofAuto().allocate(128, 128);
        assertThatThrownBy(() -> FutexWord.local((MemorySegment) null, 0)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> FutexWord.shared((MemorySegment) null, 0)).isInstanceOf(NullPointerException.class);
        for (long offset : new long[] {-4, 125, 128, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThatThrownBy(() -> FutexWord.local(record, offset)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> FutexWord.shared(record, offset)).isInstanceOf(IndexOutOfBoundsException.class);
        }
        assertThatThrownBy(() -> FutexWord.local(record, 2)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FutexWord.local(MemorySegment.ofArray(new int[4]), 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> FutexWord.shared(MemorySegment.ofArray(new int[4]), 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    // ---- waiting and waking

    @ParameterizedTest
    @MethodSource("words")
    void waits(FutexWord word) throws Exception {
        word.set(5);
        assertThat(word.await(6)).isEqualTo(WaitResult.CHANGED);
        assertThat(word.await(6, 1, TimeUnit.DAYS)).isEqualTo(WaitResult.CHANGED);
        assertThat(word.awaitUninterruptibly(6)).isEqualTo(WaitResult.CHANGED);
        assertThat(word.awaitUninterruptibly(6, 1, TimeUnit.DAYS)).isEqualTo(WaitResult.CHANGED);
        assertThat(word.awaitUntil(6, Long.MAX_VALUE)).isEqualTo(WaitResult.CHANGED);
        assertThat(word.awaitUntilUninterruptibly(6, Long.MAX_VALUE)).isEqualTo(WaitResult.CHANGED);
        assertThat(word.await(5, 0, TimeUnit.DAYS)).isEqualTo(WaitResult.TIMED_OUT);
        assertThat(word.awaitUninterruptibly(5, -1, TimeUnit.DAYS)).isEqualTo(WaitResult.TIMED_OUT);
        assertThat(word.awaitUntil(5, System.nanoTime())).isEqualTo(WaitResult.TIMED_OUT);
        assertThat(word.awaitUntilUninterruptibly(5, Long.MIN_VALUE)).isEqualTo(WaitResult.TIMED_OUT);
        assertThatThrownBy(() -> word.await(5, 1, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> word.awaitChange(6, 1, null)).isInstanceOf(NullPointerException.class);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> word.await(5)).isInstanceOf(InterruptedException.class);
        assertThat(word.wakeOne()).isLessThanOrEqualTo(0);
        assertThat(word.wakeAll()).isLessThanOrEqualTo(0);
        assertThat(word.wake(3)).isLessThanOrEqualTo(0);
        assertThat(word.wake(0)).isZero();
        assertThatThrownBy(() -> word.wake(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @MethodSource("words")
    void awaitsAChange(FutexWord word) throws Exception {
        word.set(5);
        assertThat(word.awaitChange(6)).isEqualTo(5);
        assertThat(word.awaitChange(6, 0, TimeUnit.DAYS)).isTrue();
        assertThat(word.awaitChange(5, 0, TimeUnit.DAYS)).isFalse();
        assertThat(word.awaitChange(5, Long.MIN_VALUE, TimeUnit.DAYS)).isFalse();
        long start = System.nanoTime();
        assertThat(word.awaitChange(5, 3, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(3_000_000);

        Waiter untimed = Waiter.platform(() -> word.awaitChange(5));
        Waiter timed = Waiter.platform(() -> word.awaitChange(5, Long.MAX_VALUE, TimeUnit.DAYS));
        Waiter virtual = Waiter.virtual(() -> word.awaitChange(5));
        for (int i = 0; i < 100; i++) { // wakes without a change end nothing
            assertThat(word.wakeAll()).isLessThanOrEqualTo(3);
        }
        assertThat(untimed.isDone() || timed.isDone() || virtual.isDone()).isFalse();
        word.setRelease(7);
        assertThat(word.wakeAll()).isLessThanOrEqualTo(3);
        assertThat(untimed.result()).isEqualTo(7);
        assertThat(timed.result()).isEqualTo(true);
        assertThat(virtual.result()).isEqualTo(7);

        Waiter interrupted = Waiter.platform(() -> word.awaitChange(7));
        interrupted.thread().interrupt();
        assertThat(interrupted.thrown()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void scopesDoNotMeet() {
        MemorySegment record = Arena.ofAuto().allocate(128, 128);
        FutexWord local = FutexWord.local(record, 0);
        FutexWord shared = FutexWord.shared(record, 0);
        Waiter waiter = Waiter.platform(() -> local.await(0)).awaitAsleep(record);
        assertThat(shared.wakeAll()).isLessThanOrEqualTo(0);
        waiter.awaitAsleep(record);
        assertThat(local.wakeAll()).isEqualTo(1);
        assertThat(waiter.waitResult()).isEqualTo(WaitResult.WOKEN);
    }

    // ---- placement

    @Test
    void packsFreshWords() {
        List<FutexWord> words = new ArrayList<>();
        Set<Long> addresses = new HashSet<>();
        for (int i = 0; i < 3_000; i++) {
            FutexWord word = FutexWord.local(i);
            words.add(word);
            long address = word.segment().address();
            assertThat(address % 4).isZero();
            assertThat(addresses.add(address)).as("a place of its own").isTrue();
        }
        for (int i = 0; i < words.size(); i++) {
            assertThat(words.get(i).get()).isEqualTo(i);
        }
        long pages = words.stream()
                .map(word -> word.segment().address() / 4096)
                .distinct()
                .count();
        assertThat(pages).as("pages of 3000 words of 4 bytes").isLessThanOrEqualTo(8);
    }

    /// Of 64 words made one after the other no two share a cache line: the first 64 of a block, wherever one begins.
    @Test
    void spreadsFreshWordsOverCacheLines() {
        List<Long> lines = new ArrayList<>();
        for (int i = 0; i < 2_048; i++) {
            lines.add(FutexWord.local(0).segment().address() / LINE_BYTES);
        }
        int longest = 0;
        for (int from = 0; from + 1_024 <= lines.size(); from++) {
            Set<Long> seen = new HashSet<>();
            int run = 0;
            while (run < 64 && seen.add(lines.get(from + run))) {
                run++;
            }
            longest = Math.max(longest, run);
        }
        assertThat(longest).as("words in a row on lines of their own").isEqualTo(64);
    }

    @Test
    void freshWordsAreMadeByManyThreads() {
        List<Waiter> makers = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            makers.add(Waiter.platform(() -> {
                List<FutexWord> made = new ArrayList<>();
                for (int i = 0; i < 10_000; i++) {
                    made.add(FutexWord.local(i));
                }
                return made;
            }));
        }
        Set<Long> addresses = new HashSet<>();
        for (Waiter maker : makers) {
            List<?> made = (List<?>) maker.result();
            for (int i = 0; i < made.size(); i++) {
                FutexWord word = (FutexWord) made.get(i);
                assertThat(word.get()).isEqualTo(i);
                assertThat(addresses.add(word.segment().address())).isTrue();
            }
        }
        assertThat(addresses).hasSize(40_000);
    }
}
