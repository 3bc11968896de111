package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.WaitResult;
import io.futex.contract.Scale;
import io.futex.memory.ModelScheduler;
import io.futex.memory.ModelWords;
import io.futex.memory.Words;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// The real Doorbell in interleavings drawn by lot. A ring that is lost shows as a hang.
/// Memory is sequentially consistent here; [DoorbellFences] is about that.
class DoorbellScheduleTest {
    private static final int RUNS = Scale.of(20_000, 500_000);

    static final int BYTES = 8;
    static final int BELL = 0;
    private static final int PUBLISHED = 4;

    // What the word of the bell holds.
    private static final int QUIET = 0;
    private static final int ASLEEP = 1;
    private static final int RUNG = 2;

    @Test
    void nothingIsMissedByLot() {
        Model.draw(RUNS, scheduler -> run(scheduler, new ModelWords(BYTES, scheduler)));
    }

    /// Who waits next is another thread, by another object; the one before may leave late.
    @Test
    void successorIsNotShutOutByLot() {
        Model.draw(RUNS, scheduler -> {
            ModelWords words = new ModelWords(BYTES + 8, scheduler);
            int turn = BYTES;
            scheduler.run(
                    () -> {
                        timed(new Doorbell(words, BELL), words, 0);
                        words.set(turn, 1);
                        int unused = words.wake(turn, 1);
                    },
                    () -> {
                        await(words, turn);
                        consume(words, new Doorbell(words, BELL), 2);
                    },
                    () -> publish(words, new Doorbell(words, BELL)),
                    () -> publish(words, new Doorbell(words, BELL)),
                    () -> {
                        words.timeOutOne(BELL);
                        words.interruptOne(BELL);
                    });
            Model.check(words.peek(BELL) == QUIET, "left behind: " + words.peek(BELL));
        });
    }

    /// A ring that dies between its step and its wake takes no other's along, which has found the waiter asleep too.
    @Test
    void aDyingRingSwallowsNoOtherByLot() {
        Model.draw(RUNS, scheduler -> {
            ModelWords words = new ModelWords(BYTES, scheduler);
            Doorbell dying = new Doorbell(
                    new ModelWords(BYTES, scheduler) {
                        @Override
                        public int get(long at) {
                            return words.get(at);
                        }

                        @Override
                        public int compareAndExchange(long at, int expected, int value) {
                            return words.compareAndExchange(at, expected, value);
                        }

                        @Override
                        public int wake(long at, int count) {
                            throw new StackOverflowError();
                        }
                    },
                    BELL);
            Doorbell bell = new Doorbell(words, BELL);
            scheduler.run(
                    () -> consume(words, bell, 1),
                    () -> {
                        try {
                            dying.ring();
                        } catch (StackOverflowError dead) {
                            // before its wake
                        }
                    },
                    () -> publish(words, bell),
                    () -> words.timeOutOne(BELL));
        });
    }

    /// What comes with the end of the time, and rings too late or not at all, is not left for the next wait.
    @Test
    void looksOnceMoreWhenTheTimeIsOver() {
        Model.draw(100, scheduler -> {
            ModelWords words = new ModelWords(BYTES, scheduler);
            Doorbell bell = new Doorbell(words, BELL);
            scheduler.run(() -> Model.check(timed(bell, words, 0) == 1, "not seen"), () -> {
                while (words.sleepers(BELL) == 0) {
                    int unused = words.get(BELL);
                }
                words.set(PUBLISHED, 1);
                words.timeOutOne(BELL);
            });
        });
    }

    // ---- mistakes that must be found

    @Test
    void findsRingThatDoesNotWake() {
        assertHangs(scheduler -> new ModelWords(BYTES, scheduler) {
            @Override
            public int wake(long at, int count) {
                return 0;
            }
        });
    }

    /// The flag is cleared late, by a plain write: it takes a later announcement back, and the next ring with it.
    @Test
    void findsLateClear() {
        assertHangs(scheduler -> new ModelWords(BYTES, scheduler) {
            @Override
            public boolean compareAndSet(long at, int expected, int value) {
                if (expected == RUNG) {
                    set(at, value);
                    return true;
                }
                return super.compareAndSet(at, expected, value);
            }
        });
    }

    /// Wakes first and clears the flag afterwards: who is about to sleep in between sleeps on.
    @Test
    void findsWakeBeforeTheStep() {
        assertHangs(scheduler -> new ModelWords(BYTES, scheduler) {
            @Override
            public int compareAndExchange(long at, int expected, int value) {
                return expected == ASLEEP && value == RUNG
                        ? get(at)
                        : super.compareAndExchange(at, expected == RUNG ? ASLEEP : expected, value);
            }
        });
    }

    /// Asks first and announces afterwards.
    @Test
    void findsAnnouncementAfterTheQuestion() {
        assertHangs(scheduler -> new ModelWords(BYTES, scheduler) {
            @Override
            public void setOpaque(long at, int value) {
                // later
            }

            @Override
            public WaitResult await(long at, int expected, long deadline, boolean interruptible)
                    throws InterruptedException {
                set(at, ASLEEP);
                return super.await(at, expected, deadline, interruptible);
            }
        });
    }

    /// The trap of whoever builds a bell by hand: to sleep on what is published, and have the producer clear a flag. A
    /// clear that comes late, for what was seen already, takes the flag of the next wait along.
    @Test
    void findsSleepOnTheValue() {
        assertThatThrownBy(() -> Model.draw(RUNS, scheduler -> {
                    ModelWords words = new ModelWords(BYTES, scheduler);
                    Runnable producer = () -> {
                        int unused = words.getAndAdd(PUBLISHED, 1);
                        if (words.get(BELL) == ASLEEP) {
                            words.set(BELL, QUIET);
                            int unusedWake = words.wake(PUBLISHED, 1);
                        }
                    };
                    scheduler.run(
                            () -> {
                                for (int seen = 0; seen < 3; seen = words.get(PUBLISHED)) {
                                    words.set(BELL, ASLEEP);
                                    sleep(words, PUBLISHED, seen);
                                }
                            },
                            producer,
                            producer,
                            producer);
                }))
                .isInstanceOf(ModelScheduler.Hang.class);
    }

    private static void assertHangs(Function<ModelScheduler, ModelWords> mistake) {
        assertThatThrownBy(() -> Model.draw(RUNS, scheduler -> run(scheduler, mistake.apply(scheduler))))
                .isInstanceOf(ModelScheduler.Hang.class);
    }

    // ---- what they do

    static void run(ModelScheduler scheduler, ModelWords words) {
        Doorbell bell = new Doorbell(words, BELL);
        scheduler.run(
                () -> consume(words, bell, 3),
                () -> publish(words, bell),
                () -> publish(words, bell),
                () -> publish(words, bell),
                () -> {
                    words.timeOutOne(BELL);
                    words.timeOutOne(BELL);
                });
        Model.check(words.peek(BELL) == QUIET, "left behind: " + words.peek(BELL));
    }

    static void publish(Words words, Doorbell bell) {
        int unused = words.getAndAdd(PUBLISHED, 1);
        bell.ring();
    }

    /// Two waits with a time limit, and then as many without as it takes.
    static void consume(Words words, Doorbell bell, int all) {
        int seen = timed(bell, words, 0);
        if (seen < all) {
            seen = timed(bell, words, seen);
        }
        while (seen < all) {
            int before = seen;
            bell.awaitUninterruptibly(() -> words.get(PUBLISHED) > before);
            seen = words.get(PUBLISHED);
            Model.check(seen > before, "nothing there");
        }
    }

    private static int timed(Doorbell bell, Words words, int before) {
        try {
            boolean ready = bell.await(() -> words.get(PUBLISHED) > before, 1, TimeUnit.DAYS);
            int seen = words.get(PUBLISHED);
            Model.check(!ready || seen > before, "nothing there");
            return ready ? seen : before;
        } catch (InterruptedException e) {
            return before;
        }
    }

    /// Until a word is not 0.
    private static void await(Words words, long at) {
        while (words.get(at) == 0) {
            sleep(words, at, 0);
        }
    }

    private static void sleep(Words words, long at, int value) {
        try {
            WaitResult unused = words.await(at, value, Long.MAX_VALUE, false);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
