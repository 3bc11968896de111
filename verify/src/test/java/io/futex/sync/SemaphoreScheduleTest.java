package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.FutexException;
import io.futex.contract.Scale;
import io.futex.memory.ModelScheduler;
import io.futex.memory.ModelWords;
import io.futex.sync.PermitMistakes.NoMistake;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The real Semaphore in interleavings drawn by lot. Who is forgotten shows as a hang.
class SemaphoreScheduleTest {
    private static final int RUNS = Scale.of(1_000, 300_000);

    // What a mistake must be found by is what the code itself gets.
    private static final int SECTION_RUNS = 60 * RUNS;
    private static final int ROW_RUNS = 5 * RUNS;
    private static final int FAILING_RUNS = 5 * RUNS;

    static final int BYTES = 16;
    static final int LOW = PermitRules.LOW;
    static final int BULK = 8;
    static final int LEAST = 12;

    static NoMistake noMistake() {
        return new NoMistake(false, false);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nobodyIsForgottenByLot(boolean shared) {
        Model.draw(RUNS, scheduler -> {
            Game game = new Game(new ModelWords(BYTES, scheduler), new NoMistake(shared, false));
            scheduler.run(
                    () -> game.take(1),
                    () -> game.take(1),
                    () -> game.take(2),
                    () -> game.takeTimed(2),
                    () -> game.takeTimed(1),
                    () -> game.takeInterruptibly(1),
                    () -> {
                        game.endTime();
                        game.semaphore.release(3);
                        game.words.interruptOne(LOW);
                        game.semaphore.release();
                    },
                    () -> {
                        game.semaphore.release();
                        game.words.timeOutOne(BULK);
                        game.semaphore.release(2);
                        game.semaphore.release();
                    });
            game.check(8);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noSectionIsForgottenByLot(boolean shared) {
        Model.draw(SECTION_RUNS, scheduler -> sections(scheduler, new NoMistake(shared, false)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noReleaseIsForgottenByLot(boolean shared) {
        Model.draw(ROW_RUNS, scheduler -> releasesInARow(scheduler, new NoMistake(shared, false)));
    }

    @Test
    void whoCannotGoOnLeavesThePermitToAnotherByLot() {
        Model.draw(FAILING_RUNS, scheduler -> oneCannotGoOn(scheduler, noMistake()));
    }

    /// What it is all for; several permits at once wake at once, and in memory of other processes every release wakes.
    @Test
    void releaseWakesNobodyWhileOneIsOnItsWay() {
        AtomicInteger wakes = new AtomicInteger();
        ModelWords words = new ModelWords(BYTES) {
            @Override
            public void wakeEntrants(long at, int count) {
                wakes.addAndGet(count);
            }
        };
        words.with(LOW ^ 4, 3); // who sleep
        Semaphore local = new Semaphore(words, 0, PermitRules.LOCAL);
        local.release();
        local.release();
        local.release();
        assertThat(wakes).hasValue(1);
        local.release(4);
        assertThat(wakes).hasValue(4);
        words.with(LOW, 0);
        Semaphore shared = new Semaphore(words, 0, PermitRules.SHARED);
        shared.release();
        shared.release();
        assertThat(wakes).hasValue(6);
        assertThat(words.peek(LOW)).isEqualTo(2);
    }

    @Test
    void findsSleeperThatKeepsTheFlag() {
        assertHangs(SECTION_RUNS, scheduler -> sections(scheduler, new PermitMistakes.SleeperKeepsWoken(false)));
    }

    @Test
    void findsTakerThatKeepsTheWakes() {
        assertHangs(ROW_RUNS, scheduler -> releasesInARow(scheduler, new PermitMistakes.TakerKeepsWakes(false)));
    }

    @Test
    void findsLeaverThatKeepsTheWake() {
        assertHangs(FAILING_RUNS, scheduler -> oneCannotGoOn(scheduler, new PermitMistakes.LeaverKeepsWake(false)));
    }

    @Test
    void findsLeaverThatKeepsTheFlag() {
        assertHangs(FAILING_RUNS, scheduler -> oneCannotGoOn(scheduler, new PermitMistakes.LeaverKeepsWoken(false)));
    }

    private static void assertHangs(int runs, Consumer<ModelScheduler> one) {
        assertThatThrownBy(() -> Model.draw(runs, one)).isInstanceOf(ModelScheduler.Hang.class);
    }

    private static void sections(ModelScheduler scheduler, NoMistake rules) {
        Game game = new Game(new ModelWords(BYTES, scheduler).with(LOW, 1), rules);
        scheduler.run(
                () -> {
                    game.section();
                    game.section();
                },
                game::section,
                game::section,
                game::sectionTimed,
                game::endTime);
        game.check(1);
    }

    private static void releasesInARow(ModelScheduler scheduler, NoMistake rules) {
        Game game = new Game(new ModelWords(BYTES, scheduler), rules);
        scheduler.run(
                () -> game.take(1),
                () -> game.take(1),
                () -> game.take(1),
                () -> game.takeTimed(1),
                () -> {
                    game.semaphore.release();
                    game.semaphore.release();
                    game.endTime();
                },
                () -> {
                    game.semaphore.release();
                    game.semaphore.release();
                });
        game.check(4);
    }

    /// One of those who are woken has an error instead.
    private static void oneCannotGoOn(ModelScheduler scheduler, NoMistake rules) {
        Game game = new Game(new FailingWords(BYTES, scheduler), rules);
        Runnable taker = () -> {
            try {
                game.take(1);
            } catch (FutexException e) {
                // the permit is for another
            }
        };
        scheduler.run(taker, taker, taker, taker, () -> {
            for (int i = 0; i < 4; i++) {
                game.semaphore.release();
            }
        });
        game.check(4);
    }

    /// A semaphore, and what its threads have taken.
    static final class Game {
        final ModelWords words;
        final NoMistake rules;
        final Semaphore semaphore;
        final AtomicInteger taken = new AtomicInteger();

        Game(ModelWords words, NoMistake rules) {
            this.words = words;
            this.rules = rules;
            semaphore = new Semaphore(words, 0, rules);
        }

        void take(int n) {
            semaphore.acquireUninterruptibly(n);
            taken.addAndGet(n);
        }

        void takeTimed(int n) {
            if (semaphore.tryAcquireUninterruptibly(n, 1, TimeUnit.DAYS)) {
                taken.addAndGet(n);
            }
        }

        void takeInterruptibly(int n) {
            try {
                semaphore.acquire(n);
                taken.addAndGet(n);
            } catch (InterruptedException e) {
                // it gave up
            }
        }

        void section() {
            semaphore.acquireUninterruptibly();
            semaphore.release();
        }

        void sectionTimed() {
            if (semaphore.tryAcquireUninterruptibly(1, TimeUnit.DAYS)) {
                semaphore.release();
            }
        }

        /// Also for those who have been woken.
        void endTime() {
            rules.over = true;
            words.timeOutOne(LOW);
        }

        /// Each permit was taken once or is there, and nobody is counted any more.
        void check(int released) {
            long s = words.peekLong(0);
            Model.check(PermitRules.permits(s) == released - taken.get(), "taken: " + taken + ", left: " + s);
            Model.check(PermitRules.sleepers(s) == 0, "counted: " + s);
        }
    }
}
