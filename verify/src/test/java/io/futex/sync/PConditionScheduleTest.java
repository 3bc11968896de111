package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.ModelWord;
import io.futex.ModelWordScheduler;
import io.futex.WaitResult;
import io.futex.contract.Scale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The real PCondition in a lottery of interleavings, which reaches those that take many switches of threads.
@SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
class PConditionScheduleTest {
    private static final int RUNS = Scale.of(3_000, 300_000);

    private enum Ending {
        TIMEOUT,
        INTERRUPT
    }

    @ParameterizedTest
    @EnumSource
    void noSignalIsLost(Ending ending) {
        for (int seed = 0; seed < RUNS; seed++) {
            ModelWordScheduler scheduler = new ModelWordScheduler(seed);
            play(scheduler, new ModelWord(0, scheduler), ending);
        }
    }

    /// A signal between letting go of the lock and the sleep would go unnoticed.
    @Test
    void findsSleepThatDoesNotCompare() {
        assertThatThrownBy(() -> {
                    for (int seed = 0; seed < RUNS; seed++) {
                        ModelWordScheduler scheduler = new ModelWordScheduler(seed);
                        ModelWord sequence = new ModelWord(0, scheduler) {
                            @Override
                            public WaitResult awaitUntilUninterruptibly(int expected, long deadlineNanos) {
                                return super.awaitUntilUninterruptibly(get(), deadlineNanos);
                            }
                        };
                        play(scheduler, sequence, Ending.TIMEOUT);
                    }
                })
                .isInstanceOf(ModelWordScheduler.Hang.class);
    }

    /// A patient thread, two whose waits may end otherwise, and one signal. Whoever of the two was signalled passes the
    /// signal on; whoever was not does not. In the end the patient one has it.
    private static void play(ModelWordScheduler scheduler, ModelWord sequence, Ending ending) {
        ModelWord lock = new ModelWord(0, scheduler);
        ModelWord counts = new ModelWord(0, scheduler);
        PMutex mutex = new PMutex(lock, new PMutexMistakes.NoMistake());
        PCondition condition = new PCondition(sequence, counts, mutex);
        boolean[] ready = new boolean[1];
        Runnable fickle = () -> {
            mutex.lock();
            if (!ready[0] && isSignalled(condition)) {
                condition.signal();
            }
            mutex.unlock();
        };
        scheduler.run(
                () -> {
                    mutex.lock();
                    while (!ready[0]) {
                        condition.awaitUninterruptibly();
                    }
                    condition.signalAll(); // the others may wait without a reason now
                    mutex.unlock();
                },
                fickle,
                fickle,
                () -> {
                    mutex.lock();
                    ready[0] = true;
                    condition.signal();
                    mutex.unlock();
                },
                () -> {
                    for (int i = 0; i < 3; i++) {
                        if (ending == Ending.TIMEOUT) {
                            sequence.timeOutOne();
                        } else {
                            sequence.interruptOne();
                        }
                    }
                });
        if (counts.peek() != 0 || lock.peek() != 0) {
            throw new AssertionError("left behind: " + Integer.toHexString(counts.peek()) + ", " + lock.peek());
        }
    }

    @SuppressWarnings("WaitNotInLoop") // what becomes of a single wait is the question
    private static boolean isSignalled(PCondition condition) {
        try {
            return condition.await(1, TimeUnit.DAYS);
        } catch (InterruptedException e) {
            return false;
        }
    }
}
