package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Scale;
import io.futex.memory.ModelScheduler;
import io.futex.memory.ModelWords;
import java.util.Arrays;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The real Barrier in a lottery of interleavings. Who is sent away by a reset comes again, so in the end all have
/// passed, once. One that is told that its generation ended in the wrong way leaves another one waiting for ever.
class BarrierScheduleTest {
    private static final int RUNS = Scale.of(2_000, 200_000);

    /// By when a mistake must have been found, with seeds that are the same each time.
    private static final int ENOUGH = 20_000;

    private static final int ENDED = 1 << 31;
    private static final int RESET = 3 << 30;
    private static final int GIVEN_UP = 3 << 28;

    @Test
    void resetSendsAwayWholeGenerations() {
        for (int seed = 0; seed < RUNS; seed++) {
            play(seed, Mistake.NONE, 4, 4, 2, 0);
        }
    }

    /// More threads than parties: who comes late finds a generation under way.
    @Test
    void anyThreadsMakeUpAGeneration() {
        for (int seed = 0; seed < RUNS; seed++) {
            play(seed, Mistake.NONE, 2, 4, 2, 0);
        }
    }

    /// Some are given up, though they are alive: they come again as if they had been sent away.
    @Test
    void whoIsGivenUpIsSentAway() {
        for (int seed = 0; seed < RUNS; seed++) {
            play(seed, Mistake.NONE, 3, 3, 2, 3);
        }
    }

    /// The time of one among four may end, and another may be interrupted: all pass, or none. Also with an action,
    /// which may fail.
    @ParameterizedTest
    @EnumSource
    void allOrNone(Action action) {
        for (int seed = 0; seed < RUNS; seed++) {
            ModelScheduler scheduler = new ModelScheduler(seed);
            ModelWords words = new ModelWords((int) Barrier.LAYOUT_BYTES, scheduler);
            int[] acted = new int[1];
            Barrier barrier = new Barrier(words, 0, 4, action.of(scheduler, acted), false);
            int[] ends = new int[5]; // indices, and failures
            Runnable timed = () -> {
                try {
                    ends[barrier.awaitUninterruptibly(1, TimeUnit.DAYS)]++;
                } catch (BrokenBarrierException | TimeoutException | Failure e) {
                    ends[4]++;
                }
            };
            Runnable patient = () -> {
                try {
                    ends[barrier.awaitUninterruptibly()]++;
                } catch (BrokenBarrierException | Failure e) {
                    ends[4]++;
                }
            };
            Runnable interruptible = () -> {
                try {
                    ends[barrier.await()]++;
                } catch (BrokenBarrierException | InterruptedException | Failure e) {
                    ends[4]++;
                }
            };
            scheduler.run(timed, interruptible, patient, patient, () -> {
                words.timeOutOne(Generations.STATE);
                words.interruptOne(Generations.STATE);
            });
            int[] passed = {1, 1, 1, 1, 0};
            int[] broken = {0, 0, 0, 0, 4};
            assertThat(ends).as("seed %d", seed).isIn(passed, broken);
            assertThat(ends[0]).as("seed %d", seed).isEqualTo(action == Action.GOOD ? acted[0] : ends[0]);
            if (action == Action.FAILING) {
                assertThat(ends).as("seed %d", seed).isEqualTo(broken);
            }
            int state = words.peek(Generations.STATE);
            assertThat(state).as("seed %d", seed).isEqualTo(ends[0] == 1 ? 4 : ENDED);
        }
    }

    /// A reset, by another thread or by one that is sent away, while the action runs.
    @Test
    void resetAndActionExcludeEachOther() {
        for (int seed = 0; seed < RUNS; seed++) {
            ModelScheduler scheduler = new ModelScheduler(seed);
            ModelWords words = new ModelWords((int) Barrier.LAYOUT_BYTES, scheduler);
            int[] acted = new int[1];
            Barrier barrier = new Barrier(words, 0, 2, Action.GOOD.of(scheduler, acted), false);
            int[] passed = new int[2];
            Runnable pass = () -> passed[passAtLast(barrier)]++;
            scheduler.run(pass, pass, pass, pass, barrier::reset, barrier::reset);
            assertThat(passed).as("seed %d", seed).containsExactly(2, 2);
            assertThat(acted).as("seed %d", seed).containsExactly(2);
        }
    }

    private enum Action {
        NONE,
        GOOD,
        FAILING;

        Runnable of(ModelScheduler scheduler, int[] acted) {
            if (this == NONE) {
                return null;
            }
            return () -> {
                int before = acted[0];
                scheduler.step();
                acted[0] = before + 1;
                if (this == FAILING) {
                    throw new Failure();
                }
            };
        }
    }

    private static final class Failure extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    // ---- The model finds what is known to be wrong; else it would prove nothing.

    private enum Mistake {
        NONE,
        /// A reset that does not wait for those who have to leave.
        LETS_IN_AT_ONCE,
        /// Who is given up believes that it has passed.
        FORGETS_WHO_IS_GIVEN_UP,
        /// The last one to leave wakes nobody.
        LEAVES_IN_SILENCE;

        /// What becomes of a state that is about to be written.
        int written(int value) {
            return switch (this) {
                case LETS_IN_AT_ONCE -> (value & RESET) == RESET ? value & 0x0FFF_FFFC : value;
                case FORGETS_WHO_IS_GIVEN_UP -> value & ~GIVEN_UP;
                default -> value;
            };
        }
    }

    @Test
    void findsResetThatDoesNotWait() {
        assertFound(Mistake.LETS_IN_AT_ONCE, 0);
    }

    @Test
    void findsWhoIsGivenUpAndNotTold() {
        assertFound(Mistake.FORGETS_WHO_IS_GIVEN_UP, 3);
    }

    @Test
    void findsLastOneThatLeavesInSilence() {
        assertFound(Mistake.LEAVES_IN_SILENCE, 0);
    }

    private static void assertFound(Mistake mistake, int givenUp) {
        assertThatThrownBy(() -> {
                    for (int seed = 0; seed < ENOUGH; seed++) {
                        play(seed, mistake, 3, 3, 2, givenUp);
                    }
                })
                .isInstanceOf(Error.class);
    }

    private static void play(int seed, Mistake mistake, int parties, int threads, int resets, int givenUp) {
        ModelScheduler scheduler = new ModelScheduler(seed);
        ModelWords words = new ModelWords((int) Barrier.LAYOUT_BYTES, scheduler) {
            private Thread last;

            @Override
            public int compareAndExchange(long at, int expected, int value) {
                int found = super.compareAndExchange(at, expected, mistake.written(value));
                boolean renews = (expected & RESET) == RESET && value >= 0;
                last = found == expected && renews ? Thread.currentThread() : null;
                return found;
            }

            @Override
            public int wake(long at, int count) {
                boolean silent = mistake == Mistake.LEAVES_IN_SILENCE
                        && Thread.currentThread().equals(last);
                return silent ? 0 : super.wake(at, count);
            }
        };
        Barrier barrier = new Barrier(words, 0, parties, null, false);
        int[] passed = new int[parties];
        Runnable[] tasks = new Runnable[threads + resets + 1];
        Arrays.fill(tasks, 0, threads, (Runnable) () -> passed[passAtLast(barrier)]++);
        Arrays.fill(tasks, threads, threads + resets, (Runnable) barrier::reset);
        tasks[threads + resets] = () -> {
            for (int i = 0; i < givenUp; i++) {
                words.timeOutOne(Generations.STATE);
            }
        };
        scheduler.run(tasks);
        for (int each : passed) {
            if (each != threads / parties) {
                throw new AssertionError("seed " + seed + ", passed: " + Arrays.toString(passed));
            }
        }
    }

    private static int passAtLast(Barrier barrier) {
        for (; ; ) {
            try {
                return barrier.awaitUninterruptibly();
            } catch (BrokenBarrierException e) {
                // Sent away.
            }
        }
    }
}
