package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.ModelWord;
import io.futex.ModelWordScheduler;
import io.futex.contract.Scale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.junit.jupiter.api.Test;

/// The real Event under a model checker, and in interleavings drawn by lot. Who is forgotten shows as a hang.
class EventModelTest {
    private static final int INVOCATIONS = Scale.of(100, 20_000);
    private static final int UNTIL_FOUND = 5_000;
    private static final int RUNS = Scale.of(1_000, 300_000);

    private static final int PASSES = (1 << 15) - 1;
    private static final int SLEEPERS = PASSES << 15;
    private static final int WAITERS = 2;
    private static final int ROUNDS = (1 << 30) - 4;

    // ---- auto-reset

    /// Each passes when it can and lets the next one in: never two at once.
    @Test
    void onePassAtATime() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            ModelWord word = new ModelWord(0);
            Event event = new Event(word, true);
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
        });
    }

    /// Of those that wait two may give up; whoever passes has used up a call of its own.
    @Test
    void noMorePassThanCallsByLot() {
        Model.draw(RUNS, scheduler -> {
            ModelWord word = new ModelWord(2 << 30, scheduler);
            AtomicInteger through = new AtomicInteger();
            AtomicInteger left = new AtomicInteger(4);
            scheduler.run(
                    () -> through(word, through, left),
                    () -> through(word, through, left),
                    () -> {
                        if (new Event(word, true).awaitUninterruptibly(1, TimeUnit.DAYS)) {
                            through.incrementAndGet();
                        }
                        left.decrementAndGet();
                    },
                    () -> {
                        try {
                            new Event(word, true).await();
                            through.incrementAndGet();
                        } catch (InterruptedException e) {
                            // it gave up
                        }
                        left.decrementAndGet();
                    },
                    () -> {
                        Event event = new Event(word, true);
                        int calls = 0;
                        while (left.get() > 0) {
                            word.interruptOne();
                            event.set();
                            calls++;
                            word.timeOutOne();
                        }
                        Model.check(through.get() <= calls, through + " have passed after " + calls + " calls");
                    });
            Model.check((word.peek() & SLEEPERS) == 0, "somebody is counted: " + word.peek());
            Model.check((word.peek() & PASSES) <= 1, "too many passages are left: " + word.peek());
        });
    }

    /// Calls in a row that find two asleep release both.
    @Test
    void findsPassagesThatAreMerged() {
        assertThatThrownBy(() -> Model.draw(UNTIL_FOUND, scheduler -> {
                    ModelWord word = new ModelWord(2 << 30, scheduler) {
                        @Override
                        public boolean compareAndSet(int expected, int value) {
                            boolean second = value == expected + 1 && (value & PASSES) > 1;
                            return super.compareAndSet(expected, second ? expected : value);
                        }
                    };
                    twoSleepersAreReleased(scheduler, word);
                }))
                .isInstanceOf(ModelWordScheduler.Hang.class);
    }

    @Test
    void releasesTwoSleepersByTwoCallsInARow() {
        Model.draw(RUNS, scheduler -> twoSleepersAreReleased(scheduler, new ModelWord(2 << 30, scheduler)));
    }

    private static void twoSleepersAreReleased(ModelWordScheduler scheduler, ModelWord word) {
        AtomicInteger through = new AtomicInteger();
        AtomicInteger left = new AtomicInteger(2);
        scheduler.run(() -> through(word, through, left), () -> through(word, through, left), () -> {
            Event event = new Event(word, true);
            while ((word.get() & SLEEPERS) >>> 15 != 2) {
                // until both are counted
            }
            event.set();
            event.set();
            event.reset();
        });
        Model.check(word.peek() == 2 << 30, "left behind: " + word.peek());
    }

    private static void through(ModelWord word, AtomicInteger through, AtomicInteger left) {
        new Event(word, true).awaitUninterruptibly();
        through.incrementAndGet();
        left.decrementAndGet();
    }

    // ---- manual-reset

    /// A gate that opens and closes at once, and then stays open.
    @Test
    void nobodyIsLeftBehind() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            ModelWord word = new ModelWord(0);
            Event event = new Event(word, false);
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
        assertThatThrownBy(() -> Model.draw(UNTIL_FOUND, scheduler -> {
                    ModelWord word = new ModelWord(1 << 30, scheduler) {
                        @Override
                        public boolean compareAndSet(int expected, int value) {
                            return super.compareAndSet(expected, value & ~ROUNDS);
                        }
                    };
                    aSleeperIsReleasedThoughReset(scheduler, word);
                }))
                .isInstanceOf(ModelWordScheduler.Hang.class);
    }

    private static void aSleeperIsReleasedThoughReset(ModelWordScheduler scheduler, ModelWord word) {
        scheduler.run(() -> new Event(word, false).awaitUninterruptibly(), () -> {
            Event event = new Event(word, false);
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
        assertThatThrownBy(() -> Lincheck.runConcurrentTest(UNTIL_FOUND, () -> {
                    Event event = new Event(
                            new ModelWord(0) {
                                @Override
                                public int wakeAll() {
                                    return wakeOne();
                                }
                            },
                            false);
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
