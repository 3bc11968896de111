package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.FutexException;
import io.futex.WaitResult;
import io.futex.contract.Scale;
import io.futex.memory.ModelScheduler;
import io.futex.memory.ModelWords;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The real PCondition in a lottery of interleavings, which reaches those that take many switches of threads.
@SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
class PConditionScheduleTest {
    private static final int RUNS = Scale.of(3_000, 300_000);

    /// By when a mistake must have been found, with seeds that are the same each time: it takes some 1 000.
    private static final int ENOUGH = 50_000;

    private static final int BYTES = (int) PCondition.LAYOUT_BYTES;

    private enum Ending {
        TIMEOUT,
        INTERRUPT
    }

    @ParameterizedTest
    @EnumSource
    void noSignalIsLost(Ending ending) {
        for (int seed = 0; seed < RUNS; seed++) {
            ModelScheduler scheduler = new ModelScheduler(seed);
            play(scheduler, new ModelWords(BYTES, scheduler), ending);
        }
    }

    /// A signal between letting go of the lock and the sleep would go unnoticed.
    @Test
    void findsSleepThatDoesNotCompare() {
        assertThatThrownBy(() -> {
                    for (int seed = 0; seed < ENOUGH; seed++) {
                        ModelScheduler scheduler = new ModelScheduler(seed);
                        ModelWords words = new ModelWords(BYTES, scheduler) {
                            @Override
                            public WaitResult await(long at, int expected, long deadline, boolean interruptible)
                                    throws InterruptedException {
                                return super.await(at, get(at), deadline, interruptible);
                            }
                        };
                        play(scheduler, words, Ending.TIMEOUT);
                    }
                })
                .isInstanceOf(ModelScheduler.Hang.class);
    }

    /// A patient thread, two whose waits may end otherwise, and one signal. Whoever of the two was signalled passes the
    /// signal on; whoever was not does not. In the end the patient one has it.
    private static void play(ModelScheduler scheduler, ModelWords words, Ending ending) {
        ModelWords lock = new ModelWords(Integer.BYTES, scheduler);
        PMutex mutex = new PMutex(lock, 0, new PMutexMistakes.NoMistake(), true);
        PCondition condition = new PCondition(words, 0, mutex, true);
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
                            words.timeOutOne(Signals.SEQUENCE);
                        } else {
                            words.interruptOne(Signals.SEQUENCE);
                        }
                    }
                });
        leavesNothingBehind(words, lock);
    }

    // ---- The unlock wakes after it has let go of the lock, when who comes late may be asleep as well.

    @Test
    void whoComesLateTakesNoWake() {
        for (int seed = 0; seed < RUNS; seed++) {
            new Late(seed, false, true).play(false);
            new Late(seed, true, true).play(false);
            new Late(seed, false, true).play(true);
        }
    }

    @Test
    void findsLateComerThatDoesNotHelp() {
        findsNoHelp(false);
    }

    /// With a second signal, by which those end their wait who have come after the first.
    @Test
    void findsLateComerThatDoesNotHelpBetweenTwoSignals() {
        findsNoHelp(true);
    }

    private static void findsNoHelp(boolean twice) {
        assertThatThrownBy(() -> {
                    for (int seed = 0; seed < ENOUGH; seed++) {
                        new Late(seed, false, false).play(twice);
                    }
                })
                .isInstanceOf(ModelScheduler.Hang.class);
    }

    /// One signal for one that waits. Whoever finds that it was given waits for the end, which the first one brings
    /// about: nobody else may keep its wake.
    private static final class Late {
        private static final int LATE = 3;

        final ModelScheduler scheduler;
        final ModelWords lock;
        final ModelWords words;
        final PMutex mutex;
        final PCondition condition;
        final Set<Thread> coming = new HashSet<>();
        boolean ready;
        boolean again;
        boolean over;
        int came;
        int late;

        /// @param fails whether the first one that is woken cannot use it
        /// @param helps whether those who come late help, as they must
        Late(int seed, boolean fails, boolean helps) {
            scheduler = ModelScheduler.inAnyOrder(seed);
            words = fails ? new FailingOnce(scheduler) : new SlowWords(helps);
            lock = new ModelWords(Integer.BYTES, scheduler);
            mutex = new PMutex(lock, 0, new PMutexMistakes.NoMistake(), true);
            condition = new PCondition(words, 0, mutex, true);
        }

        void play(boolean twice) {
            scheduler.run(
                    () -> {
                        mutex.lock();
                        waitFor(() -> ready, condition::awaitUninterruptibly);
                        over = true;
                        condition.signalAll();
                        mutex.unlock();
                    },
                    () -> {
                        mutex.lock();
                        ready = true;
                        condition.signal();
                        mutex.unlock();
                    },
                    () -> {
                        if (twice) {
                            scheduler.block(this::mayGoOn);
                            mutex.lock();
                            again = true;
                            condition.signal();
                            mutex.unlock();
                        }
                    },
                    () -> comeLate(condition::awaitUninterruptibly),
                    () -> comeLate(condition::awaitUninterruptibly),
                    () -> comeLate(this::awaitTimed),
                    () -> words.timeOutOne(Signals.SEQUENCE));
            leavesNothingBehind(words, lock);
        }

        @SuppressWarnings("WaitNotInLoop") // waitFor is the loop
        private void awaitTimed() {
            boolean unused = condition.awaitUninterruptibly(1, TimeUnit.DAYS);
        }

        private void comeLate(Runnable await) {
            mutex.lock();
            came++;
            if (ready) {
                late++;
                coming.add(Thread.currentThread());
                waitFor(() -> over || again, await);
            }
            mutex.unlock();
        }

        /// Two have come late, or no more will.
        private boolean mayGoOn() {
            return late >= 2 || came == LATE || over;
        }

        private static void waitFor(BooleanSupplier state, Runnable await) {
            try {
                while (!state.getAsBoolean()) {
                    await.run();
                }
            } catch (FutexException e) {
                // On purpose. The lock is held again, and what had been for this thread is for others.
            }
        }

        /// The wake that the first signal has left to its unlock comes late.
        private final class SlowWords extends ModelWords {
            private final boolean helps;
            private boolean wasSlow;

            SlowWords(boolean helps) {
                super(BYTES, scheduler);
                this.helps = helps;
            }

            @Override
            public int wake(long at, int count) {
                if (!mutex.isHeldByCurrentThread()) {
                    if (!wasSlow) {
                        wasSlow = true;
                        scheduler.block(Late.this::mayGoOn);
                    }
                } else if (!helps && coming.contains(Thread.currentThread())) {
                    return 0;
                }
                return super.wake(at, count);
            }
        }
    }

    /// The system fails the first sleep that a wake has ended.
    private static final class FailingOnce extends ModelWords {
        private boolean hasFailed;

        FailingOnce(ModelScheduler scheduler) {
            super(BYTES, scheduler);
        }

        @Override
        public WaitResult await(long at, int expected, long deadline, boolean interruptible)
                throws InterruptedException {
            WaitResult result = super.await(at, expected, deadline, interruptible);
            if (result == WaitResult.WOKEN && !hasFailed) {
                hasFailed = true;
                throw new FutexException("on purpose");
            }
            return result;
        }
    }

    private static void leavesNothingBehind(ModelWords words, ModelWords lock) {
        int waiting = words.peek(4);
        int signalled = words.peek(8);
        if (waiting != 0 || signalled != 0 || lock.peek(0) != 0) {
            throw new AssertionError("left behind: " + waiting + ", " + signalled + ", " + lock.peek(0));
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
