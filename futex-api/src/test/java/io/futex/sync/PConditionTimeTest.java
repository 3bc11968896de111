package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Waiter;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Waits with a time or a date.
@SuppressWarnings({
    "WaitNotInLoop", // the single wait is what is tested
    "LockNotBeforeTry", // what fails in between ends the test anyway
    "JavaUtilDate" // the interface has it
})
class PConditionTimeTest extends PConditionFixture {
    @Test
    void timedWaitsAreNeverEarly() throws InterruptedException {
        mutex.lock();
        for (long nanos : new long[] {1, 1_000, 50_000, 1_000_000, 20_000_000}) {
            long start = System.nanoTime();
            assertThat(condition.awaitNanos(nanos)).isLessThanOrEqualTo(0);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
            start = System.nanoTime();
            assertThat(condition.await(nanos, TimeUnit.NANOSECONDS)).isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
            start = System.nanoTime();
            assertThat(condition.awaitUninterruptibly(nanos, TimeUnit.NANOSECONDS))
                    .isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
        }
        Date date = new Date(System.currentTimeMillis() + 20);
        assertThat(condition.awaitUntil(date)).isFalse();
        assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(date.getTime());
        assertThat(mutex.isHeldByCurrentThread()).isTrue();
        mutex.unlock();
        assertThat(condition).hasToString("PCondition[waiting=0, signalled=0]");
    }

    @Test
    void noTimeIsOneLook() throws InterruptedException {
        mutex.lock();
        assertThat(condition.await(0, TimeUnit.DAYS)).isFalse();
        assertThat(condition.await(Long.MIN_VALUE, TimeUnit.DAYS)).isFalse();
        assertThat(condition.awaitUninterruptibly(-1, TimeUnit.DAYS)).isFalse();
        assertThat(condition.awaitNanos(0)).isLessThanOrEqualTo(0);
        assertThat(condition.awaitNanos(Long.MIN_VALUE)).isEqualTo(Long.MIN_VALUE);
        assertThat(condition.awaitUntil(new Date(0))).isFalse();
        assertThat(condition.awaitUntil(new Date(Long.MIN_VALUE))).isFalse();
        mutex.unlock();
    }

    @Test
    void theLongestTimeIsForEver() {
        List<Waiter> waiters = new ArrayList<>();
        waiters.add(locked(() -> condition.await(Long.MAX_VALUE, TimeUnit.DAYS)));
        waiters.add(locked(() -> condition.awaitUninterruptibly(Long.MAX_VALUE, TimeUnit.NANOSECONDS)));
        waiters.add(locked(() -> condition.awaitNanos(Long.MAX_VALUE) > 0));
        waiters.add(locked(() -> condition.awaitUntil(new Date(Long.MAX_VALUE))));
        awaitWaiting(4);
        signalAll();
        waiters.forEach(waiter -> assertThat(waiter.result()).isEqualTo(true));
    }

    @Test
    void whatIsLeftIsTold() {
        Waiter waiter = Waiter.platform(() -> {
            mutex.lock();
            try {
                return condition.awaitNanos(TimeUnit.DAYS.toNanos(1));
            } finally {
                mutex.unlock();
            }
        });
        awaitWaiting(1);
        signal();
        assertThat((Long) waiter.result()).isPositive().isLessThan(TimeUnit.DAYS.toNanos(1));
    }
}
