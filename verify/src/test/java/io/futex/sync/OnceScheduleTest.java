package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Scale;
import io.futex.memory.ModelScheduler;
import io.futex.memory.ModelWords;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The real Once in interleavings drawn by lot. Who is forgotten shows as a hang.
class OnceScheduleTest {
    private static final int RUNS = Scale.of(1_000, 300_000);

    @Test
    void oneBodyEndsByLot() {
        Model.draw(RUNS, scheduler -> {
            ModelWords words = new ModelWords(4, scheduler);
            fiveCall(scheduler, words, 2);
            Model.check(words.peek(0) == 4, "not done: " + words.peek(0));
        });
    }

    /// The first runner's body throws, and then it has no stack to say so. One of those who come is the next.
    @Test
    void aLostRunnerHasOneSuccessorByLot() {
        Model.draw(RUNS, scheduler -> {
            ModelWords words = new ModelWords(4, scheduler) {
                private boolean lost;

                @Override
                public int getAndSet(long at, int value) {
                    if (!lost) {
                        lost = true;
                        throw new StackOverflowError();
                    }
                    return super.getAndSet(at, value);
                }
            };
            Once once = new Once(words, 0);
            Bodies bodies = new Bodies(1);
            scheduler.run(() -> bodies.call(once), () -> bodies.call(once), () -> bodies.call(once));
            Model.check(words.peek(0) == 4, "not done: " + words.peek(0));
        });
    }

    /// After a body that threw one waiter alone is woken; it may find that another thread runs a body already.
    @Test
    void findsEndThatWakesOne() {
        assertThatThrownBy(() -> Model.draw(RUNS, scheduler -> {
                    ModelWords words = new ModelWords(4, scheduler) {
                        @Override
                        public int wake(long at, int count) {
                            return super.wake(at, 1);
                        }
                    };
                    fiveCall(scheduler, words, 1);
                }))
                .isInstanceOf(ModelScheduler.Hang.class);
    }

    private static void fiveCall(ModelScheduler scheduler, ModelWords words, int failing) {
        Once once = new Once(words, 0);
        Bodies bodies = new Bodies(failing);
        scheduler.run(
                () -> bodies.call(once),
                () -> bodies.call(once),
                () -> bodies.call(once),
                () -> bodies.callTimed(once),
                () -> bodies.callInterruptibly(once),
                () -> {
                    words.interruptOne(0);
                    words.timeOutOne(0);
                });
    }

    /// Bodies of which the first ones throw. Its fields are guarded by the Once that runs them.
    static final class Bodies {
        private final AtomicInteger running = new AtomicInteger();
        private int failing;
        int ended;

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
                } catch (IllegalArgumentException | StackOverflowError e) {
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
