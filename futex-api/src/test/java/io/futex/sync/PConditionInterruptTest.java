package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.futex.contract.Waiter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What an interrupt ends, and what keeps it.
@SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
class PConditionInterruptTest extends PConditionFixture {
    @ParameterizedTest
    @EnumSource
    void interruptEndsAWaitOrIsKept(Form form) {
        for (boolean virtual : new boolean[] {false, true}) {
            Waiter waiter = start(virtual, form);
            awaitWaiting(1);
            waiter.thread().interrupt();
            if (form.isInterruptible()) {
                assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
                assertThat(waiter.interruptedAfter()).isFalse();
            } else {
                signal();
                assertThat(waiter.result()).isEqualTo(true);
                assertThat(waiter.interruptedAfter()).isTrue();
            }
            assertThat(condition).hasToString("PCondition[waiting=0, signalled=0]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void pendingInterruptComesFirst(Form form) throws InterruptedException {
        if (!form.isInterruptible()) {
            return;
        }
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> form.await(condition)); // no lock
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        mutex.lock();
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> form.await(condition));
        assertThat(mutex.isHeldByCurrentThread()).isTrue();
        mutex.unlock();
    }

    /// Signalled, then interrupted while it waits for the lock: that is a return, and the status is kept.
    @Test
    void interruptAfterTheSignalIsKept() {
        Waiter waiter = start(false, Form.AWAIT);
        awaitWaiting(1);
        mutex.lock();
        condition.signal();
        waiter.thread().interrupt();
        mutex.unlock();
        assertThat(waiter.result()).isEqualTo(true);
        assertThat(waiter.interruptedAfter()).isTrue();
    }
}
