package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The forms that wait for what the signals are about.
@SuppressWarnings({
    "WaitNotInLoop", // the condition has the loop
    "LockNotBeforeTry" // what fails in between ends the test anyway
})
class PConditionPredicateTest extends PConditionFixture {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void waitsForWhatTheSignalsAreAbout(int form) {
        for (boolean virtual : new boolean[] {false, true}) {
            AtomicInteger value = new AtomicInteger();
            AtomicInteger looks = new AtomicInteger();
            BooleanSupplier ready = () -> {
                assertThat(mutex.isHeldByCurrentThread()).isTrue();
                looks.incrementAndGet();
                return value.get() == 2;
            };
            Waiter waiter = Waiter.start(virtual, () -> {
                mutex.lock();
                try {
                    return awaitReady(form, ready);
                } finally {
                    mutex.unlock();
                }
            });
            awaitWaiting(1);
            value.set(1);
            signal();
            Await.until("it has looked again", () -> looks.get() >= 2);
            awaitWaiting(1);
            assertThat(waiter.isDone()).isFalse();
            value.set(2);
            signal();
            assertThat(waiter.result()).isEqualTo(true);
            assertThat(looks).hasValue(3);
            assertThat(condition).hasToString("PCondition[waiting=0, signalled=0]");
        }
    }

    private boolean awaitReady(int form, BooleanSupplier ready) throws InterruptedException {
        switch (form) {
            case 0 -> condition.await(ready);
            case 1 -> condition.awaitUninterruptibly(ready);
            case 2 -> {
                return condition.await(ready, 1, TimeUnit.DAYS);
            }
            default -> {
                return condition.awaitUninterruptibly(ready, 1, TimeUnit.DAYS);
            }
        }
        return true;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void whatHoldsAlreadyIsNotWaitedFor(int form) throws InterruptedException {
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(() -> awaitReady(form, () -> true));
        mutex.lock();
        assertThat(awaitReady(form, () -> true)).isTrue();
        Thread.currentThread().interrupt();
        assertThat(awaitReady(form, () -> true)).isTrue(); // nothing to wait for, so nothing to interrupt
        assertThat(Thread.interrupted()).isTrue();
        IllegalArgumentException failure = new IllegalArgumentException();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> awaitReady(form, () -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThatNullPointerException().isThrownBy(() -> awaitReady(form, null));
        mutex.unlock();
    }

    @Test
    void aWaitForSomethingEndsByTimeOrInterrupt() throws InterruptedException {
        AtomicInteger looks = new AtomicInteger();
        BooleanSupplier never = () -> looks.incrementAndGet() < 0;
        mutex.lock();
        for (long nanos : new long[] {-1, 0, 1, 100_000, 5_000_000}) {
            long start = System.nanoTime();
            assertThat(condition.await(never, nanos, TimeUnit.NANOSECONDS)).isFalse();
            assertThat(condition.awaitUninterruptibly(never, nanos, TimeUnit.NANOSECONDS))
                    .isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(2 * nanos);
        }
        assertThat(looks).hasValue(20);
        assertThat(condition.await(() -> looks.incrementAndGet() == 22, 0, TimeUnit.DAYS))
                .as("looks once more")
                .isTrue();
        for (boolean timed : new boolean[] {false, true}) {
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> {
                if (timed) {
                    condition.await(never, 1, TimeUnit.DAYS);
                } else {
                    condition.await(never);
                }
            });
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            assertThat(mutex.isHeldByCurrentThread()).isTrue();
        }
        mutex.unlock();
        assertThat(condition).hasToString("PCondition[waiting=0, signalled=0]");
    }
}
