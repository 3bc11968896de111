package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.lang.foreign.MemorySegment;
import java.util.Date;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/// What the tests of conditions have in common: a condition, every way to wait for it, and threads that do.
@SuppressWarnings({
    "WaitNotInLoop", // the single wait is what is tested
    "LockNotBeforeTry", // what fails in between ends the test anyway
    "JavaUtilDate" // the interface has it
})
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class PConditionFixture {
    final PMutex mutex = new PMutex();
    final PCondition condition = new PCondition(mutex);

    /// Every way to wait. The timed ones have a day.
    enum Form {
        AWAIT,
        UNINTERRUPTIBLY,
        NANOS,
        TIMED,
        TIMED_UNINTERRUPTIBLY,
        DATE;

        boolean isInterruptible() {
            return this != UNINTERRUPTIBLY && this != TIMED_UNINTERRUPTIBLY;
        }

        /// @return whether signalled
        boolean await(Condition condition) throws InterruptedException {
            switch (this) {
                case AWAIT -> condition.await();
                case UNINTERRUPTIBLY -> condition.awaitUninterruptibly();
                case NANOS -> {
                    return condition.awaitNanos(TimeUnit.DAYS.toNanos(1)) > 0;
                }
                case TIMED -> {
                    return condition.await(1, TimeUnit.DAYS);
                }
                case TIMED_UNINTERRUPTIBLY -> {
                    return ((PCondition) condition).awaitUninterruptibly(1, TimeUnit.DAYS);
                }
                case DATE -> {
                    return condition.awaitUntil(new Date(System.currentTimeMillis() + TimeUnit.DAYS.toMillis(1)));
                }
            }
            return true;
        }
    }

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    Waiter start(boolean virtual, Form form) {
        return Waiter.start(virtual, () -> {
            mutex.lock();
            try {
                return form.await(condition);
            } finally {
                assertThat(mutex.isHeldByCurrentThread()).isTrue();
                mutex.unlock();
            }
        });
    }

    /// Waits until so many threads wait, without the lock.
    void awaitWaiting(int count) {
        awaitWaiting(condition, count);
        mutex.lock();
        mutex.unlock();
    }

    static void awaitWaiting(PCondition condition, int count) {
        Await.until(count + " wait", () -> condition.toString().contains("waiting=" + count + ","));
    }

    void signal() {
        mutex.lock();
        condition.signal();
        mutex.unlock();
    }

    void signalAll() {
        mutex.lock();
        condition.signalAll();
        mutex.unlock();
    }

    Waiter locked(Waiter.Call<Boolean> call) {
        return Waiter.platform(() -> {
            mutex.lock();
            try {
                return call.run();
            } finally {
                mutex.unlock();
            }
        });
    }

    static PCondition view(boolean shared, MemorySegment memory, long offset, PMutex mutex) {
        return shared ? PCondition.shared(memory, offset, mutex) : PCondition.local(memory, offset, mutex);
    }
}
