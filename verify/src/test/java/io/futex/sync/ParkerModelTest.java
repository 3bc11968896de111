package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.ModelWord;
import io.futex.ModelWordScheduler;
import io.futex.contract.Scale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Test;

/// The real Parker under a model checker, and in interleavings drawn by lot. A lost permit shows as a hang.
class ParkerModelTest {
    private static final int INVOCATIONS = Scale.of(100, 20_000);
    private static final int RUNS = Scale.of(20_000, 500_000);

    private static final int PARKED = 2;

    /// The owner parks for a limited time first, which ends at any moment; two put something down for it.
    @Test
    void nothingIsLeftUnseen() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            ModelWord word = new ModelWord(0);
            Parker parker = new Parker(word);
            AtomicInteger put = new AtomicInteger();
            Model.run(
                    () -> owner(parker, put, 2),
                    () -> putDown(parker, put),
                    () -> putDown(parker, put),
                    word::timeOutOne);
        });
    }

    @Test
    void nothingIsLeftUnseenByLot() {
        Model.draw(RUNS, scheduler -> run(scheduler, new ModelWord(0, scheduler)));
    }

    /// An owner whose time is over, and that does not look whether a permit has come just then.
    @Test
    void findsPermitThatIsThrownAway() {
        assertThatThrownBy(() -> Model.draw(RUNS, scheduler -> {
                    ModelWord word = new ModelWord(0, scheduler) {
                        @Override
                        public boolean compareAndSet(int expected, int value) {
                            if (expected == PARKED && value == 0) {
                                set(0);
                                return true;
                            }
                            return super.compareAndSet(expected, value);
                        }
                    };
                    run(scheduler, word);
                }))
                .isInstanceOf(ModelWordScheduler.Hang.class);
    }

    /// An unpark that does not see that the owner sleeps.
    @Test
    void findsUnparkThatDoesNotWake() {
        assertThatThrownBy(() -> Lincheck.runConcurrentTest(INVOCATIONS, () -> {
                    Parker parker = new Parker(new ModelWord(0) {
                        @Override
                        public int get() {
                            return super.get() & 1;
                        }

                        @Override
                        public boolean compareAndSet(int expected, int value) {
                            return super.compareAndSet(expected, value)
                                    || super.compareAndSet(expected | PARKED, value);
                        }
                    });
                    Model.run(parker::parkUninterruptibly, parker::unpark);
                }))
                .hasMessageContaining("hung");
    }

    private static void run(ModelWordScheduler scheduler, ModelWord word) {
        Parker parker = new Parker(word);
        AtomicInteger put = new AtomicInteger();
        scheduler.run(
                () -> owner(parker, put, 3),
                () -> putDown(parker, put),
                () -> putDown(parker, put),
                () -> putDown(parker, put),
                () -> {
                    word.timeOutOne();
                    word.timeOutOne();
                });
        Model.check((word.peek() & PARKED) == 0, "left behind: " + word.peek());
    }

    /// Looks at what there is only when it has been told.
    private static void owner(Parker parker, AtomicInteger put, int all) {
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

    private static void putDown(Parker parker, AtomicInteger put) {
        put.incrementAndGet();
        parker.unpark();
    }
}
