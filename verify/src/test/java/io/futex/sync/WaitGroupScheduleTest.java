package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Scale;
import io.futex.memory.ModelScheduler;
import io.futex.memory.ModelWords;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The real WaitGroup in interleavings drawn by lot, which find mistakes that take many
/// switches of threads. A waiter that is forgotten shows as a hang, one that is released by the end of another round as
/// a failed check.
class WaitGroupScheduleTest {
    private static final int RUNS = Scale.of(3_000, 300_000);
    private static final int WAITERS = 1 << 31;
    private static final int BYTES = (int) WaitGroup.LAYOUT_BYTES;

    interface Threads {
        void run(Runnable... bodies);
    }

    @Test
    void roundsDoNotMixByLot() {
        Model.draw(RUNS, scheduler -> twoRounds(scheduler::run, scheduler));
    }

    /// One task of the first round ends while the next round begins, whose waiter must not be released by that.
    static void twoRounds(Threads threads, ModelScheduler scheduler) {
        // Somebody has waited for the first round and given up: its end must change the generation.
        WaitGroup group = new WaitGroup(words(1 | WAITERS, scheduler), 0);
        ModelWords begun = new ModelWords(4, scheduler);
        AtomicBoolean ended = new AtomicBoolean();
        threads.run(
                group::done,
                () -> {
                    group.add(1);
                    begun.set(0, 1);
                    begun.wake(0, 1);
                    group.awaitUninterruptibly();
                    Model.check(ended.get(), "released before the task of its own round was done");
                },
                () -> {
                    while (begun.get(0) == 0) {
                        sleep(begun);
                    }
                    ended.set(true);
                    group.done();
                });
    }

    @Test
    void nobodyIsForgottenByLot() {
        Model.draw(RUNS, scheduler -> oneRound(scheduler::run, words(2, scheduler)));
    }

    /// The last one wakes before the generation changes: who looks in between sleeps for ever.
    @Test
    void findsWakeThatComesTooEarly() {
        assertThatThrownBy(() -> Model.draw(RUNS, scheduler -> {
                    ModelWords words = new ModelWords(BYTES, scheduler) {
                        @Override
                        public boolean compareAndSetLong(long at, long expected, long value) {
                            super.wake(WaitGroup.GENERATION, Integer.MAX_VALUE);
                            return super.compareAndSetLong(at, expected, value);
                        }

                        @Override
                        public int wake(long at, int count) {
                            return 0;
                        }
                    };
                    oneRound(scheduler::run, words.with(0, 2));
                }))
                .isInstanceOf(ModelScheduler.Hang.class);
    }

    /// Between the first look of a waiter and its sleep the round ends and the next one begins, which never ends.
    @ParameterizedTest
    @ValueSource(ints = {0, Integer.MAX_VALUE, -1})
    void aRoundIsNotMissed(int generation) {
        roundEndsMeanwhile(generation, -1);
    }

    @Test
    void findsRoundThatEndsWithoutATrace() {
        assertThatThrownBy(() -> roundEndsMeanwhile(0, 0xFFFF_FFFFL)).isInstanceOf(ModelScheduler.Hang.class);
    }

    /// @param kept which bits of the state are not lost
    private static void roundEndsMeanwhile(int generation, long kept) {
        ModelScheduler scheduler = new ModelScheduler(0);
        WaitGroup[] group = new WaitGroup[1];
        ModelWords words = new ModelWords(BYTES, scheduler) {
            private boolean looked;

            @Override
            public long getLong(long at) {
                long s = super.getLong(at);
                if (!looked) {
                    looked = true;
                    group[0].done();
                    group[0].add(1);
                }
                return s;
            }

            @Override
            public boolean compareAndSetLong(long at, long expected, long value) {
                return super.compareAndSetLong(at, expected, value & kept);
            }
        };
        // Somebody has waited and given up.
        group[0] = new WaitGroup(words.with(0, 1 | WAITERS).with(WaitGroup.GENERATION, generation), 0);
        scheduler.run(group[0]::awaitUninterruptibly);
        Model.check(words.peek(WaitGroup.GENERATION) == generation + 1, "generation " + group[0]);
    }

    /// Two tasks, a waiter, and one that waits for a limited time, which ends at any moment.
    static WaitGroup oneRound(Threads threads, ModelWords words) {
        WaitGroup group = new WaitGroup(words, 0);
        AtomicInteger done = new AtomicInteger();
        threads.run(
                () -> {
                    done.incrementAndGet();
                    group.done();
                },
                () -> {
                    words.timeOutOne(WaitGroup.GENERATION);
                    done.incrementAndGet();
                    group.done();
                },
                () -> {
                    group.awaitUninterruptibly();
                    Model.check(done.get() == 2, "released too early");
                },
                () -> {
                    if (group.awaitUninterruptibly(1, TimeUnit.DAYS)) {
                        Model.check(done.get() == 2, "released too early");
                    }
                });
        return group;
    }

    static ModelWords words(int state, ModelScheduler scheduler) {
        return new ModelWords(BYTES, scheduler).with(0, state);
    }

    private static void sleep(ModelWords word) {
        try {
            word.await(0, 0, Long.MAX_VALUE, false);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
