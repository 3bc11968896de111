package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who passes, and what is done at that.
@SuppressWarnings("EnumOrdinal") // each form in turn
class BarrierTest extends BarrierFixture {
    // ---- passing

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 8, 17})
    void allPassAndOneLeads(int parties) throws Exception {
        Barrier barrier = new Barrier(parties);
        assertThat(barrier.parties()).isEqualTo(parties);
        for (int generation = 0; generation < 20; generation++) {
            List<Waiter> waiters = new ArrayList<>();
            for (int i = 1; i < parties; i++) {
                waiters.add(start(i % 2 == 0, Form.values()[i % 4], barrier));
                awaitWaiters(barrier, i);
                assertThat(barrier).hasToString("Barrier[parties=" + parties + ", waiters=" + i + "]");
            }
            assertThat(barrier.await()).isZero();
            for (int i = 1; i < parties; i++) {
                assertThat(waiters.get(i - 1).result()).isEqualTo(parties - i);
            }
            assertThat(barrier.waiters()).isZero();
            assertThat(barrier.isBroken()).isFalse();
        }
    }

    @Test
    void lastOnePassesWithoutTime() throws Exception {
        Barrier barrier = new Barrier(2);
        Waiter first = start(false, Form.AWAIT, barrier);
        awaitWaiters(barrier, 1);
        assertThat(barrier.await(0, TimeUnit.SECONDS)).isZero();
        assertThat(first.result()).isEqualTo(1);
        assertThat(new Barrier(1).awaitUninterruptibly(-1, TimeUnit.DAYS)).isZero();
    }

    // ---- the action

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void theLeaderActsBeforeAnybodyReturns(int parties) throws Exception {
        AtomicInteger acted = new AtomicInteger();
        AtomicReference<Thread> actor = new AtomicReference<>();
        Barrier barrier = new Barrier(parties, () -> {
            actor.set(Thread.currentThread());
            acted.incrementAndGet();
        });
        for (int generation = 1; generation <= 20; generation++) {
            List<Waiter> waiters = new ArrayList<>();
            for (int i = 1; i < parties; i++) {
                waiters.add(Waiter.start(i % 2 == 0, () -> {
                    barrier.await();
                    return acted.get();
                }));
            }
            awaitWaiters(barrier, parties - 1);
            assertThat(barrier.await()).isZero();
            assertThat(actor).hasValue(Thread.currentThread());
            assertThat(acted).hasValue(generation);
            for (Waiter waiter : waiters) {
                assertThat(waiter.result()).isEqualTo(generation);
            }
        }
        assertThat(new Barrier(1, null).await()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anActionThatFailsBreaksTheBarrier(boolean error) throws Exception {
        Throwable failure = error ? new StackOverflowError() : new IllegalStateException("on purpose");
        Barrier barrier = new Barrier(3, () -> {
            if (failure instanceof Error e) {
                throw e;
            }
            throw (IllegalStateException) failure;
        });
        Waiter one = start(false, Form.AWAIT, barrier);
        Waiter two = start(true, Form.UNINTERRUPTIBLY, barrier);
        awaitWaiters(barrier, 2);
        assertThatThrownBy(barrier::await).isSameAs(failure);
        assertThat(one.thrown()).isInstanceOf(BrokenBarrierException.class);
        assertThat(two.thrown()).isInstanceOf(BrokenBarrierException.class);
        assertThat(barrier.isBroken()).isTrue();
        assertThatExceptionOfType(BrokenBarrierException.class).isThrownBy(barrier::await);
        barrier.reset();
        assertThat(barrier.isBroken()).isFalse();
        assertThat(barrier.waiters()).isZero();
    }

    /// All have arrived: it is too late for the time of one, for an interrupt of another, for a reset, and for who
    /// comes.
    @Test
    void nothingHappensWhileTheActionRuns() throws Exception {
        java.util.concurrent.Semaphore acts = new java.util.concurrent.Semaphore(0);
        java.util.concurrent.Semaphore over = new java.util.concurrent.Semaphore(0);
        Barrier barrier = new Barrier(3, () -> {
            acts.release();
            over.acquireUninterruptibly();
        });
        Waiter interrupted = start(false, Form.AWAIT, barrier);
        awaitWaiters(barrier, 1);
        Waiter timed = Waiter.platform(() -> barrier.await(1, TimeUnit.SECONDS));
        long start = System.nanoTime();
        awaitWaiters(barrier, 2);
        Waiter leader = start(true, Form.AWAIT, barrier);
        acts.acquire();
        interrupted.thread().interrupt();
        Waiter reset = Waiter.platform(() -> {
            barrier.reset();
            return true;
        });
        Waiter late = start(false, Form.AWAIT, barrier);
        Await.until("the time is over", () -> System.nanoTime() - start > 1_000_000_000);
        Await.until("they wait", () -> late.thread().getState() != Thread.State.NEW);
        for (Waiter waiter : List.of(interrupted, timed, leader, reset, late)) {
            assertThat(waiter.isDone()).isFalse();
        }
        assertThat(barrier.waiters()).isEqualTo(2);
        assertThat(barrier.isBroken()).isFalse();
        over.release();
        assertThat(interrupted.result()).isEqualTo(2);
        assertThat(interrupted.interruptedAfter()).isTrue();
        assertThat(timed.result()).isEqualTo(1);
        assertThat(leader.result()).isEqualTo(0);
        reset.result();
        Await.until("it has come", () -> late.isDone() || barrier.waiters() == 1);
        if (late.isDone()) {
            assertThat(late.thrown()).isInstanceOf(BrokenBarrierException.class); // came before the reset
        } else {
            barrier.reset();
            assertThat(late.thrown()).isInstanceOf(BrokenBarrierException.class);
        }
    }

    @Test
    void anActionMayLookAndReset() throws Exception {
        AtomicReference<Barrier> own = new AtomicReference<>();
        Barrier barrier = new Barrier(1, () -> {
            own.get().reset();
            assertThat(own.get().isBroken()).isFalse();
        });
        own.set(barrier);
        assertThat(barrier.await()).isZero();
    }

    // ---- misuse

    @Test
    void refusesImpossibleNumbers() {
        for (int parties : new int[] {Integer.MIN_VALUE, -1, 0, 65_537, Integer.MAX_VALUE}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Barrier(parties))
                    .withMessageContaining("" + parties);
        }
        assertThat(new Barrier(65_536).parties()).isEqualTo(65_536);
        assertThatNullPointerException().isThrownBy(() -> new Barrier(1).await(1, null));
        assertThatNullPointerException().isThrownBy(() -> new Barrier(1).awaitUninterruptibly(1, null));
    }
}
