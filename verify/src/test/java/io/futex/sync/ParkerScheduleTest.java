package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Scale;
import io.futex.memory.ModelScheduler;
import io.futex.memory.ModelWords;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The real Parker in interleavings drawn by lot. A lost permit shows as a hang.
class ParkerScheduleTest {
    private static final int RUNS = Scale.of(20_000, 500_000);

    private static final int PARKED = 2;

    @Test
    void nothingIsLeftUnseenByLot() {
        Model.draw(RUNS, scheduler -> run(scheduler, new ModelWords(4, scheduler)));
    }

    /// An owner whose time is over, and that does not look whether a permit has come just then.
    @Test
    void findsPermitThatIsThrownAway() {
        assertThatThrownBy(() -> Model.draw(RUNS, scheduler -> {
                    ModelWords words = new ModelWords(4, scheduler) {
                        @Override
                        public boolean compareAndSet(long at, int expected, int value) {
                            if (expected == PARKED && value == 0) {
                                set(at, 0);
                                return true;
                            }
                            return super.compareAndSet(at, expected, value);
                        }
                    };
                    run(scheduler, words);
                }))
                .isInstanceOf(ModelScheduler.Hang.class);
    }

    static void run(ModelScheduler scheduler, ModelWords words) {
        Parker parker = new Parker(words, 0);
        AtomicInteger put = new AtomicInteger();
        scheduler.run(
                () -> owner(parker, put, 3),
                () -> putDown(parker, put),
                () -> putDown(parker, put),
                () -> putDown(parker, put),
                () -> {
                    words.timeOutOne(0);
                    words.timeOutOne(0);
                });
        Model.check((words.peek(0) & PARKED) == 0, "left behind: " + words.peek(0));
    }

    /// Looks at what there is only when it has been told.
    static void owner(Parker parker, AtomicInteger put, int all) {
        int seen = 0;
        if (parker.parkUninterruptibly(1, TimeUnit.DAYS)) {
            seen = put.get();
        }
        if (seen < all && parker.park(1, TimeUnit.DAYS)) {
            seen = put.get();
        }
        while (seen < all) {
            parker.parkUninterruptibly();
            seen = put.get();
        }
    }

    static void putDown(Parker parker, AtomicInteger put) {
        put.incrementAndGet();
        parker.unpark();
    }
}
