package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Scale;
import io.futex.memory.ModelWords;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.junit.jupiter.api.Test;

/// The real Event under a model checker: who is forgotten shows as a hang.
class EventLincheckTest {
    private static final int INVOCATIONS = Scale.of(100, 20_000);

    // ---- auto-reset

    /// Each passes when it can and lets the next one in: never two at once.
    @Test
    void onePassAtATime() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> passesInTurn(new ModelWords(EventScheduleTest.BYTES)));
    }

    /// A call that wakes nobody.
    @Test
    void findsPassThatNobodyIsWokenFor() {
        assertThatThrownBy(() -> Lincheck.runConcurrentTest(
                        INVOCATIONS,
                        () -> passesInTurn(new ModelWords(EventScheduleTest.BYTES) {
                            @Override
                            public void wakeEntrants(long at, int count) {}
                        })))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("hung");
    }

    // ---- manual-reset

    /// A gate that opens and closes at once, and then stays open.
    @Test
    void nobodyIsLeftBehind() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            ModelWords words = new ModelWords(EventScheduleTest.BYTES);
            Event event = EventScheduleTest.manual(words);
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
                    () -> words.timeOutOne(EventScheduleTest.LOW),
                    () -> {
                        set.set(true);
                        event.set();
                        event.reset();
                        event.set();
                    });
        });
    }

    /// A gate that wakes only one of those that sleep.
    @Test
    void findsGateThatWakesOne() {
        assertThatThrownBy(() -> Lincheck.runConcurrentTest(INVOCATIONS, () -> {
                    Event event = EventScheduleTest.manual(new ModelWords(EventScheduleTest.BYTES) {
                        @Override
                        public void wakeEntrants(long at, int count) {
                            super.wakeEntrants(at, 1);
                        }
                    });
                    Model.run(event::awaitUninterruptibly, event::awaitUninterruptibly, event::set);
                }))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("hung");
    }

    private static void passesInTurn(ModelWords words) {
        Event event = EventScheduleTest.auto(words);
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
                () -> words.timeOutOne(EventScheduleTest.LOW));
        Model.check(event.isSet() && event.toString().equals("Event[auto-reset, set]"), event.toString());
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
