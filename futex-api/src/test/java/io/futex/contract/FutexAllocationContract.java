package io.futex.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.WaitResult;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// No wait and no wake of a platform thread allocates on the heap.
public abstract class FutexAllocationContract extends FutexEntryStormContract {
    private static final int ATTEMPTS = 3;

    /// What reading the meter itself may cost; it is read twice.
    private static final int METER_BYTES = 1_000;

    /// For the subclass that a backend makes.
    protected FutexAllocationContract() {}

    @ParameterizedTest
    @EnumSource(WaitForm.class)
    void aWaitThatFindsAnotherValueAllocatesNothing(WaitForm form) {
        MemorySegment record = newMemory(128);
        MemorySegment word = record.asSlice(64, 4);
        assertAllocatesNothing(100_000, () -> raw(form, record, word, 1, 1_000_000));
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.MATCH_ANY,
            names = {".*TIMED.*", "UNTIL.*"})
    void aWaitThatTimesOutAllocatesNothing(WaitForm form) {
        MemorySegment record = newMemory(128);
        MemorySegment word = record.asSlice(64, 4);
        assertAllocatesNothing(100_000, () -> raw(form, record, word, 0, 0));
        assertAllocatesNothing(polls(false) || Scale.SMALL ? 300 : 3_000, () -> raw(form, record, word, 0, 5_000));
    }

    @ParameterizedTest
    @EnumSource(WakeForm.class)
    void aWakeOfNobodyAllocatesNothing(WakeForm form) {
        MemorySegment record = newMemory(128);
        MemorySegment word = record.asSlice(64, 4);
        assertAllocatesNothing(100_000, () -> {
            int unused = form.raw(futex(), form.takesOffset() ? record : word, 64);
        });
    }

    @ParameterizedTest
    @EnumSource(WaitForm.class)
    void aHandOverAllocatesNothing(WaitForm form) {
        Assumptions.assumeTrue(hasOwnQueue());
        int rounds = polls(false) ? 50 : 10_000;
        MemorySegment record = newMemory(128);
        MemorySegment word = record.asSlice(64, 4);
        WakeForm wake = form.takesOffset() ? WakeForm.ONE_OFFSET : WakeForm.COUNT_WORD;
        int[] turn = new int[1];
        Waiter partner = Waiter.platform(() -> {
            int own = 0;
            long allocated = Long.MAX_VALUE;
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                long before = ThreadMeters.allocatedBytes(Thread.currentThread());
                for (int i = 0; i < rounds; i++, own += 2) {
                    handOver(form, wake, record, word, own + 1);
                }
                allocated = Math.min(allocated, ThreadMeters.allocatedBytes(Thread.currentThread()) - before);
            }
            return allocated;
        });
        long allocated = Long.MAX_VALUE;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            long before = ThreadMeters.allocatedBytes(Thread.currentThread());
            for (int i = 0; i < rounds; i++, turn[0] += 2) {
                handOver(form, wake, record, word, turn[0]);
            }
            allocated = Math.min(allocated, ThreadMeters.allocatedBytes(Thread.currentThread()) - before);
        }
        assertThat((long) partner.result())
                .as("bytes in " + rounds + " hand-overs")
                .isLessThan(rounds + METER_BYTES);
        assertThat(allocated).as("bytes in " + rounds + " hand-overs").isLessThan(rounds + METER_BYTES);
    }

    /// Waits for the turn, and passes it on.
    private void handOver(WaitForm form, WakeForm wake, MemorySegment record, MemorySegment word, int turn) {
        for (int value = get(word); value != turn; value = get(word)) {
            raw(form, record, word, value, WaitForm.LONG);
        }
        set(word, turn + 1);
        int unused = wake.raw(futex(), wake.takesOffset() ? record : word, 64);
    }

    private void raw(WaitForm form, MemorySegment record, MemorySegment word, int expected, long nanos) {
        try {
            WaitResult unused =
                    form.raw(futex(), form.takesOffset() ? record : word, 64, expected, nanos, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError("the watchdog of the test has struck", e);
        }
    }

    /// The best of some attempts: the first ones may run while the JVM still links and compiles.
    private void assertAllocatesNothing(int times, Runnable action) {
        Assumptions.assumeTrue(hasOwnQueue());
        long allocated = Long.MAX_VALUE;
        for (int attempt = 0; attempt < ATTEMPTS && allocated >= times + METER_BYTES; attempt++) {
            Thread thread = Thread.currentThread();
            long before = ThreadMeters.allocatedBytes(thread);
            for (int i = 0; i < times; i++) {
                action.run();
            }
            allocated = ThreadMeters.allocatedBytes(thread) - before;
        }
        assertThat(allocated).as("bytes in " + times + " calls").isLessThan(times + METER_BYTES);
    }
}
