package io.futex.sync;

import static io.futex.sync.SemaphoreScheduleTest.BULK;
import static io.futex.sync.SemaphoreScheduleTest.BYTES;
import static io.futex.sync.SemaphoreScheduleTest.LEAST;
import static io.futex.sync.SemaphoreScheduleTest.LOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.WaitResult;
import io.futex.contract.Scale;
import io.futex.memory.ModelScheduler;
import io.futex.memory.ModelWords;
import io.futex.sync.SemaphoreScheduleTest.Game;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Those who want several permits of a real Semaphore, in interleavings drawn by lot: nobody sleeps on beside as many
/// as it wants, and nobody is woken for less than the most modest one wants.
class SemaphoreOfSeveralScheduleTest {
    private static final int RUNS = Scale.of(20_000, 500_000);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nobodyIsForgotten(boolean shared) {
        Model.draw(RUNS, scheduler -> play(new ModelWords(BYTES, scheduler), scheduler, shared));
    }

    @Test
    void nobodyIsForgottenBesideThoseWhoWantOne() {
        Model.draw(RUNS, scheduler -> {
            Game game = new Game(new ModelWords(BYTES, scheduler), SemaphoreScheduleTest.noMistake());
            scheduler.run(
                    () -> game.take(3),
                    () -> game.takeTimed(2),
                    () -> game.take(1),
                    () -> game.takeTimed(1),
                    () -> {
                        game.semaphore.release();
                        game.semaphore.release(2);
                        game.words.timeOutOne(BULK);
                    },
                    () -> {
                        game.semaphore.release(3);
                        game.semaphore.release();
                        game.endTime();
                    });
            game.check(7);
        });
    }

    /// A release that wakes one of them: perhaps the one who wants more than there are.
    @Test
    void findsWakeThatReachesWhoCannotUseIt() {
        assertHangs(scheduler -> new ModelWords(BYTES, scheduler) {
            @Override
            public int wake(long at, int count) {
                return super.wake(at, 1);
            }
        });
    }

    /// A release that clears the flag and wakes, but changes nothing on which somebody may be about to sleep.
    @Test
    void findsReleaseThatDoesNotCountUp() {
        assertHangs(scheduler -> new ModelWords(BYTES, scheduler) {
            @Override
            public int getAndAdd(long at, int delta) {
                return get(at);
            }
        });
    }

    /// Who has read the new number meanwhile relies on the flag, which then goes.
    @Test
    void findsFlagThatIsClearedAfterCountingUp() {
        assertHangs(scheduler -> new ModelWords(BYTES, scheduler) {
            @Override
            public boolean compareAndSetLong(long at, long expected, long value) {
                boolean clears = (expected & ~value) == PermitRules.SEVERAL;
                if (clears) {
                    super.getAndAdd(BULK, 1);
                }
                return super.compareAndSetLong(at, expected, value);
            }

            @Override
            public int getAndAdd(long at, int delta) {
                return get(at);
            }
        });
    }

    /// Who comes while the others want more does not say that it wants less.
    @Test
    void findsModestyThatIsNotSaid() {
        assertHangs(scheduler -> new ModelWords(BYTES, scheduler) {
            @Override
            public int compareAndExchange(long at, int expected, int value) {
                return at == LEAST && expected != 0 ? expected : super.compareAndExchange(at, expected, value);
            }
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aModestOneIsNotForgotten(boolean shared) {
        Model.draw(RUNS, scheduler -> modestAndNot(new ModelWords(BYTES, scheduler), scheduler, shared));
    }

    /// Who says what it wants only after it has looked.
    @Test
    void findsModestyThatIsSaidTooLate() {
        assertThatThrownBy(
                        () -> Model.draw(RUNS, scheduler -> modestAndNot(new LateWords(scheduler), scheduler, false)))
                .isInstanceOf(ModelScheduler.Hang.class);
    }

    private static final class LateWords extends ModelWords {
        private final ThreadLocal<Integer> wanted = new ThreadLocal<>();

        LateWords(ModelScheduler scheduler) {
            super(BYTES, scheduler);
        }

        @Override
        public int compareAndExchange(long at, int expected, int value) {
            if (at != LEAST) {
                return super.compareAndExchange(at, expected, value);
            }
            wanted.set(value);
            return expected;
        }

        @Override
        public WaitResult await(long at, int expected, long deadline, boolean interruptible)
                throws InterruptedException {
            if (wanted.get() != null) {
                set(LEAST, wanted.get());
                wanted.remove();
            }
            return super.await(at, expected, deadline, interruptible);
        }
    }

    /// One who wants more than there will be gives up in the end.
    private static void modestAndNot(ModelWords words, ModelScheduler scheduler, boolean shared) {
        Game game = new Game(words, new PermitMistakes.NoMistake(shared, false));
        AtomicBoolean gone = new AtomicBoolean();
        scheduler.run(
                () -> game.take(2),
                () -> game.take(1),
                () -> {
                    game.takeTimed(4);
                    gone.set(true);
                },
                () -> {
                    game.semaphore.release(2);
                    game.semaphore.release();
                },
                () -> {
                    while (!gone.get()) {
                        words.timeOutOne(BULK);
                    }
                });
        game.check(3);
    }

    private interface Planted {
        ModelWords words(ModelScheduler scheduler);
    }

    private static void assertHangs(Planted mistake) {
        assertThatThrownBy(() -> Model.draw(RUNS, scheduler -> play(mistake.words(scheduler), scheduler, false)))
                .isInstanceOf(ModelScheduler.Hang.class);
    }

    /// Four who want different numbers, one of whom gives up at any moment, and as many permits in bits and pieces.
    private static void play(ModelWords words, ModelScheduler scheduler, boolean shared) {
        Game game = new Game(words, new PermitMistakes.NoMistake(shared, false));
        scheduler.run(
                () -> game.take(2),
                () -> game.takeTimed(2),
                () -> game.take(3),
                () -> game.take(4),
                () -> {
                    game.semaphore.release(2);
                    game.semaphore.release();
                    game.semaphore.release(2);
                },
                () -> {
                    game.semaphore.release(3);
                    game.words.timeOutOne(BULK);
                    game.semaphore.release(3);
                });
        game.check(11);
    }

    // ---- needless wakes

    /// A hundred want much, and somebody releases one by one: nobody is woken before it may be enough.
    @Test
    void releasesThatCannotSufficeWakeNobody() {
        for (boolean shared : new boolean[] {false, true}) {
            Counting words = new Counting();
            Semaphore semaphore = new Semaphore(words, 0, new PermitMistakes.NoMistake(shared, false));
            words.with(LOW ^ 4, (int) (PermitRules.SEVERAL >>> 32)).with(LEAST, 1000);
            for (int i = 1; i < 1000; i++) {
                semaphore.release();
            }
            assertThat(words.wakes).isZero();
            semaphore.release();
            assertThat(words.wakes).isOne();
            assertThat(words.peek(LEAST)).as("nobody wants anything").isZero();
            assertThat(words.peek(BULK)).isOne();
            semaphore.release(1000);
            assertThat(words.wakes).as("nobody sleeps").isOne();
        }
    }

    /// What the most modest one wanted is forgotten with it.
    @Test
    void whoIsGoneHasTheOthersWokenOnce() {
        Counting words = new Counting();
        Semaphore semaphore = new Semaphore(words, 0, SemaphoreScheduleTest.noMistake());
        waitsInVain(semaphore, 2);
        waitsInVain(semaphore, 1000);
        assertThat(words.peek(LEAST)).isEqualTo(2);
        semaphore.release();
        assertThat(words.wakes).isZero();
        semaphore.release();
        assertThat(words.wakes).isOne();
        waitsInVain(semaphore, 1000);
        semaphore.release();
        assertThat(words.wakes).isOne();
        assertThat(semaphore.reducePermits(1000)).isEqualTo(3);
        semaphore.release(999);
        assertThat(words.wakes).isOne();
    }

    private static void waitsInVain(Semaphore semaphore, int n) {
        assertThat(semaphore.tryAcquireUninterruptibly(n, 1, TimeUnit.DAYS)).isFalse();
    }

    /// As somebody has left it who was killed between the two.
    @Test
    void whereNothingIsKnownReleasesWake() {
        Counting words = new Counting();
        words.with(LOW ^ 4, (int) (PermitRules.SEVERAL >>> 32));
        Semaphore semaphore = new Semaphore(words, 0, new PermitMistakes.NoMistake(true, false));
        semaphore.release();
        assertThat(words.wakes).isOne();
        assertThat(semaphore.waiters()).isZero();
    }

    private static final class Counting extends ModelWords {
        int wakes;

        Counting() {
            super(BYTES);
        }

        /// All time is over at once.
        @Override
        public WaitResult await(long at, int expected, long deadline, boolean interruptible) {
            return WaitResult.TIMED_OUT;
        }

        @Override
        public int wake(long at, int count) {
            assertThat(at).isEqualTo(BULK);
            wakes++;
            return 0;
        }
    }
}
