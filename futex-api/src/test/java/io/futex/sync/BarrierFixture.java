package io.futex.sync;

import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/// What the tests of barriers have in common: every way to wait at one, and threads that do.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class BarrierFixture {
    /// Every way to wait. The timed ones have a day.
    enum Form {
        AWAIT,
        TIMED,
        UNINTERRUPTIBLY,
        TIMED_UNINTERRUPTIBLY;

        boolean isInterruptible() {
            return this == AWAIT || this == TIMED;
        }

        int await(Barrier barrier) throws Exception {
            return switch (this) {
                case AWAIT -> barrier.await();
                case TIMED -> barrier.await(1, TimeUnit.DAYS);
                case UNINTERRUPTIBLY -> barrier.awaitUninterruptibly();
                case TIMED_UNINTERRUPTIBLY -> barrier.awaitUninterruptibly(1, TimeUnit.DAYS);
            };
        }
    }

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    static Waiter start(boolean virtual, Form form, Barrier barrier) {
        return Waiter.start(virtual, () -> form.await(barrier));
    }

    static void awaitWaiters(Barrier barrier, int count) {
        Await.until(count + " have arrived", () -> barrier.waiters() == count);
    }
}
