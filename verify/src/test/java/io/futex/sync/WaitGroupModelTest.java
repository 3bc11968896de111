package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.ModelWord;
import io.futex.ModelWordScheduler;
import io.futex.contract.Scale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Test;

/// The real WaitGroup under a model checker, and in interleavings drawn by lot, which find mistakes that take many
/// switches of threads. A waiter that is forgotten shows as a hang, one that is released by the end of another round as
/// a failed check.
class WaitGroupModelTest {
    private static final int INVOCATIONS = Scale.of(200, 20_000);
    private static final int RUNS = Scale.of(3_000, 300_000);
    private static final int WAITERS = 1 << 31;

    private interface Threads {
        void run(Runnable... bodies);
    }

    @Test
    void roundsDoNotMix() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> twoRounds(Model::run, null));
    }

    @Test
    void roundsDoNotMixByLot() {
        Model.draw(RUNS, scheduler -> twoRounds(scheduler::run, scheduler));
    }

    /// One task of the first round ends while the next round begins, whose waiter must not be released by that.
    private static void twoRounds(Threads threads, ModelWordScheduler scheduler) {
        // Somebody has waited for the first round and given up: its end must change the generation.
        WaitGroup group = new WaitGroup(new ModelWord(1 | WAITERS, scheduler), new ModelWord(0, scheduler));
        ModelWord begun = new ModelWord(0, scheduler);
        AtomicBoolean ended = new AtomicBoolean();
        threads.run(
                group::done,
                () -> {
                    group.add(1);
                    begun.set(1);
                    begun.wakeAll();
                    group.awaitUninterruptibly();
                    Model.check(ended.get(), "released before the task of its own round was done");
                },
                () -> {
                    while (begun.get() == 0) {
                        begun.awaitUninterruptibly(0);
                    }
                    ended.set(true);
                    group.done();
                });
    }

    @Test
    void nobodyIsForgotten() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            WaitGroup group = oneRound(Model::run, null, new ModelWord(0));
            Model.check(group.count() == 0, "the count is " + group);
        });
    }

    @Test
    void nobodyIsForgottenByLot() {
        Model.draw(RUNS, scheduler -> oneRound(scheduler::run, scheduler, new ModelWord(0, scheduler)));
    }

    /// The last one wakes before the generation changes: who looks in between sleeps for ever.
    @Test
    void findsWakeThatComesTooEarly() {
        assertThatThrownBy(() -> Model.draw(RUNS, scheduler -> {
                    ModelWord generation = new ModelWord(0, scheduler) {
                        @Override
                        public boolean compareAndSet(int expected, int value) {
                            super.wakeAll();
                            return super.compareAndSet(expected, value);
                        }

                        @Override
                        public int wakeAll() {
                            return 0;
                        }
                    };
                    oneRound(scheduler::run, scheduler, generation);
                }))
                .isInstanceOf(ModelWordScheduler.Hang.class);
    }

    /// Two tasks, a waiter, and one that waits for a limited time, which ends at any moment.
    private static WaitGroup oneRound(Threads threads, ModelWordScheduler scheduler, ModelWord generation) {
        WaitGroup group = new WaitGroup(new ModelWord(2, scheduler), generation);
        AtomicInteger done = new AtomicInteger();
        threads.run(
                () -> {
                    done.incrementAndGet();
                    group.done();
                },
                () -> {
                    generation.timeOutOne();
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

    /// Rounds follow each other while a waiter of the first is slow; everybody comes out, and the words agree.
    @Test
    void aSlowWaiterComesOut() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            WaitGroup group = new WaitGroup(new ModelWord(1), new ModelWord(0));
            Runnable round = () -> {
                group.add(1);
                group.done();
            };
            Model.run(group::awaitUninterruptibly, group::awaitUninterruptibly, group::done, round);
            Model.check(group.count() == 0, "the count is " + group);
            group.add(1); // the words agree, or the next round would never end
            Model.run(group::awaitUninterruptibly, group::done);
        });
    }

    /// The last task of a round has read the generation when that was another round's. It must not end its own under
    /// that name: whoever waits for it would sleep on if the next round began at once.
    @Test
    void anOldGenerationIsReadAgain() {
        AtomicBoolean reading = new AtomicBoolean(true);
        ModelWord state = new ModelWord(1 | WAITERS);
        WaitGroup[] group = new WaitGroup[1];
        ModelWord generation = new ModelWord(0) {
            @Override
            public int get() {
                int read = super.get();
                if (reading.getAndSet(false)) {
                    group[0].done();
                    group[0].add(1);
                    state.getAndBitwiseOr(WAITERS); // as somebody does who waits for the second round
                }
                return read;
            }
        };
        group[0] = new WaitGroup(state, generation);
        group[0].done();
        assertThat(generation.peek()).as("rounds that ended").isEqualTo(2);
        assertThat(group[0].count()).isZero();
    }
}
