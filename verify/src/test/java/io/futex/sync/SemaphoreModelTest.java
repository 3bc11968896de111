package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.ModelWord;
import io.futex.ModelWordScheduler;
import io.futex.contract.Scale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.junit.jupiter.api.Test;

/// The real Semaphore under a model checker, and in interleavings drawn by lot. Who is forgotten shows as a hang.
class SemaphoreModelTest {
    private static final int INVOCATIONS = Scale.of(100, 20_000);
    private static final int UNTIL_FOUND = 5_000;
    private static final int RUNS = Scale.of(1_000, 300_000);

    /// Two want one permit, one of them gives up at any moment; one wants two; the permits come one by one.
    @Test
    void nobodyIsForgotten() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            Words words = new Words(null);
            Semaphore semaphore = words.semaphore();
            AtomicInteger taken = new AtomicInteger();
            Model.run(
                    () -> take(semaphore, 1, taken),
                    () -> takeTimed(semaphore, 1, taken),
                    () -> take(semaphore, 2, taken),
                    () -> {
                        semaphore.release(2);
                        words.permits.timeOutOne();
                        semaphore.release();
                        semaphore.release();
                    });
            words.check(4, taken);
        });
    }

    @Test
    void nobodyIsForgottenByLot() {
        Model.draw(RUNS, scheduler -> {
            Words words = new Words(scheduler);
            Semaphore semaphore = words.semaphore();
            AtomicInteger taken = new AtomicInteger();
            scheduler.run(
                    () -> take(semaphore, 1, taken),
                    () -> take(semaphore, 1, taken),
                    () -> take(semaphore, 2, taken),
                    () -> takeTimed(semaphore, 2, taken),
                    () -> takeTimed(semaphore, 1, taken),
                    () -> takeInterruptibly(semaphore, 1, taken),
                    () -> {
                        words.permits.timeOutOne();
                        semaphore.release(3);
                        words.permits.interruptOne();
                        semaphore.release();
                    },
                    () -> {
                        semaphore.release();
                        words.bulk.timeOutOne();
                        semaphore.release(2);
                        semaphore.release();
                    });
            words.check(8, taken);
        });
    }

    /// A release that wakes only when there were no permits before: the second of two in a row wakes nobody.
    @Test
    void findsReleaseThatWakesOnlyFromZero() {
        assertThatThrownBy(() -> Lincheck.runConcurrentTest(UNTIL_FOUND, () -> {
                    AtomicInteger before = new AtomicInteger();
                    ModelWord permits = new ModelWord(0) {
                        @Override
                        public boolean compareAndSet(int expected, int value) {
                            boolean done = super.compareAndSet(expected, value);
                            if (done && value > expected) {
                                before.set(expected);
                            }
                            return done;
                        }

                        @Override
                        public int wake(int count) {
                            return before.get() == 0 ? super.wake(count) : 0;
                        }
                    };
                    Semaphore semaphore = new Semaphore(permits, new ModelWord(0), new ModelWord(0));
                    AtomicInteger taken = new AtomicInteger();
                    Model.run(
                            () -> take(semaphore, 1, taken),
                            () -> take(semaphore, 1, taken),
                            semaphore::release,
                            semaphore::release);
                }))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("hung");
    }

    /// A release that wakes one of those who want several: perhaps the one who wants more than there are.
    @Test
    void findsWakeThatReachesWhoCannotUseIt() {
        assertThatThrownBy(() -> Model.draw(UNTIL_FOUND, scheduler -> {
                    ModelWord bulk = new ModelWord(0, scheduler) {
                        @Override
                        public int wakeAll() {
                            return wakeOne();
                        }
                    };
                    Semaphore semaphore = new Semaphore(new ModelWord(0, scheduler), new ModelWord(0, scheduler), bulk);
                    AtomicInteger taken = new AtomicInteger();
                    scheduler.run(
                            () -> take(semaphore, 3, taken),
                            () -> take(semaphore, 2, taken),
                            () -> semaphore.release(2),
                            () -> semaphore.release(3));
                }))
                .isInstanceOf(ModelWordScheduler.Hang.class);
    }

    private static final class Words {
        final ModelWord permits;
        final ModelWord waiters;
        final ModelWord bulk;

        Words(ModelWordScheduler scheduler) {
            permits = new ModelWord(0, scheduler);
            waiters = new ModelWord(0, scheduler);
            bulk = new ModelWord(0, scheduler);
        }

        Semaphore semaphore() {
            return new Semaphore(permits, waiters, bulk);
        }

        /// Each permit was taken once or is there, and nobody is counted any more.
        void check(int released, AtomicInteger taken) {
            Model.check(permits.peek() == released - taken.get(), "permits: " + permits.peek() + ", taken: " + taken);
            Model.check(waiters.peek() == 0, "waiters: " + waiters.peek());
        }
    }

    private static void take(Semaphore semaphore, int n, AtomicInteger taken) {
        semaphore.acquireUninterruptibly(n);
        taken.addAndGet(n);
    }

    private static void takeTimed(Semaphore semaphore, int n, AtomicInteger taken) {
        if (semaphore.tryAcquireUninterruptibly(n, 1, TimeUnit.DAYS)) {
            taken.addAndGet(n);
        }
    }

    private static void takeInterruptibly(Semaphore semaphore, int n, AtomicInteger taken) {
        try {
            semaphore.acquire(n);
            taken.addAndGet(n);
        } catch (InterruptedException e) {
            // it gave up
        }
    }
}
