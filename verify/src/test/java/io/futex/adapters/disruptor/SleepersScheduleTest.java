package io.futex.adapters.disruptor;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Scale;
import io.futex.memory.ModelScheduler;
import io.futex.memory.ModelWords;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// The real Sleepers, in interleavings drawn by lot. Memory is sequentially consistent here; [SleepersFences] is about
/// that.
class SleepersScheduleTest {
    private static final int RUNS = Scale.of(20_000, 500_000);

    private static final int BYTES = 8;
    private static final int WORD = 0;
    private static final int PUBLISHED = 4;
    private static final int ALL = 3;

    @Test
    void nothingIsSleptOverByLot() {
        draw(scheduler -> new ModelWords(BYTES, scheduler));
    }

    /// A flag in place of the count: another consumer sets it again between one's look and its sleep.
    @Test
    void findsFlag() {
        assertHangs(scheduler -> new ModelWords(BYTES, scheduler) {
            @Override
            public boolean compareAndSet(long at, int expected, int value) {
                return super.compareAndSet(at, expected, 0);
            }
        });
    }

    @Test
    void findsWakeOfOne() {
        assertHangs(scheduler -> new ModelWords(BYTES, scheduler) {
            @Override
            public int wake(long at, int count) {
                return super.wake(at, 1);
            }
        });
    }

    /// The word is left alone until the sleepers are awake.
    @Test
    void findsWakeBeforeTheCount() {
        assertHangs(scheduler -> new ModelWords(BYTES, scheduler) {
            @Override
            public boolean compareAndSet(long at, int expected, int value) {
                int unused = wake(at, Integer.MAX_VALUE);
                boolean unusedStep = super.compareAndSet(at, expected, value);
                return false;
            }
        });
    }

    private static void assertHangs(Function<ModelScheduler, ModelWords> mistake) {
        assertThatThrownBy(() -> draw(mistake)).isInstanceOf(ModelScheduler.Hang.class);
    }

    /// Three consumers, one of which may leave early by time, as its deadline or its step is over, and comes again; and
    /// two producers, of which one publishes twice.
    private static void draw(Function<ModelScheduler, ModelWords> model) {
        for (long seed = 0; seed < RUNS; seed++) {
            ModelScheduler scheduler = new ModelScheduler(seed);
            ModelWords words = model.apply(scheduler);
            Sleepers sleepers = new Sleepers(words, WORD);
            Runnable consumer = () -> consume(words, sleepers);
            scheduler.run(
                    consumer,
                    consumer,
                    consumer,
                    () -> {
                        publish(words, sleepers);
                        publish(words, sleepers);
                    },
                    () -> publish(words, sleepers),
                    () -> words.timeOutOne(WORD));
        }
    }

    private static void publish(ModelWords words, Sleepers sleepers) {
        int unused = words.getAndAdd(PUBLISHED, 1);
        sleepers.signal();
    }

    /// Waits for one after the other, as a consumer of the Disruptor does.
    private static void consume(ModelWords words, Sleepers sleepers) {
        for (int awaited = 1; awaited <= ALL; awaited++) {
            while (words.get(PUBLISHED) < awaited) {
                int seen = sleepers.announce();
                if (words.get(PUBLISHED) < awaited) {
                    try {
                        sleepers.sleep(seen, 1);
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                }
            }
        }
    }
}
