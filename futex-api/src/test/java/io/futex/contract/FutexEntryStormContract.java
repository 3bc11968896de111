package io.futex.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.Futex;
import io.futex.WaitResult;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A change and its wake, just while the waiter is on its way to sleep.
///
/// Whoever looks at the word and only then queues leaves a gap of some nanoseconds, in which both can slip through. So
/// each round both threads start together, on two processors, and meet there or nearby.
public abstract class FutexEntryStormContract extends FutexInterruptStormContract {
    /// For the subclass that a backend makes.
    protected FutexEntryStormContract() {}

    @ParameterizedTest
    @CsvSource({"false, 10000", "true, 10000"})
    void noWakeIsLostOnTheWayToSleep(boolean virtual, int normal) {
        Entry entry = new Entry(futex(), newWord(0), polls(virtual) ? 1_000 : Scale.of(normal, 5_000_000));
        Waiter waiter = Waiter.start(virtual, entry::waitInEachRound);
        entry.wakeInEachRound();
        waiter.result();
    }

    private static final class Entry {
        private final Futex futex;
        private final MemorySegment word;
        private final int rounds;
        private volatile int started;
        private volatile int ended;

        Entry(Futex futex, MemorySegment word, int rounds) {
            this.futex = futex;
            this.word = word;
            this.rounds = rounds;
        }

        Object waitInEachRound() throws InterruptedException {
            for (int round = 1; round <= rounds; round++) {
                int current = round;
                await("round", () -> started == current);
                WaitResult unused = futex.wait(word, 2 * round);
                ended = round;
            }
            return null;
        }

        void wakeInEachRound() {
            Random random = new Random(4);
            for (int round = 1; round <= rounds; round++) {
                int current = round;
                set(word, 2 * round);
                int nanos = random.nextInt(1_500);
                started = round;
                long start = System.nanoTime();
                while (System.nanoTime() - start < nanos) {
                    // no onSpinWait: some processors take longer for that than the gap is wide
                }
                set(word, 2 * round + 1);
                assertThat(futex.wakeOne(word)).isLessThanOrEqualTo(1);
                await("the wait of round " + round + " ends", () -> ended == current);
            }
        }

        private static void await(String what, BooleanSupplier condition) {
            for (int i = 0; i < 2_000; i++) {
                if (condition.getAsBoolean()) {
                    return;
                }
                Thread.onSpinWait();
            }
            long start = System.nanoTime();
            while (!condition.getAsBoolean()) {
                LockSupport.parkNanos(1_000);
                if (System.nanoTime() - start > Waiter.WATCHDOG_NANOS) {
                    throw new AssertionError("never came true: " + what);
                }
            }
        }
    }
}
