package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.FutexException;
import io.futex.ModelWord;
import io.futex.ModelWordScheduler;
import io.futex.contract.Scale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The real Event under a model checker, and in interleavings drawn by lot. Who is forgotten shows as a hang.
class EventModelTest {
    private static final int INVOCATIONS = Scale.of(100, 20_000);
    private static final int RUNS = Scale.of(1_000, 300_000);

    // What a mistake must be found by is what the code itself gets.
    private static final int SECTION_RUNS = 20 * RUNS;
    private static final int ROW_RUNS = 5 * RUNS;
    private static final int FAILING_RUNS = 5 * RUNS;

    private static final int AUTO = 2 << 30;
    private static final int WAITERS = 2;
    private static final int ROUNDS = (1 << 30) - 4;

    // ---- auto-reset

    /// Each passes when it can and lets the next one in: never two at once.
    @Test
    void onePassAtATime() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> passesInTurn(new ModelWord(0)));
    }

    private static void passesInTurn(ModelWord word) {
        Event event = auto(word);
        event.set();
        AtomicInteger inside = new AtomicInteger();
        Model.run(
                () -> pass(event, inside),
                () -> pass(event, inside),
                () -> {
                    if (event.awaitUninterruptibly(1, TimeUnit.DAYS)) {
                        leave(event, inside);
                    }
                },
                word::timeOutOne);
        Model.check(event.isSet() && event.toString().equals("Event[auto-reset, set]"), event.toString());
    }

    /// A call that wakes nobody.
    @Test
    void findsPassThatNobodyIsWokenFor() {
        assertThatThrownBy(() -> Lincheck.runConcurrentTest(
                        INVOCATIONS,
                        () -> passesInTurn(new ModelWord(0) {
                            @Override
                            public int wakeOne() {
                                return 0;
                            }
                        })))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("hung");
    }

    /// Of those that wait two may give up; whoever passes has used up a call of its own.
    @Test
    void noMorePassThanCallsByLot() {
        Model.draw(RUNS, scheduler -> {
            ModelWord word = new ModelWord(AUTO, scheduler);
            AtomicInteger through = new AtomicInteger();
            AtomicInteger left = new AtomicInteger(4);
            scheduler.run(
                    () -> through(word, through, left),
                    () -> through(word, through, left),
                    () -> {
                        if (auto(word).awaitUninterruptibly(1, TimeUnit.DAYS)) {
                            through.incrementAndGet();
                        }
                        left.decrementAndGet();
                    },
                    () -> {
                        try {
                            auto(word).await();
                            through.incrementAndGet();
                        } catch (InterruptedException e) {
                            // it gave up
                        }
                        left.decrementAndGet();
                    },
                    () -> {
                        Event event = auto(word);
                        int calls = 0;
                        while (left.get() > 0) {
                            word.interruptOne();
                            event.set();
                            calls++;
                            word.timeOutOne();
                        }
                        Model.check(through.get() <= calls, through + " have passed after " + calls + " calls");
                    });
            Model.check(EventRules.sleepers(word.peek()) == 0, "somebody is counted: " + word.peek());
            Model.check(EventRules.passes(word.peek()) <= 1, "too many passages are left: " + word.peek());
        });
    }

    /// Calls in a row that find two asleep release both.
    @Test
    void findsPassagesThatAreMerged() {
        assertThatThrownBy(() -> Model.draw(RUNS, scheduler -> {
                    ModelWord word = new ModelWord(AUTO, scheduler) {
                        @Override
                        public int compareAndExchange(int expected, int value) {
                            boolean second = value == expected + 1 && EventRules.passes(value) > 1;
                            return super.compareAndExchange(expected, second ? expected : value);
                        }
                    };
                    twoSleepersAreReleased(scheduler, word);
                }))
                .isInstanceOf(ModelWordScheduler.Hang.class);
    }

    @Test
    void releasesTwoSleepersByTwoCallsInARow() {
        Model.draw(RUNS, scheduler -> twoSleepersAreReleased(scheduler, new ModelWord(AUTO, scheduler)));
    }

    // ---- one wake for several calls

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void noSectionIsForgottenByLot(boolean shared) {
        Model.draw(SECTION_RUNS, scheduler -> sections(scheduler, new EventMistakes.NoMistake(shared)));
    }

    @Test
    void noCallIsForgottenByLot() {
        Model.draw(ROW_RUNS, scheduler -> callsInARow(scheduler, new EventMistakes.NoMistake()));
    }

    @Test
    void whoCannotGoOnLeavesThePassToAnotherByLot() {
        Model.draw(FAILING_RUNS, scheduler -> oneCannotGoOn(scheduler, new EventMistakes.NoMistake()));
    }

    @Test
    void findsSleeperThatKeepsTheFlag() {
        assertHangs(SECTION_RUNS, scheduler -> sections(scheduler, new EventMistakes.SleeperKeepsWoken()));
    }

    @Test
    void findsQuitterThatKeepsTheFlag() {
        assertHangs(SECTION_RUNS, scheduler -> sections(scheduler, new EventMistakes.QuitterKeepsWoken()));
    }

    @Test
    void findsPasserThatKeepsTheWakes() {
        assertHangs(ROW_RUNS, scheduler -> callsInARow(scheduler, new EventMistakes.PasserKeepsWakes()));
    }

    @Test
    void findsLeaverThatKeepsTheWake() {
        assertHangs(FAILING_RUNS, scheduler -> oneCannotGoOn(scheduler, new EventMistakes.LeaverKeepsWake()));
    }

    @Test
    void findsLeaverThatKeepsTheFlag() {
        assertHangs(FAILING_RUNS, scheduler -> oneCannotGoOn(scheduler, new EventMistakes.LeaverKeepsWoken()));
    }

    private static void assertHangs(int runs, Consumer<ModelWordScheduler> one) {
        assertThatThrownBy(() -> Model.draw(runs, one)).isInstanceOf(ModelWordScheduler.Hang.class);
    }

    /// One passage goes round among four, one of whom gives up at any moment.
    private static void sections(ModelWordScheduler scheduler, EventMistakes.NoMistake rules) {
        ModelWord word = new ModelWord(AUTO | 1, scheduler);
        Runnable section = () -> {
            Event event = new Event(word, true, rules);
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
                    Event event = new Event(word, true, rules);
                    if (event.awaitUninterruptibly(1, TimeUnit.DAYS)) {
                        event.set();
                    }
                },
                () -> {
                    rules.over = true;
                    word.timeOutOne();
                });
        Model.check((word.peek() & ~EventRules.WOKEN) == (AUTO | 1), "left behind: " + word.peek());
    }

    /// Three sleepers, and one who may give up, are released by four calls.
    private static void callsInARow(ModelWordScheduler scheduler, EventMistakes.NoMistake rules) {
        ModelWord word = new ModelWord(AUTO, scheduler);
        Runnable waiter = () -> new Event(word, true, rules).awaitUninterruptibly();
        scheduler.run(
                waiter,
                waiter,
                waiter,
                () -> new Event(word, true, rules).awaitUninterruptibly(1, TimeUnit.DAYS),
                () -> {
                    Event event = new Event(word, true, rules);
                    while (EventRules.sleepers(word.get()) != 4) {
                        // until all are counted
                    }
                    event.set();
                    event.set();
                    rules.over = true;
                    word.timeOutOne();
                    event.set();
                    event.set();
                });
        Model.check(EventRules.sleepers(word.peek()) == 0, "left behind: " + word.peek());
    }

    /// One of those who are woken has an error instead.
    private static void oneCannotGoOn(ModelWordScheduler scheduler, EventMistakes.NoMistake rules) {
        ModelWord word = new FailingWord(AUTO, scheduler);
        Runnable waiter = () -> {
            try {
                new Event(word, true, rules).awaitUninterruptibly();
            } catch (FutexException e) {
                // the pass is for another
            }
        };
        scheduler.run(waiter, waiter, waiter, waiter, () -> {
            Event event = new Event(word, true, rules);
            while (EventRules.sleepers(word.get()) < 3) {
                // until all are counted but one, for whom a pass can be kept
            }
            event.set();
            event.set();
            event.set();
            event.set();
        });
        Model.check(EventRules.sleepers(word.peek()) == 0, "left behind: " + word.peek());
    }

    private static Event auto(ModelWord word) {
        return new Event(word, true, new EventMistakes.NoMistake());
    }

    private static Event manual(ModelWord word) {
        return new Event(word, false, EventRules.LOCAL);
    }

    private static void twoSleepersAreReleased(ModelWordScheduler scheduler, ModelWord word) {
        AtomicInteger through = new AtomicInteger();
        AtomicInteger left = new AtomicInteger(2);
        scheduler.run(() -> through(word, through, left), () -> through(word, through, left), () -> {
            Event event = auto(word);
            while (EventRules.sleepers(word.get()) != 2) {
                // until both are counted
            }
            event.set();
            event.set();
            event.reset();
        });
        Model.check(word.peek() == AUTO, "left behind: " + word.peek());
    }

    private static void through(ModelWord word, AtomicInteger through, AtomicInteger left) {
        auto(word).awaitUninterruptibly();
        through.incrementAndGet();
        left.decrementAndGet();
    }

    // ---- manual-reset

    /// A gate that opens and closes at once, and then stays open.
    @Test
    void nobodyIsLeftBehind() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            ModelWord word = new ModelWord(0);
            Event event = manual(word);
            AtomicBoolean set = new AtomicBoolean();
            Model.run(
                    () -> {
                        event.awaitUninterruptibly();
                        Model.check(set.get(), "too early");
                    },
                    () -> {
                        if (event.awaitUninterruptibly(1, TimeUnit.DAYS)) {
                            Model.check(set.get(), "too early");
                        }
                    },
                    word::timeOutOne,
                    () -> {
                        set.set(true);
                        event.set();
                        event.reset();
                        event.set();
                    });
        });
    }

    @Test
    void releasesASleeperThoughResetAtOnce() {
        Model.draw(RUNS, scheduler -> aSleeperIsReleasedThoughReset(scheduler, new ModelWord(1 << 30, scheduler)));
    }

    /// Without the round a sleeper that is slow finds the event reset.
    @Test
    void findsRoundsThatAreNotCounted() {
        assertThatThrownBy(() -> Model.draw(RUNS, scheduler -> {
                    ModelWord word = new ModelWord(1 << 30, scheduler) {
                        @Override
                        public int compareAndExchange(int expected, int value) {
                            return super.compareAndExchange(expected, value & ~ROUNDS);
                        }
                    };
                    aSleeperIsReleasedThoughReset(scheduler, word);
                }))
                .isInstanceOf(ModelWordScheduler.Hang.class);
    }

    private static void aSleeperIsReleasedThoughReset(ModelWordScheduler scheduler, ModelWord word) {
        scheduler.run(() -> manual(word).awaitUninterruptibly(), () -> {
            Event event = manual(word);
            while ((word.get() & WAITERS) == 0) {
                // until it sleeps, or is about to
            }
            event.set();
            event.reset();
        });
    }

    /// A gate that wakes only one of those that sleep.
    @Test
    void findsGateThatWakesOne() {
        assertThatThrownBy(() -> Lincheck.runConcurrentTest(INVOCATIONS, () -> {
                    Event event = new Event(
                            new ModelWord(0) {
                                @Override
                                public int wakeAll() {
                                    return wakeOne();
                                }
                            },
                            false,
                            EventRules.LOCAL);
                    Model.run(event::awaitUninterruptibly, event::awaitUninterruptibly, event::set);
                }))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("hung");
    }

    private static void pass(Event event, AtomicInteger inside) {
        event.awaitUninterruptibly();
        leave(event, inside);
    }

    private static void leave(Event event, AtomicInteger inside) {
        Model.check(inside.incrementAndGet() == 1, "two are inside");
        inside.decrementAndGet();
        event.set();
    }
}
