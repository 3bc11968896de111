package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.FutexException;
import io.futex.ModelWord;
import io.futex.ModelWordScheduler;
import io.futex.contract.Scale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The real Semaphore under a model checker, and in interleavings drawn by lot. Who is forgotten shows as a hang.
class SemaphoreModelTest {
    private static final int INVOCATIONS = Scale.of(100, 20_000);
    private static final int RUNS = Scale.of(1_000, 300_000);

    // What a mistake must be found by is what the code itself gets.
    private static final int SECTION_RUNS = 60 * RUNS;
    private static final int ROW_RUNS = 5 * RUNS;
    private static final int FAILING_RUNS = 5 * RUNS;
    private static final int FLAGS = 8;

    /// Two want one permit, one of them gives up at any moment; one wants two; the permits come one by one.
    @Test
    void nobodyIsForgotten() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            Words words = new Words(null, new SemaphoreMistakes.NoMistake());
            Semaphore semaphore = words.semaphore();
            AtomicInteger taken = new AtomicInteger();
            Model.run(
                    () -> take(semaphore, 1, taken),
                    () -> takeTimed(semaphore, 1, taken),
                    () -> take(semaphore, 2, taken),
                    () -> {
                        semaphore.release(2);
                        words.permits.timeOutOne();
                        semaphore.release();
                        semaphore.release();
                    });
            words.check(4, taken);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nobodyIsForgottenByLot(boolean shared) {
        Model.draw(RUNS, scheduler -> {
            Words words = new Words(scheduler, new SemaphoreMistakes.NoMistake(shared));
            Semaphore semaphore = words.semaphore();
            AtomicInteger taken = new AtomicInteger();
            scheduler.run(
                    () -> take(semaphore, 1, taken),
                    () -> take(semaphore, 1, taken),
                    () -> take(semaphore, 2, taken),
                    () -> takeTimed(semaphore, 2, taken),
                    () -> takeTimed(semaphore, 1, taken),
                    () -> takeInterruptibly(semaphore, 1, taken),
                    () -> {
                        words.endTime();
                        semaphore.release(3);
                        words.permits.interruptOne();
                        semaphore.release();
                    },
                    () -> {
                        semaphore.release();
                        words.bulk.timeOutOne();
                        semaphore.release(2);
                        semaphore.release();
                    });
            words.check(8, taken);
        });
    }

    /// A release that wakes only when there were no permits before: the second of two in a row wakes nobody.
    @Test
    void findsReleaseThatWakesOnlyFromZero() {
        assertThatThrownBy(() -> Lincheck.runConcurrentTest(INVOCATIONS, () -> {
                    AtomicInteger before = new AtomicInteger();
                    ModelWord permits = new ModelWord(0) {
                        @Override
                        public int compareAndExchange(int expected, int value) {
                            int witness = super.compareAndExchange(expected, value);
                            if (witness == expected && value > expected) {
                                before.set(expected);
                            }
                            return witness;
                        }

                        @Override
                        public int wake(int count) {
                            return before.get() == 0 ? super.wake(count) : 0;
                        }
                    };
                    Semaphore semaphore = new Semaphore(
                            permits, new ModelWord(0), new ModelWord(0), new SemaphoreMistakes.NoMistake());
                    AtomicInteger taken = new AtomicInteger();
                    Model.run(
                            () -> take(semaphore, 1, taken),
                            () -> take(semaphore, 1, taken),
                            semaphore::release,
                            semaphore::release);
                }))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("hung");
    }

    /// A release that wakes one of those who want several: perhaps the one who wants more than there are.
    @Test
    void findsWakeThatReachesWhoCannotUseIt() {
        assertThatThrownBy(() -> Model.draw(RUNS, scheduler -> {
                    ModelWord bulk = new ModelWord(0, scheduler) {
                        @Override
                        public int wakeAll() {
                            return wakeOne();
                        }
                    };
                    Semaphore semaphore = new Semaphore(
                            new ModelWord(0, scheduler),
                            new ModelWord(0, scheduler),
                            bulk,
                            new SemaphoreMistakes.NoMistake());
                    AtomicInteger taken = new AtomicInteger();
                    scheduler.run(
                            () -> take(semaphore, 3, taken),
                            () -> take(semaphore, 2, taken),
                            () -> semaphore.release(2),
                            () -> semaphore.release(3));
                }))
                .isInstanceOf(ModelWordScheduler.Hang.class);
    }

    @Test
    void nobodyWhoWantsSeveralIsForgottenByLot() {
        Model.draw(RUNS, scheduler -> severalWantSeveral(scheduler, new ModelWord(0, scheduler)));
    }

    /// A release that clears the flag and wakes, but changes nothing on which somebody may be about to sleep.
    @Test
    void findsReleaseThatDoesNotCountUp() {
        assertHangs(
                RUNS,
                scheduler -> severalWantSeveral(scheduler, new ModelWord(0, scheduler) {
                    @Override
                    public int getAndAdd(int delta) {
                        return get();
                    }
                }));
    }

    private static void severalWantSeveral(ModelWordScheduler scheduler, ModelWord bulk) {
        Words words = new Words(new ModelWord(0, scheduler), bulk, scheduler, new SemaphoreMistakes.NoMistake());
        Semaphore semaphore = words.semaphore();
        AtomicInteger taken = new AtomicInteger();
        scheduler.run(
                () -> take(semaphore, 2, taken),
                () -> takeTimed(semaphore, 2, taken),
                () -> take(semaphore, 3, taken),
                () -> semaphore.release(2),
                () -> {
                    semaphore.release(3);
                    bulk.timeOutOne();
                    semaphore.release(2);
                });
        words.check(7, taken);
    }

    // ---- one wake for several releases

    /// One permit goes round among four, one of whom gives up at any moment.
    @Test
    void noSectionIsForgotten() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            Words words = new Words(new ModelWord(1), null, new SemaphoreMistakes.NoMistake());
            Semaphore semaphore = words.semaphore();
            Model.run(
                    () -> section(semaphore),
                    () -> section(semaphore),
                    () -> section(semaphore),
                    () -> sectionTimed(semaphore),
                    words::endTime);
            words.check(1, new AtomicInteger());
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noSectionIsForgottenByLot(boolean shared) {
        Model.draw(SECTION_RUNS, scheduler -> sections(scheduler, new SemaphoreMistakes.NoMistake(shared)));
    }

    @Test
    void noReleaseIsForgottenByLot() {
        Model.draw(ROW_RUNS, scheduler -> releasesInARow(scheduler, new SemaphoreMistakes.NoMistake(), 0));
    }

    @Test
    void noReleaseIsForgottenWhileOthersWantSeveralByLot() {
        Model.draw(ROW_RUNS, scheduler -> releasesInARow(scheduler, new SemaphoreMistakes.NoMistake(), FLAGS));
    }

    @Test
    void findsFlagThatIsTakenForANumber() {
        assertHangs(
                ROW_RUNS, scheduler -> releasesInARow(scheduler, new SemaphoreMistakes.FlagIsTakenForANumber(), FLAGS));
    }

    @Test
    void whoCannotGoOnLeavesThePermitToAnotherByLot() {
        Model.draw(FAILING_RUNS, scheduler -> oneCannotGoOn(scheduler, new SemaphoreMistakes.NoMistake()));
    }

    /// What it is all for; several permits at once wake at once, and in memory of other processes every release wakes.
    @Test
    void releaseWakesNobodyWhileOneIsOnItsWay() {
        AtomicInteger wakes = new AtomicInteger();
        ModelWord permits = new ModelWord(0) {
            @Override
            public int wake(int count) {
                return wakes.addAndGet(count);
            }
        };
        ModelWord waiters = new ModelWord(3);
        Semaphore local = new Semaphore(permits, waiters, new ModelWord(0), SemaphoreRules.LOCAL);
        local.release();
        local.release();
        local.release();
        assertThat(wakes).hasValue(1);
        local.release(4);
        assertThat(wakes).hasValue(5);
        permits.set(0);
        Semaphore shared = new Semaphore(permits, waiters, new ModelWord(0), SemaphoreRules.SHARED);
        shared.release();
        shared.release();
        assertThat(wakes).hasValue(7);
        assertThat(permits.peek()).isEqualTo(2);
    }

    @Test
    void findsSleeperThatKeepsTheFlag() {
        assertHangs(SECTION_RUNS, scheduler -> sections(scheduler, new SemaphoreMistakes.SleeperKeepsWoken()));
    }

    @Test
    void findsQuitterThatKeepsTheFlag() {
        assertHangs(SECTION_RUNS, scheduler -> sections(scheduler, new SemaphoreMistakes.QuitterKeepsWoken()));
    }

    @Test
    void findsTakerThatKeepsTheWakes() {
        assertHangs(ROW_RUNS, scheduler -> releasesInARow(scheduler, new SemaphoreMistakes.TakerKeepsWakes(), 0));
    }

    @Test
    void findsLeaverThatKeepsTheWake() {
        assertHangs(FAILING_RUNS, scheduler -> oneCannotGoOn(scheduler, new SemaphoreMistakes.LeaverKeepsWake()));
    }

    @Test
    void findsLeaverThatKeepsTheFlag() {
        assertHangs(FAILING_RUNS, scheduler -> oneCannotGoOn(scheduler, new SemaphoreMistakes.LeaverKeepsWoken()));
    }

    private static void assertHangs(int runs, Consumer<ModelWordScheduler> one) {
        assertThatThrownBy(() -> Model.draw(runs, one)).isInstanceOf(ModelWordScheduler.Hang.class);
    }

    private static void sections(ModelWordScheduler scheduler, SemaphoreMistakes.NoMistake rules) {
        Words words = new Words(new ModelWord(1, scheduler), scheduler, rules);
        Semaphore semaphore = words.semaphore();
        scheduler.run(
                () -> {
                    section(semaphore);
                    section(semaphore);
                },
                () -> section(semaphore),
                () -> section(semaphore),
                () -> sectionTimed(semaphore),
                words::endTime);
        words.check(1, new AtomicInteger());
    }

    /// @param flags how often somebody wants several, gives up at once, and leaves the flag
    private static void releasesInARow(ModelWordScheduler scheduler, SemaphoreMistakes.NoMistake rules, int flags) {
        Words words = new Words(scheduler, rules);
        Semaphore semaphore = words.semaphore();
        AtomicInteger taken = new AtomicInteger();
        scheduler.run(
                () -> take(semaphore, 1, taken),
                () -> take(semaphore, 1, taken),
                () -> take(semaphore, 1, taken),
                () -> takeTimed(semaphore, 1, taken),
                () -> {
                    semaphore.release();
                    semaphore.release();
                    words.endTime();
                },
                () -> {
                    semaphore.release();
                    semaphore.release();
                },
                () -> {
                    for (int i = 0; i < flags; i++) {
                        words.waiters.getAndBitwiseOr(SemaphoreRules.SEVERAL);
                    }
                });
        words.check(4, taken);
    }

    /// One of those who are woken has an error instead.
    private static void oneCannotGoOn(ModelWordScheduler scheduler, SemaphoreMistakes.NoMistake rules) {
        Words words = new Words(new FailingWord(0, scheduler), scheduler, rules);
        Semaphore semaphore = words.semaphore();
        AtomicInteger taken = new AtomicInteger();
        Runnable taker = () -> {
            try {
                take(semaphore, 1, taken);
            } catch (FutexException e) {
                // the permit is for another
            }
        };
        scheduler.run(taker, taker, taker, taker, () -> {
            for (int i = 0; i < 4; i++) {
                semaphore.release();
            }
        });
        words.check(4, taken);
    }

    private static void section(Semaphore semaphore) {
        semaphore.acquireUninterruptibly();
        semaphore.release();
    }

    private static void sectionTimed(Semaphore semaphore) {
        if (semaphore.tryAcquireUninterruptibly(1, TimeUnit.DAYS)) {
            semaphore.release();
        }
    }

    private static final class Words {
        final ModelWord permits;
        final ModelWord waiters;
        final ModelWord bulk;
        final SemaphoreMistakes.NoMistake rules;

        Words(ModelWordScheduler scheduler, SemaphoreMistakes.NoMistake rules) {
            this(new ModelWord(0, scheduler), scheduler, rules);
        }

        Words(ModelWord permits, ModelWordScheduler scheduler, SemaphoreMistakes.NoMistake rules) {
            this(permits, new ModelWord(0, scheduler), scheduler, rules);
        }

        Words(ModelWord permits, ModelWord bulk, ModelWordScheduler scheduler, SemaphoreMistakes.NoMistake rules) {
            this.permits = permits;
            waiters = new ModelWord(0, scheduler);
            this.bulk = bulk;
            this.rules = rules;
        }

        Semaphore semaphore() {
            return new Semaphore(permits, waiters, bulk, rules);
        }

        /// Also for those who have been woken.
        void endTime() {
            rules.over = true;
            permits.timeOutOne();
        }

        /// Each permit was taken once or is there, and nobody is counted any more.
        void check(int released, AtomicInteger taken) {
            int left = SemaphoreRules.count(permits.peek());
            Model.check(left == released - taken.get(), "permits: " + left + ", taken: " + taken);
            int counted =
                    waiters.peek() & ~SemaphoreRules.SEVERAL; // the flag of those who want several may stay behind
            Model.check(counted == 0, "waiters: " + counted);
        }
    }

    private static void take(Semaphore semaphore, int n, AtomicInteger taken) {
        semaphore.acquireUninterruptibly(n);
        taken.addAndGet(n);
    }

    private static void takeTimed(Semaphore semaphore, int n, AtomicInteger taken) {
        if (semaphore.tryAcquireUninterruptibly(n, 1, TimeUnit.DAYS)) {
            taken.addAndGet(n);
        }
    }

    private static void takeInterruptibly(Semaphore semaphore, int n, AtomicInteger taken) {
        try {
            semaphore.acquire(n);
            taken.addAndGet(n);
        } catch (InterruptedException e) {
            // it gave up
        }
    }
}
