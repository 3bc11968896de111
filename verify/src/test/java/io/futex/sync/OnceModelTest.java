package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.ModelWord;
import io.futex.ModelWordScheduler;
import io.futex.contract.Scale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Test;

/// The real Once under a model checker, and in interleavings drawn by lot. Who is forgotten shows as a hang.
class OnceModelTest {
    private static final int INVOCATIONS = Scale.of(100, 20_000);
    private static final int RUNS = Scale.of(1_000, 300_000);

    /// The first body to run throws; one of the others may give up.
    @Test
    void oneBodyEnds() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            ModelWord word = new ModelWord(0);
            Once once = new Once(word);
            Bodies bodies = new Bodies(1);
            Model.run(() -> bodies.call(once), () -> bodies.call(once), () -> bodies.callTimed(once), word::timeOutOne);
            Model.check(once.isDone() && bodies.ended == 1, "not done: " + once);
        });
    }

    @Test
    void oneBodyEndsByLot() {
        Model.draw(RUNS, scheduler -> {
            ModelWord word = new ModelWord(0, scheduler);
            fiveCall(scheduler, word, 2);
            Model.check(word.peek() == 4, "not done: " + word.peek());
        });
    }

    /// After a body that threw one waiter alone is woken; it may find that another thread runs a body already.
    @Test
    void findsEndThatWakesOne() {
        assertThatThrownBy(() -> Model.draw(RUNS, scheduler -> {
                    ModelWord word = new ModelWord(0, scheduler) {
                        @Override
                        public int wakeAll() {
                            return wakeOne();
                        }
                    };
                    fiveCall(scheduler, word, 1);
                }))
                .isInstanceOf(ModelWordScheduler.Hang.class);
    }

    /// A body that ends without looking whether anybody waits.
    @Test
    void findsEndThatDoesNotLook() {
        assertThatThrownBy(() -> Lincheck.runConcurrentTest(INVOCATIONS, () -> {
                    ModelWord word = new ModelWord(0) {
                        @Override
                        public int getAndSet(int value) {
                            return super.getAndSet(value) & 1;
                        }
                    };
                    Once once = new Once(word);
                    Bodies bodies = new Bodies(0);
                    Model.run(() -> bodies.call(once), () -> bodies.call(once));
                }))
                .hasMessageContaining("hung");
    }

    private static void fiveCall(ModelWordScheduler scheduler, ModelWord word, int failing) {
        Once once = new Once(word);
        Bodies bodies = new Bodies(failing);
        scheduler.run(
                () -> bodies.call(once),
                () -> bodies.call(once),
                () -> bodies.call(once),
                () -> bodies.callTimed(once),
                () -> bodies.callInterruptibly(once),
                () -> {
                    word.interruptOne();
                    word.timeOutOne();
                });
    }

    /// Bodies of which the first ones throw. Its fields are guarded by the Once that runs them.
    private static final class Bodies {
        private final AtomicInteger running = new AtomicInteger();
        private int failing;
        private int ended;

        Bodies(int failing) {
            this.failing = failing;
        }

        private void body() {
            Model.check(running.incrementAndGet() == 1, "two bodies at once");
            running.decrementAndGet();
            if (failing > 0) {
                failing--;
                throw new IllegalArgumentException("on purpose");
            }
            ended++;
        }

        void call(Once once) {
            for (boolean done = false; !done; ) {
                try {
                    once.run(this::body);
                    done = true;
                } catch (IllegalArgumentException e) {
                    // once more
                }
            }
            Model.check(ended == 1, ended + " bodies have ended");
        }

        void callTimed(Once once) {
            try {
                if (once.runUninterruptibly(this::body, 1, TimeUnit.DAYS)) {
                    Model.check(ended == 1, ended + " bodies have ended");
                }
            } catch (IllegalArgumentException e) {
                // somebody else will do it
            }
        }

        void callInterruptibly(Once once) {
            try {
                once.runInterruptibly(this::body);
                Model.check(ended == 1, ended + " bodies have ended");
            } catch (IllegalArgumentException | InterruptedException e) {
                // somebody else will do it
            }
        }
    }
}
