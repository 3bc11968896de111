package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.ModelWord;
import io.futex.ModelWordScheduler;
import io.futex.contract.Scale;
import java.util.Arrays;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

/// The real Barrier in a lottery of interleavings. Who is sent away by a reset comes again, so in the end all have
/// passed, once. One that is told that its generation ended in the wrong way leaves another one waiting for ever.
class BarrierScheduleTest {
    private static final int RUNS = Scale.of(2_000, 200_000);

    @Test
    void resetSendsAwayWholeGenerations() {
        for (int seed = 0; seed < RUNS; seed++) {
            ModelWordScheduler scheduler = new ModelWordScheduler(seed);
            play(scheduler, new ModelWord(0, scheduler), 3, 1);
        }
    }

    /// Each may find the other half done.
    @Test
    void resetsHelpEachOther() {
        for (int seed = 0; seed < RUNS; seed++) {
            ModelWordScheduler scheduler = new ModelWordScheduler(seed);
            play(scheduler, new ModelWord(0, scheduler), 2, 3);
        }
    }

    /// The time of one among three may end, and another may be interrupted: all pass, or none.
    @Test
    void allOrNone() {
        for (int seed = 0; seed < RUNS; seed++) {
            ModelWordScheduler scheduler = new ModelWordScheduler(seed);
            ModelWord state = new ModelWord(0, scheduler);
            Barrier barrier = new Barrier(state, new ModelWord(0, scheduler), new ModelWord(0, scheduler), 3, false);
            int[] ends = new int[4]; // indices, and failures
            Runnable timed = () -> {
                try {
                    ends[barrier.awaitUninterruptibly(1, TimeUnit.DAYS)]++;
                } catch (BrokenBarrierException | TimeoutException e) {
                    ends[3]++;
                }
            };
            Runnable patient = () -> {
                try {
                    ends[barrier.awaitUninterruptibly()]++;
                } catch (BrokenBarrierException e) {
                    ends[3]++;
                }
            };
            Runnable interruptible = () -> {
                try {
                    ends[barrier.await()]++;
                } catch (BrokenBarrierException | InterruptedException e) {
                    ends[3]++;
                }
            };
            scheduler.run(timed, interruptible, patient, () -> {
                state.timeOutOne();
                state.interruptOne();
            });
            assertThat(ends).as("seed %d", seed).isIn(new int[] {1, 1, 1, 0}, new int[] {0, 0, 0, 3});
        }
    }

    /// Who was sent away, and looks late, believes that it has passed.
    @Test
    void findsResetThatIsNotLogged() {
        assertThatThrownBy(() -> {
                    for (int seed = 0; seed < RUNS; seed++) {
                        ModelWordScheduler scheduler = new ModelWordScheduler(seed);
                        ModelWord run = new ModelWord(0, scheduler) {
                            @Override
                            public boolean compareAndSet(int expected, int newValue) {
                                return true;
                            }
                        };
                        play(scheduler, run, 3, 1);
                    }
                })
                .isInstanceOf(Error.class);
    }

    private static void play(ModelWordScheduler scheduler, ModelWord run, int parties, int resets) {
        Barrier barrier = new Barrier(new ModelWord(0, scheduler), run, new ModelWord(0, scheduler), parties, false);
        int[] passed = new int[parties];
        Runnable[] tasks = new Runnable[parties + resets];
        for (int i = 0; i < tasks.length; i++) {
            tasks[i] = i < parties ? () -> passed[passAtLast(barrier)]++ : barrier::reset;
        }
        scheduler.run(tasks);
        for (int each : passed) {
            if (each != 1) {
                throw new AssertionError("passed: " + Arrays.toString(passed));
            }
        }
    }

    private static int passAtLast(Barrier barrier) {
        for (; ; ) {
            try {
                return barrier.awaitUninterruptibly();
            } catch (BrokenBarrierException e) {
                // Sent away. While the reset is under way this goes round, and lets others come first.
            }
        }
    }
}
