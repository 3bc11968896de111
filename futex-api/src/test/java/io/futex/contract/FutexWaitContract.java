package io.futex.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.Capability;
import io.futex.Futex;
import io.futex.FutexWait;
import io.futex.WaitResult;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// When a wait returns, what it says, and that it sleeps until then.
public abstract class FutexWaitContract extends FutexFixture {
    /// For the subclass that a backend makes.
    protected FutexWaitContract() {}

    @Test
    void declaresWhatTheTableExpects() {
        assertThat(futex().capabilities()).isEqualTo(expectedCapabilities());
        assertThatThrownBy(() -> futex().capabilities().add(Capability.ASYNC))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void isAvailableAndNamesItself() {
        assertThat(futex().toString())
                .startsWith("Futex[" + futex().backend() + ", " + (futex().isShared() ? "shared" : "local") + ", ");
    }

    @Test
    void refusesWhatNoBackendHas() {
        MemorySegment word = newWord(0);
        FutexWait[] waits = {new FutexWait(word, 0, 0)};
        if (!futex().capabilities().contains(Capability.WAIT_ANY)) {
            assertThatThrownBy(() -> futex().waitAny(waits, 1, TimeUnit.SECONDS))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("WAIT_ANY");
        }
        if (!futex().capabilities().contains(Capability.ASYNC)) {
            assertThatThrownBy(() -> futex().waitAsync(word, 0))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("ASYNC");
        }
    }

    @ParameterizedTest
    @EnumSource(WaitForm.class)
    void reportsAChangeBeforeTheCall(WaitForm form) throws Exception {
        MemorySegment record = newMemory(128);
        set(record.asSlice(64, 4), 7);
        assertThat(form.call(futex(), record, 64, 8, WaitForm.LONG)).isEqualTo(WaitResult.CHANGED);
        if (form.isTimed()) { // the value is looked at before the clock
            assertThat(form.call(futex(), record, 64, 8, 0)).isEqualTo(WaitResult.CHANGED);
            assertThat(form.call(futex(), record, 64, 8, -1)).isEqualTo(WaitResult.CHANGED);
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.MATCH_ANY,
            names = {".*TIMED.*", "UNTIL.*"})
    void aTimeOfZeroOrLessNeverBlocks(WaitForm form) throws Exception {
        MemorySegment word = newWord(5);
        for (long nanos : new long[] {0, -1, -1_000_000_000, Long.MIN_VALUE}) {
            for (int i = 0; i < 100; i++) {
                assertThat(form.call(futex(), word, 0, 5, nanos)).isEqualTo(WaitResult.TIMED_OUT);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.MATCH_ANY,
            names = {".*TIMED.*", "UNTIL.*"})
    void neverTimesOutEarly(WaitForm form) throws Exception {
        MemorySegment word = newWord(5);
        long[] micros = {1, 10, 20, 50, 100, 300, 999, 1_000, 1_001, 3_000, 10_000, 50_000};
        int often = Scale.STORM ? 100 : 20; // times seven forms
        for (long time : micros) {
            for (int i = 0; i < (time < 1_000 ? often : time < 10_000 ? 3 : 1); i++) {
                long nanos = time * 1_000 + i; // not only whole microseconds
                long start = System.nanoTime();
                WaitResult result = form.call(futex(), word, 0, 5, nanos);
                long elapsed = System.nanoTime() - start;
                if (result == WaitResult.WOKEN) {
                    assertThat(polls(false)).as("spurious").isTrue();
                } else {
                    assertThat(result).isEqualTo(WaitResult.TIMED_OUT);
                    assertThat(elapsed).as("elapsed").isGreaterThanOrEqualTo(nanos);
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TimeUnit.class)
    void convertsEveryUnit(TimeUnit unit) throws Exception {
        MemorySegment word = newWord(5);
        boolean isShort = unit.compareTo(TimeUnit.SECONDS) < 0;
        long time = isShort ? unit.convert(2, TimeUnit.MILLISECONDS) : Math.max(1, unit.convert(1, TimeUnit.MINUTES));
        if (isShort) {
            WaitResult result;
            long start;
            do {
                start = System.nanoTime();
                result = futex().wait(word, 5, time, unit);
            } while (result == WaitResult.WOKEN && polls(false) && time > 1);
            assertThat(result).isIn(WaitResult.TIMED_OUT, polls(false) ? WaitResult.WOKEN : WaitResult.TIMED_OUT);
            if (result == WaitResult.TIMED_OUT) {
                assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(unit.toNanos(time));
            }
        } else { // a minute and more is not waited out: the waiter is seen asleep, and woken
            Waiter waiter = Waiter.platform(() -> futex().wait(word, 5, time, unit));
            if (!polls(false)) {
                waiter.awaitAsleep(word);
            }
            wakeUntilDone(word, waiter);
            assertWoken(waiter);
        }
    }

    @Test
    void aDeadlineIsAbsolute() throws Exception {
        MemorySegment word = newWord(5);
        for (int i = 0; i < 5; i++) {
            long deadline = System.nanoTime() + 3_000_000;
            while (futex().waitUntil(word, 0, 5, deadline) != WaitResult.TIMED_OUT) {
                assertThat(polls(false)).as("spurious").isTrue();
            }
            assertThat(System.nanoTime()).isGreaterThanOrEqualTo(deadline);
            while (futex().waitUntilUninterruptibly(word, 0, 5, deadline + 2_000_000) != WaitResult.TIMED_OUT) {
                assertThat(polls(false)).as("spurious").isTrue();
            }
            assertThat(System.nanoTime()).isGreaterThanOrEqualTo(deadline + 2_000_000);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE, Long.MAX_VALUE - 1, Long.MAX_VALUE / 2, Long.MAX_VALUE / 1_000})
    void aTimeTooLongIsForEver(long time) {
        for (TimeUnit unit : new TimeUnit[] {TimeUnit.NANOSECONDS, TimeUnit.MILLISECONDS, TimeUnit.DAYS}) {
            MemorySegment word = newWord(5);
            Waiter one = Waiter.platform(() -> futex().wait(word, 5, time, unit));
            Waiter two = Waiter.platform(() -> futex().waitUninterruptibly(word, 0, 5, time, unit));
            // Where the clock has run for months the least of these is in the past.
            long deadline = Math.max(time, System.nanoTime() + WaitForm.LONG);
            Waiter three = Waiter.platform(() -> futex().waitUntil(word, 0, 5, deadline));
            if (!polls(false)) {
                one.awaitAsleep(word);
                two.awaitAsleep(word);
                three.awaitAsleep(word);
            }
            wakeUntilDone(word, one, two, three);
            assertWoken(one);
            assertWoken(two);
            assertWoken(three);
        }
    }

    @ParameterizedTest
    @EnumSource(WaitForm.class)
    void sleepsUntilWoken(WaitForm form) {
        MemorySegment record = newMemory(256);
        MemorySegment word = record.asSlice(132, 4);
        set(word, 42);
        for (int i = 0; i < 3; i++) {
            Waiter waiter = Waiter.platform(() -> form.call(futex(), record, 132, 42, WaitForm.LONG));
            if (!polls(false)) {
                waiter.awaitAsleep(word);
                assertWoken(futex().wakeOne(word), 1);
            }
            assertWoken(waiter);
            assertThat(waiter.interruptedAfter()).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1, Integer.MIN_VALUE, Integer.MAX_VALUE, 0xdeadbeef, 0x80000001})
    void sleepsForEveryValue(int value) throws Exception {
        MemorySegment word = newWord(value);
        assertThat(futex().wait(word, value + 1)).isEqualTo(WaitResult.CHANGED);
        assertThat(futex().wait(word, value ^ 0x8000_0000)).isEqualTo(WaitResult.CHANGED);
        Waiter waiter = waiter(false, word);
        wakeUntilDone(word, waiter);
        assertWoken(waiter);
    }

    @Test
    void looksAtFourBytesOnly() throws Exception {
        MemorySegment record = newMemory(128);
        set(record.asSlice(60, 4), -1);
        set(record.asSlice(68, 4), -1);
        Waiter waiter = waiter(false, record.asSlice(64, 4));
        assertThat(futex().wait(record, 64, 1)).isEqualTo(WaitResult.CHANGED);
        wakeUntilDone(record.asSlice(64, 4), waiter);
        assertWoken(waiter);
    }

    @Test
    void waitsOnAPageThatNobodyHasTouched(@TempDir Path directory) throws Exception {
        Assumptions.assumeTrue(takesAnyNativeMemory());
        long page = 64 * 1024;
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = sparse(directory.resolve("words"), 4 * page, arena);
            int woken = futex().wakeAll(memory, page);
            assertThat(woken).isIn(0, Futex.UNKNOWN);
            assertThat(futex().wait(memory, 0, 1)).isEqualTo(WaitResult.CHANGED);
            WaitResult result = futex().wait(memory, 2 * page, 0, 2, TimeUnit.MILLISECONDS);
            assertThat(result).isIn(WaitResult.TIMED_OUT, polls(false) ? WaitResult.WOKEN : WaitResult.TIMED_OUT);
            Waiter waiter = waiterWithoutLook(memory, 3 * page);
            wakeUntilDone(memory.asSlice(3 * page, 4), waiter);
            assertWoken(waiter);
        }
    }

    /// Shared words are known by their place in the file, also where nobody has touched that place.
    @Test
    void isWokenThroughAMappingThatNobodyHasTouched(@TempDir Path directory) throws Exception {
        Assumptions.assumeTrue(takesAnyNativeMemory() && futex().capabilities().contains(Capability.PROCESS_SHARED));
        long page = 64 * 1024;
        try (Arena arena = Arena.ofShared()) {
            MemorySegment one = sparse(directory.resolve("words"), 2 * page, arena);
            MemorySegment other = sparse(directory.resolve("words"), 2 * page, arena);
            Waiter waiter = waiterWithoutLook(one, page);
            Await.until("it is found", () -> futex().wakeOne(other, page) != 0);
            assertWoken(waiter);
        }
    }

    @Test
    void waitsOnReadOnlyMemory() throws Exception {
        Assumptions.assumeTrue(takesAnyNativeMemory());
        MemorySegment word = newWord(9);
        MemorySegment view = word.asReadOnly();
        assertThat(futex().wait(view, 8)).isEqualTo(WaitResult.CHANGED);
        assertThat(futex().wait(view, 9, 0, TimeUnit.SECONDS)).isEqualTo(WaitResult.TIMED_OUT);
        Waiter one = waiter(false, view);
        wakeUntilDone(word, one);
        assertWoken(one);
        Waiter two = waiter(false, word);
        wakeUntilDone(view, two);
        assertWoken(two);
    }

    @Test
    void waitsOnMemoryThatTheSystemProtectsFromWrites(@TempDir Path directory) throws Exception {
        Assumptions.assumeTrue(takesAnyNativeMemory());
        Path file = directory.resolve("words");
        Files.write(file, new byte[4096]);
        try (Arena arena = Arena.ofShared();
                FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            MemorySegment word = channel.map(FileChannel.MapMode.READ_ONLY, 0, 4096, arena);
            assertThat(futex().wait(word, 8)).isEqualTo(WaitResult.CHANGED);
            Waiter waiter = waiter(false, word);
            wakeUntilDone(word, waiter);
            assertWoken(waiter);
        }
    }

    @Test
    void usesNoProcessorTimeAsleep() {
        Assumptions.assumeFalse(polls(false));
        MemorySegment word = newWord(5);
        Waiter waiter = waiter(false, word);
        Await.until("asleep", () -> Asleep.soundly(waiter.thread(), word));
        long before = ThreadMeters.cpuNanos(waiter.thread());
        for (int i = 0; i < 20; i++) {
            java.util.concurrent.locks.LockSupport.parkNanos(5_000_000); // not to await anything: to let time pass
        }
        assertThat(ThreadMeters.cpuNanos(waiter.thread())).isEqualTo(before);
        wakeUntilDone(word, waiter);
        assertWoken(waiter);
    }

    private static MemorySegment sparse(Path file, long bytes, Arena arena) throws IOException {
        try (FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, bytes, arena);
        }
    }

    private Waiter waiterWithoutLook(MemorySegment base, long offset) {
        Waiter waiter = Waiter.platform(() -> futex().wait(base, offset, 0));
        return polls(false) ? waiter : waiter.awaitAsleep(base.asSlice(offset, 4));
    }
}
