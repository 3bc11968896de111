package io.futex.sync;

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

/// The real Event in interleavings drawn by lot. Who is forgotten shows as a hang.
class EventScheduleTest {
    private static final int RUNS = Scale.of(1_000, 300_000);

    // What a mistake must be found by is what the code itself gets.
    private static final int SECTION_RUNS = 20 * RUNS;
    private static final int ROW_RUNS = 5 * RUNS;
    private static final int FAILING_RUNS = 5 * RUNS;

    static final int BYTES = 8;
    static final int LOW = PermitRules.LOW;
    private static final int HIGH = LOW ^ Integer.BYTES;
    private static final long AUTO = 2L << 62;
    private static final int WAITERS = 2;
    private static final int ROUND = 4;

    /// Of those that wait two may give up; whoever passes has used up a call of its own.
    @Test
    void noMorePassThanCallsByLot() {
        Model.draw(RUNS, scheduler -> {
            ModelWords words = fresh(scheduler);
            AtomicInteger through = new AtomicInteger();
            AtomicInteger left = new AtomicInteger(4);
            scheduler.run(
                    () -> through(words, through, left),
                    () -> through(words, through, left),
                    () -> {
                        if (auto(words).awaitUninterruptibly(1, TimeUnit.DAYS)) {
                            through.incrementAndGet();
                        }
                        left.decrementAndGet();
                    },
                    () -> {
                        try {
                            auto(words).await();
                            through.incrementAndGet();
                        } catch (InterruptedException e) {
                            // it gave up
                        }
                        left.decrementAndGet();
                    },
                    () -> {
                        Event event = auto(words);
                        int calls = 0;
                        while (left.get() > 0) {
                            words.interruptOne(LOW);
                            event.set();
                            calls++;
                            words.timeOutOne(LOW);
                        }
                        Model.check(through.get() <= calls, through + " have passed after " + calls + " calls");
                    });
            long s = words.peekLong(0);
            Model.check(PermitRules.sleepers(s) == 0, "somebody is counted: " + s);
            Model.check(PermitRules.permits(s) <= 1, "too many passages are left: " + s);
        });
    }

    /// Calls in a row that find two asleep release both.
    @Test
    void findsPassagesThatAreMerged() {
        assertThatThrownBy(() -> Model.draw(RUNS, scheduler -> {
                    ModelWords words = new ModelWords(BYTES, scheduler) {
                        @Override
                        public long compareAndExchangeLong(long at, long expected, long value) {
                            boolean second = value == expected + 1 && PermitRules.permits(value) > 1;
                            return super.compareAndExchangeLong(at, expected, second ? expected : value);
                        }
                    };
                    twoSleepersAreReleased(scheduler, words);
                }))
                .isInstanceOf(ModelScheduler.Hang.class);
    }

    @Test
    void releasesTwoSleepersByTwoCallsInARow() {
        Model.draw(RUNS, scheduler -> twoSleepersAreReleased(scheduler, fresh(scheduler)));
    }

    // ---- one wake for several calls

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noSectionIsForgottenByLot(boolean shared) {
        Model.draw(SECTION_RUNS, scheduler -> sections(scheduler, new NoMistake(shared, true)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noCallIsForgottenByLot(boolean shared) {
        Model.draw(ROW_RUNS, scheduler -> callsInARow(scheduler, new NoMistake(shared, true)));
    }

    @Test
    void whoCannotGoOnLeavesThePassToAnotherByLot() {
        Model.draw(FAILING_RUNS, scheduler -> oneCannotGoOn(scheduler, new NoMistake(false, true)));
    }

    @Test
    void findsSleeperThatKeepsTheFlag() {
        assertHangs(SECTION_RUNS, scheduler -> sections(scheduler, new PermitMistakes.SleeperKeepsWoken(true)));
    }

    @Test
    void findsPasserThatKeepsTheWakes() {
        assertHangs(ROW_RUNS, scheduler -> callsInARow(scheduler, new PermitMistakes.TakerKeepsWakes(true)));
    }

    @Test
    void findsLeaverThatKeepsTheWake() {
        assertHangs(FAILING_RUNS, scheduler -> oneCannotGoOn(scheduler, new PermitMistakes.LeaverKeepsWake(true)));
    }

    @Test
    void findsLeaverThatKeepsTheFlag() {
        assertHangs(FAILING_RUNS, scheduler -> oneCannotGoOn(scheduler, new PermitMistakes.LeaverKeepsWoken(true)));
    }

    private static void assertHangs(int runs, Consumer<ModelScheduler> one) {
        assertThatThrownBy(() -> Model.draw(runs, one)).isInstanceOf(ModelScheduler.Hang.class);
    }

    /// One passage goes round among four, one of whom gives up at any moment.
    private static void sections(ModelScheduler scheduler, NoMistake rules) {
        ModelWords words = fresh(scheduler).with(LOW, 1);
        Runnable section = () -> {
            Event event = new Event(words, 0, rules);
            event.awaitUninterruptibly();
            event.set();
        };
        scheduler.run(
                () -> {
                    section.run();
                    section.run();
                },
                section,
                section,
                () -> {
                    Event event = new Event(words, 0, rules);
                    if (event.awaitUninterruptibly(1, TimeUnit.DAYS)) {
                        event.set();
                    }
                },
                () -> {
                    rules.over = true;
                    words.timeOutOne(LOW);
                });
        Model.check(words.peekLong(0) == (AUTO | 1), "left behind: " + words.peekLong(0));
    }

    /// Three sleepers, and one who may give up, are released by four calls.
    private static void callsInARow(ModelScheduler scheduler, NoMistake rules) {
        ModelWords words = fresh(scheduler);
        Runnable waiter = () -> new Event(words, 0, rules).awaitUninterruptibly();
        scheduler.run(
                waiter, waiter, waiter, () -> new Event(words, 0, rules).awaitUninterruptibly(1, TimeUnit.DAYS), () -> {
                    Event event = new Event(words, 0, rules);
                    while (PermitRules.sleepers(words.getLong(0)) != 4) {
                        // until all are counted
                    }
                    event.set();
                    event.set();
                    rules.over = true;
                    words.timeOutOne(LOW);
                    event.set();
                    event.set();
                });
        Model.check(PermitRules.sleepers(words.peekLong(0)) == 0, "left behind: " + words.peekLong(0));
    }

    /// One of those who are woken has an error instead.
    private static void oneCannotGoOn(ModelScheduler scheduler, NoMistake rules) {
        ModelWords words = new FailingWords(BYTES, scheduler);
        Runnable waiter = () -> {
            try {
                new Event(words, 0, rules).awaitUninterruptibly();
            } catch (FutexException e) {
                // the pass is for another
            }
        };
        scheduler.run(waiter, waiter, waiter, waiter, () -> {
            Event event = new Event(words, 0, rules);
            while (PermitRules.sleepers(words.getLong(0)) < 3) {
                // until all are counted but one, for whom a pass can be kept
            }
            event.set();
            event.set();
            event.set();
            event.set();
        });
        Model.check(PermitRules.sleepers(words.peekLong(0)) == 0, "left behind: " + words.peekLong(0));
    }

    private static ModelWords fresh(ModelScheduler scheduler) {
        return new ModelWords(BYTES, scheduler).with(HIGH, (int) (AUTO >>> 32));
    }

    static Event auto(ModelWords words) {
        return new Event(words, 0, new NoMistake(false, true));
    }

    static Event manual(ModelWords words) {
        return new Event(words, 0, new NoMistake(false, false));
    }

    private static void twoSleepersAreReleased(ModelScheduler scheduler, ModelWords words) {
        AtomicInteger through = new AtomicInteger();
        AtomicInteger left = new AtomicInteger(2);
        scheduler.run(() -> through(words, through, left), () -> through(words, through, left), () -> {
            Event event = auto(words);
            while (PermitRules.sleepers(words.getLong(0)) != 2) {
                // until both are counted
            }
            event.set();
            event.set();
            event.reset();
        });
        Model.check(words.peekLong(0) == AUTO, "left behind: " + words.peekLong(0));
    }

    private static void through(ModelWords words, AtomicInteger through, AtomicInteger left) {
        auto(words).awaitUninterruptibly();
        through.incrementAndGet();
        left.decrementAndGet();
    }

    @Test
    void releasesASleeperThoughResetAtOnce() {
        Model.draw(RUNS, scheduler -> aSleeperIsReleasedThoughReset(scheduler, new ModelWords(BYTES, scheduler)));
    }

    /// Without the round a sleeper that is slow finds the event reset.
    @Test
    void findsRoundsThatAreNotCounted() {
        assertThatThrownBy(() -> Model.draw(RUNS, scheduler -> {
                    ModelWords words = new ModelWords(BYTES, scheduler) {
                        @Override
                        public int compareAndExchange(long at, int expected, int value) {
                            return super.compareAndExchange(at, expected, at == LOW ? value & ~-ROUND : value);
                        }
                    };
                    aSleeperIsReleasedThoughReset(scheduler, words);
                }))
                .isInstanceOf(ModelScheduler.Hang.class);
    }

    private static void aSleeperIsReleasedThoughReset(ModelScheduler scheduler, ModelWords words) {
        scheduler.run(() -> manual(words).awaitUninterruptibly(), () -> {
            Event event = manual(words);
            while ((words.get(LOW) & WAITERS) == 0) {
                // until it sleeps, or is about to
            }
            event.set();
            event.reset();
        });
    }
}
