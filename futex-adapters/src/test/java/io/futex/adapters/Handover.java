package io.futex.adapters;

import io.futex.contract.Seed;
import io.futex.contract.Waiter;
import java.util.SplittableRandom;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/// Publishes numbers one at a time, each some moment after the one before was taken: before the poll, between poll and
/// idle call, before the sleep, or into it.
public final class Handover {
    private Handover() {}

    /// @param count how many numbers, from 1 on
    /// @param publish publishes one, and rings
    /// @param taken how many the consumer has taken
    public static void publish(long count, LongConsumer publish, LongSupplier taken) {
        Pause pause = new Pause();
        for (long i = 1; i <= count; i++) {
            publish.accept(i);
            awaitTaken(i, taken);
            pause.draw();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // a hint; nothing relies on it
    private static void awaitTaken(long number, LongSupplier taken) {
        long deadline = System.nanoTime() + Waiter.WATCHDOG_NANOS;
        for (int looks = 0; taken.getAsLong() < number; looks++) {
            if (looks > 1_000) {
                Thread.yield();
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("slept over number " + number);
                }
            }
        }
    }

    /// Of either side, so that each step of one comes before and after each of the other.
    public static final class Pause {
        /// About the time that a consumer takes from one poll to its sleep.
        private static final int MOST_NANOS = 2_000;

        private final SplittableRandom random = new SplittableRandom(Seed.VALUE);

        /// Passes up to two microseconds by looking at the clock, and every other time none.
        public void draw() {
            int nanos = random.nextInt(-MOST_NANOS, MOST_NANOS);
            if (nanos > 0) {
                long begin = System.nanoTime();
                while (System.nanoTime() - begin < nanos) {
                    Thread.onSpinWait();
                }
            }
        }
    }
}
