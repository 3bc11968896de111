package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.futex.contract.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What breaks a barrier, and what mends it.
class BarrierBreakTest extends BarrierFixture {
    @ParameterizedTest
    @EnumSource
    void interruptBreaksOrIsKept(Form form) throws Exception {
        for (boolean virtual : new boolean[] {false, true}) {
            Barrier barrier = new Barrier(3);
            Waiter waiter = start(virtual, form, barrier);
            Waiter other = start(!virtual, Form.AWAIT, barrier);
            awaitWaiters(barrier, 2);
            waiter.thread().interrupt();
            if (form.isInterruptible()) {
                assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
                assertThat(waiter.interruptedAfter()).isFalse();
                assertThat(other.thrown()).isInstanceOf(BrokenBarrierException.class);
                assertThat(barrier.isBroken()).isTrue();
                assertThat(barrier.waiters()).isZero();
                assertThat(barrier).hasToString("Barrier[parties=3, broken]");
            } else {
                assertThat(barrier.await()).isZero();
                assertThat((Integer) waiter.result() + (Integer) other.result()).isEqualTo(3);
                assertThat(waiter.interruptedAfter()).isTrue();
            }
        }
    }

    @Test
    void pendingInterruptBreaks() throws Exception {
        Barrier barrier = new Barrier(2);
        Waiter waiter = start(false, Form.AWAIT, barrier);
        awaitWaiters(barrier, 1);
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(barrier::await);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(waiter.thrown()).isInstanceOf(BrokenBarrierException.class);

        // Broken comes before interrupted, whose status is kept for the next one.
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(BrokenBarrierException.class).isThrownBy(barrier::await);
        assertThat(Thread.interrupted()).isTrue();

        barrier.reset();
        assertThat(barrier.isBroken()).isFalse();
    }

    @Test
    void interruptBreaksAnEmptyBarrierToo() throws Exception {
        Barrier barrier = new Barrier(1);
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(barrier::await);
        assertThatExceptionOfType(BrokenBarrierException.class).isThrownBy(barrier::await);
        barrier.reset();
        assertThat(barrier.await()).isZero();
    }

    @Test
    void timeoutBreaks() {
        Barrier barrier = new Barrier(3);
        Waiter waiter = start(false, Form.UNINTERRUPTIBLY, barrier);
        awaitWaiters(barrier, 1);
        long start = System.nanoTime();
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> barrier.await(20, TimeUnit.MILLISECONDS));
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
        assertThat(waiter.thrown()).isInstanceOf(BrokenBarrierException.class);
        assertThatExceptionOfType(BrokenBarrierException.class)
                .isThrownBy(() -> barrier.awaitUninterruptibly(1, TimeUnit.DAYS));
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, 0, 1, 1_000, 50_000, 2_000_000})
    void timeoutsAreNeverEarly(long nanos) {
        Barrier barrier = new Barrier(2);
        for (int i = 0; i < 5; i++) {
            long start = System.nanoTime();
            assertThatExceptionOfType(TimeoutException.class)
                    .isThrownBy(() -> barrier.await(nanos, TimeUnit.NANOSECONDS));
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
            assertThat(barrier.isBroken()).isTrue();
            barrier.reset();
            start = System.nanoTime();
            assertThatExceptionOfType(TimeoutException.class)
                    .isThrownBy(() -> barrier.awaitUninterruptibly(nanos, TimeUnit.NANOSECONDS));
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
            barrier.reset();
        }
    }

    @Test
    void resetSendsWaitersAway() throws Exception {
        Barrier barrier = new Barrier(3);
        barrier.reset();
        for (int i = 0; i < 50; i++) {
            Waiter one = start(false, Form.AWAIT, barrier);
            Waiter two = start(true, Form.UNINTERRUPTIBLY, barrier);
            awaitWaiters(barrier, 2);
            barrier.reset();
            assertThat(one.thrown()).isInstanceOf(BrokenBarrierException.class);
            assertThat(two.thrown()).isInstanceOf(BrokenBarrierException.class);
            assertThat(barrier.isBroken()).isFalse();
            assertThat(barrier.waiters()).isZero();
        }
        Waiter one = start(false, Form.AWAIT, barrier);
        Waiter two = start(true, Form.UNINTERRUPTIBLY, barrier);
        awaitWaiters(barrier, 2);
        assertThat(barrier.await()).isZero();
        assertThat((Integer) one.result() + (Integer) two.result()).isEqualTo(3);
    }

    /// Who comes at once again waits for the others to leave, and then meets them.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoIsSentAwayMayComeAtOnce(boolean virtual) {
        for (int round = 0; round < 200; round++) {
            Barrier barrier = new Barrier(3);
            AtomicInteger sentAway = new AtomicInteger();
            List<Waiter> waiters = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                waiters.add(Waiter.start(virtual, () -> {
                    for (; ; ) {
                        try {
                            return barrier.await();
                        } catch (BrokenBarrierException e) {
                            sentAway.incrementAndGet();
                        }
                    }
                }));
            }
            awaitWaiters(barrier, 2);
            barrier.reset();
            Waiter third = Waiter.start(virtual, barrier::await);
            int sum = (Integer) third.result();
            for (Waiter waiter : waiters) {
                sum += (Integer) waiter.result();
            }
            assertThat(sum).isEqualTo(3);
            assertThat(sentAway).as("once each").hasValue(2);
            assertThat(barrier.isBroken()).isFalse();
        }
    }
}
