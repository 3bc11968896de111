package io.futex.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.WaitResult;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// No wait and no wake of a platform thread allocates on the heap.
public abstract class FutexAllocationContract extends FutexEntryStormContract {
    private static final int ATTEMPTS = 3;

    /// Of shorter attempts.
    private static final int MOST_ATTEMPTS = 15;

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
    void aLookAtTheWordAllocatesNothing(WaitForm form) {
        MemorySegment record = newMemory(128);
        MemorySegment word = record.asSlice(64, 4);
        assertAllocatesNothing(100_000, () -> raw(form, record, word, 0, 0));
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.MATCH_ANY,
            names = {".*TIMED.*", "UNTIL.*"})
    void aWaitThatTimesOutAllocatesNothing(WaitForm form) {
        MemorySegment record = newMemory(128);
        MemorySegment word = record.asSlice(64, 4);
        int times = polls(false) || Scale.SMALL ? 300 : 3_000;
        assertAllocates(garbageBytes(), times, () -> raw(form, record, word, 0, 5_000));
    }

    @ParameterizedTest
    @EnumSource(WakeForm.class)
    void aWakeOfNobodyAllocatesNothing(WakeForm form) {
        MemorySegment record = newMemory(128);
        MemorySegment word = record.asSlice(64, 4);
        assertAllocates(garbageBytes(), 100_000, () -> {
            int unused = form.raw(futex(), form.takesOffset() ? record : word, 64);
        });
    }

    @ParameterizedTest
    @EnumSource(WaitForm.class)
    void aHandOverAllocatesNothing(WaitForm form) throws Exception {
        HandOvers handOvers = new HandOvers(form, polls(false) ? 50 : 2_000);
        Waiter partner = Waiter.platform(() -> handOvers.play(1));
        long allocated = handOvers.play(0);
        assertThat((long) partner.result())
                .as("bytes in " + handOvers.rounds + " hand-overs")
                .isLessThan(handOvers.limit);
        assertThat(allocated).as("bytes in " + handOvers.rounds + " hand-overs").isLessThan(handOvers.limit);
    }

    /// Two threads that pass a word to and fro, until in some attempt neither of them has allocated: the first ones run
    /// while the JVM still links and compiles.
    private final class HandOvers {
        final int rounds;
        final long limit;
        private final WaitForm form;
        private final WakeForm wake;
        private final MemorySegment record = newMemory(128);
        private final MemorySegment word = record.asSlice(64, 4);

        /// Between attempts both look at [#least] and come to the same decision: neither can change its own again
        /// before the other has come along.
        private final CyclicBarrier pause = new CyclicBarrier(2);

        private final AtomicLongArray least = new AtomicLongArray(new long[] {Long.MAX_VALUE, Long.MAX_VALUE});

        HandOvers(WaitForm form, int rounds) {
            this.form = form;
            this.wake = form.takesOffset() ? WakeForm.ONE_OFFSET : WakeForm.COUNT_WORD;
            this.rounds = rounds;
            // A wake that comes late makes another wait.
            this.limit = rounds * (1L + 3 * garbageBytes()) + METER_BYTES;
        }

        /// @return what the thread of this side has allocated in its best attempt
        long play(int side) throws Exception {
            int turn = side;
            for (int attempt = 0; attempt < MOST_ATTEMPTS && !isSettled(); attempt++) {
                long before = ThreadMeters.allocatedBytes(Thread.currentThread());
                for (int i = 0; i < rounds; i++, turn += 2) {
                    handOver(form, wake, record, word, turn);
                }
                long allocated = ThreadMeters.allocatedBytes(Thread.currentThread()) - before;
                least.set(side, Math.min(least.get(side), allocated));
                var unused = pause.await(Waiter.WATCHDOG_NANOS, TimeUnit.NANOSECONDS);
            }
            return least.get(side);
        }

        private boolean isSettled() {
            return Math.max(least.get(0), least.get(1)) < limit;
        }
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

    private static void assertAllocatesNothing(int times, Runnable action) {
        assertAllocates(0, times, action);
    }

    /// The best of some attempts: the first ones may run while the JVM still links and compiles.
    static void assertAllocates(int bytes, int times, Runnable action) {
        long limit = times * (1L + bytes) + METER_BYTES;
        long allocated = Long.MAX_VALUE;
        for (int attempt = 0; attempt < ATTEMPTS && allocated >= limit; attempt++) {
            Thread thread = Thread.currentThread();
            long before = ThreadMeters.allocatedBytes(thread);
            for (int i = 0; i < times; i++) {
                action.run();
            }
            allocated = ThreadMeters.allocatedBytes(thread) - before;
        }
        assertThat(allocated).as("bytes in " + times + " calls").isLessThan(limit);
    }
}
