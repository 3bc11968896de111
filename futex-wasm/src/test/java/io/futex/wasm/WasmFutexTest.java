package io.futex.wasm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.Futex;
import io.futex.WaitResult;
import io.futex.contract.Await;
import io.futex.contract.Scale;
import io.futex.contract.ThreadMeters;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.ByteBufferMemory;
import run.endive.runtime.Memory;
import run.endive.wasm.types.MemoryLimits;

/// What is particular to this futex: offsets, handles, both routes, both kinds of memory.
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class WasmFutexTest {
    private static final int WORD = 4096;
    private static final MemoryLimits LIMITS = new MemoryLimits(1, 4, true);

    static List<Memory> everyMemory() {
        return List.of(SharedWasmMemory.create(1, 4), new ByteArrayMemory(LIMITS), new ByteBufferMemory(LIMITS));
    }

    static List<WasmFutex> everyFutex() {
        return everyMemory().stream()
                .flatMap(memory -> Stream.of(WasmFutex.over(memory), WasmFutex.viaInstructions(memory)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("everyFutex")
    void waitsAndWakesByOffsetAndByHandle(WasmFutex futex) throws Exception {
        assertThat(futex.backend()).isEqualTo("wasm");
        assertThat(futex.isShared()).isFalse();
        assertThat(futex.toString()).startsWith("Futex[wasm, local, ");
        MemorySegment word = futex.word(WORD);
        assertThat(futex.waitAt(WORD, 1)).isEqualTo(WaitResult.CHANGED);
        assertThat(futex.wait(word, 1)).isEqualTo(WaitResult.CHANGED);
        assertThat(futex.waitAtUninterruptibly(WORD, 1)).isEqualTo(WaitResult.CHANGED);
        assertThat(futex.waitAt(WORD, 0, 0, TimeUnit.DAYS)).isEqualTo(WaitResult.TIMED_OUT);
        long start = System.nanoTime();
        assertThat(futex.waitAt(WORD, 0, 2, TimeUnit.MILLISECONDS)).isEqualTo(WaitResult.TIMED_OUT);
        assertThat(futex.waitAtUninterruptibly(WORD, 0, 2, TimeUnit.MILLISECONDS))
                .isEqualTo(WaitResult.TIMED_OUT);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(4_000_000);
        for (boolean virtual : new boolean[] {false, true}) {
            Waiter one = Waiter.start(virtual, () -> futex.waitAt(WORD, 0)).awaitAsleep(word);
            Waiter two = Waiter.start(virtual, () -> futex.wait(word, 0, 1, TimeUnit.HOURS))
                    .awaitAsleep(word);
            Waiter three = Waiter.start(virtual, () -> futex.waitAtUninterruptibly(WORD, 0))
                    .awaitAsleep(word);
            assertThat(futex.wakeAt(WORD, 0)).isZero();
            assertThat(futex.wakeOneAt(WORD + 4)).isZero();
            assertThat(futex.wakeOneAt(WORD)).isEqualTo(1);
            assertThat(futex.wakeAt(WORD, 1)).isEqualTo(1);
            assertThat(futex.wakeAllAt(WORD)).isEqualTo(1);
            assertThat(one.waitResult()).isEqualTo(WaitResult.WOKEN);
            assertThat(two.waitResult()).isEqualTo(WaitResult.WOKEN);
            assertThat(three.waitResult()).isEqualTo(WaitResult.WOKEN);
        }
    }

    @ParameterizedTest
    @MethodSource("everyFutex")
    void anInterruptEndsAWait(WasmFutex futex) {
        for (boolean virtual : new boolean[] {false, true}) {
            Waiter before = Waiter.start(virtual, () -> {
                Thread.currentThread().interrupt();
                return futex.waitAt(WORD, 1); // told before the value
            });
            assertThat(before.thrown()).isInstanceOf(InterruptedException.class);
            assertThat(before.interruptedAfter()).isFalse();
            Waiter asleep = Waiter.start(virtual, () -> futex.waitAt(WORD, 0)).awaitAsleep(futex.word(WORD));
            asleep.thread().interrupt();
            assertThat(asleep.thrown()).isInstanceOf(InterruptedException.class);
            assertThat(asleep.interruptedAfter()).isFalse();
            assertThat(futex.wakeAllAt(WORD)).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("everyFutex")
    void anUninterruptibleWaitKeepsTheStatusAndSleeps(WasmFutex futex) {
        for (boolean virtual : new boolean[] {false, true}) {
            Waiter waiter = Waiter.start(virtual, () -> {
                        Thread.currentThread().interrupt();
                        return futex.waitAtUninterruptibly(WORD, 0);
                    })
                    .awaitAsleep(futex.word(WORD));
            assertThat(futex.wakeOneAt(WORD)).isEqualTo(1);
            assertThat(waiter.waitResult()).isEqualTo(WaitResult.WOKEN);
            assertThat(waiter.interruptedAfter()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("everyFutex")
    void anUninterruptibleWaitSleepsThroughInterrupts(WasmFutex futex) {
        MemorySegment word = futex.word(WORD);
        for (boolean virtual : new boolean[] {false, true}) {
            Waiter forEver = Waiter.start(virtual, () -> futex.waitAtUninterruptibly(WORD, 0))
                    .awaitAsleep(word);
            Waiter timed = Waiter.start(virtual, () -> {
                long start = System.nanoTime();
                assertThat(futex.waitAtUninterruptibly(WORD, 0, 20, TimeUnit.MILLISECONDS))
                        .isEqualTo(WaitResult.TIMED_OUT);
                return System.nanoTime() - start;
            });
            while (!timed.isDone()) {
                forEver.thread().interrupt();
                timed.thread().interrupt();
            }
            assertThat((long) timed.result()).isGreaterThanOrEqualTo(20_000_000);
            assertThat(timed.interruptedAfter()).isTrue();
            forEver.awaitAsleep(word);
            Await.until("it is found in the queue", () -> futex.wakeOneAt(WORD) == 1);
            assertThat(forEver.waitResult()).isEqualTo(WaitResult.WOKEN);
            assertThat(forEver.interruptedAfter()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("everyFutex")
    void anInterruptedThreadWakesOthersAndKeepsItsStatus(WasmFutex futex) {
        for (boolean virtual : new boolean[] {false, true}) {
            Waiter asleep = Waiter.platform(() -> futex.waitAt(WORD, 0)).awaitAsleep(futex.word(WORD));
            Waiter waker = Waiter.start(virtual, () -> {
                Thread.currentThread().interrupt();
                assertThat(futex.wakeOneAt(WORD + 4)).isZero();
                return futex.wakeOneAt(WORD);
            });
            assertThat(waker.result()).isEqualTo(1);
            assertThat(waker.interruptedAfter()).isTrue();
            assertThat(asleep.waitResult()).isEqualTo(WaitResult.WOKEN);
        }
    }

    /// Whoever ends an uninterruptible wait, the interrupt or the wake beside it: it does end.
    @ParameterizedTest
    @MethodSource("everyMemory")
    void anInterruptHidesNoChangeFromAnUninterruptibleWait(Memory memory) {
        anInterruptHidesNoChangeFromAnUninterruptibleWait(memory, WasmFutex.over(memory));
        anInterruptHidesNoChangeFromAnUninterruptibleWait(memory, WasmFutex.viaInstructions(memory));
    }

    private static void anInterruptHidesNoChangeFromAnUninterruptibleWait(Memory memory, WasmFutex futex) {
        MemorySegment word = futex.word(WORD);
        memory.atomicWriteInt(WORD, 0);
        for (int i = 0; i < Scale.of(500, 100_000); i++) {
            int value = i;
            Waiter waiter = Waiter.platform(() -> futex.waitAtUninterruptibly(WORD, value));
            if (i % 2 == 0) {
                waiter.awaitAsleep(word);
            }
            memory.atomicWriteInt(WORD, value + 1);
            waiter.thread().interrupt();
            assertThat(futex.wakeOneAt(WORD)).isBetween(0, 1);
            assertThat(waiter.waitResult()).isNotEqualTo(WaitResult.TIMED_OUT);
        }
    }

    @ParameterizedTest
    @MethodSource("everyFutex")
    void refusesWhatIsNoWordBeforeTheRuntimeIsAsked(WasmFutex futex) {
        for (int offset : new int[] {1, 2, 3, WORD + 1, 65535}) {
            if (offset < 65533) {
                refuses(IllegalArgumentException.class, futex, offset);
            }
        }
        for (int offset : new int[] {-4, -1, 65533, 65536, 4 * 65536, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
            refuses(IndexOutOfBoundsException.class, futex, offset);
        }
        assertThatThrownBy(() -> futex.wakeAt(WORD, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> futex.waitAt(WORD, 0, 1, null)).isInstanceOf(NullPointerException.class);
        assertThat(futex.wakeOneAt(65532)).isZero();
    }

    private static void refuses(Class<? extends Exception> type, WasmFutex futex, int offset) {
        assertThatThrownBy(() -> futex.word(offset)).isInstanceOf(type);
        assertThatThrownBy(() -> futex.waitAt(offset, 0)).isInstanceOf(type);
        assertThatThrownBy(() -> futex.waitAt(offset, 0, 1, TimeUnit.SECONDS)).isInstanceOf(type);
        assertThatThrownBy(() -> futex.waitAtUninterruptibly(offset, 0)).isInstanceOf(type);
        assertThatThrownBy(() -> futex.waitAtUninterruptibly(offset, 0, 1, TimeUnit.SECONDS))
                .isInstanceOf(type);
        assertThatThrownBy(() -> futex.wakeOneAt(offset)).isInstanceOf(type);
        assertThatThrownBy(() -> futex.wakeAllAt(offset)).isInstanceOf(type);
        assertThatThrownBy(() -> futex.wakeAt(offset, 0)).isInstanceOf(type);
    }

    /// A memory that knows its size and fails whatever else is asked of it.
    @Test
    void asksTheRuntimeOnlyForWords() {
        Memory memory = (Memory) Proxy.newProxyInstance(
                Memory.class.getClassLoader(), new Class<?>[] {Memory.class}, (proxy, method, arguments) -> {
                    return switch (method.getName()) {
                        case "shared" -> true;
                        case "pages" -> 1;
                        default -> throw new AssertionError("asked for " + method);
                    };
                });
        WasmFutex futex = WasmFutex.over(memory);
        refuses(IllegalArgumentException.class, futex, 2);
        refuses(IndexOutOfBoundsException.class, futex, 65536);
        refuses(IndexOutOfBoundsException.class, futex, -4);
        assertThat(futex.wakeAt(WORD, 0)).isZero();
        assertThatThrownBy(() -> futex.waitAt(WORD, 0)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> futex.wakeOneAt(WORD)).isInstanceOf(AssertionError.class);
    }

    @Test
    void refusesMemoryThatIsNotShared() {
        Memory unshared = new ByteArrayMemory(new MemoryLimits(1, 1, false));
        assertThatThrownBy(() -> WasmFutex.over(unshared)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> WasmFutex.viaInstructions(unshared)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> WasmFutex.over(null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void refusesForeignSegments() {
        SharedWasmMemory memory = SharedWasmMemory.create(1, 4);
        WasmFutex futex = WasmFutex.over(memory);
        MemorySegment inside = memory.segment();
        memory.grow(1);
        MemorySegment grown = memory.segment();
        assertThat(futex.wakeOne(inside, 65532)).isZero();
        assertThat(futex.wakeOne(grown, 65536)).isZero();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment foreign = arena.allocate(64, 64);
            for (MemorySegment word : List.of(
                    foreign,
                    MemorySegment.ofAddress(WORD),
                    MemorySegment.ofAddress(inside.address()),
                    SharedWasmMemory.create(1, 1).segment())) {
                assertThatThrownBy(() -> futex.wait(word, 0)).isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> futex.wakeAll(word)).isInstanceOf(IllegalArgumentException.class);
            }
            WasmFutex other = WasmFutex.over(new ByteArrayMemory(LIMITS));
            assertThatThrownBy(() -> other.wait(foreign, 0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> other.wait(inside, WORD, 0)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void everyOtherFutexRefusesTheHandleOfAnUnreadableWord() {
        MemorySegment handle = WasmFutex.over(new ByteArrayMemory(LIMITS)).word(WORD);
        assertThat(handle.byteSize()).isZero();
        assertThat(handle.address()).isEqualTo(WORD);
        assertThatThrownBy(() -> handle.get(ValueLayout.JAVA_INT, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        for (Futex futex : Futex.available()) {
            assertThatThrownBy(() -> futex.wait(handle, 0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> futex.wakeAll(handle)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> WasmFutex.over(SharedWasmMemory.create(1, 1)).wakeAll(handle))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /// A queue that keeps something for each word that was ever waited on would fill the heap.
    @Test
    void waitsOnManyWordsLeaveNothingBehind() throws Exception {
        SharedWasmMemory memory = SharedWasmMemory.create(4, 4);
        int words = 32_000;
        long least = Long.MAX_VALUE;
        for (int attempt = 0; attempt < 3; attempt++) { // the first may run while the JVM still links
            long before = ThreadMeters.allocatedBytes(Thread.currentThread());
            int timedOut = 0;
            for (int i = 0; i < words; i++) {
                timedOut += memory.atomicWait(4 * i, 0, 1);
            }
            assertThat(timedOut).isEqualTo(2 * words);
            least = Math.min(least, ThreadMeters.allocatedBytes(Thread.currentThread()) - before);
        }
        assertThat(least).as("bytes that %s waits have allocated", words).isLessThan(words);
    }
}
