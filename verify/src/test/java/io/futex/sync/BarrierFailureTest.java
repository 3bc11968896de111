package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.futex.FutexException;
import io.futex.WaitResult;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import io.futex.memory.ModelWords;
import java.util.concurrent.BrokenBarrierException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A wait that fails, since the system refuses it or there is no stack or memory left: who called hears of it, and
/// nobody else is misled. And a wake that fails leaves a state that is what it says.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BarrierFailureTest {
    private final Failing words = new Failing();

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoFailsAtABarrierBreaksIt(boolean error) {
        Barrier barrier = barrier(3);
        Waiter other = asleep(barrier);
        Throwable failure = error ? new StackOverflowError() : new FutexException("on purpose");
        words.failure = failure;
        assertThat(Waiter.platform(barrier::awaitUninterruptibly).thrown())
                .isSameAs(failure)
                .hasNoSuppressedExceptions();
        assertThat(other.thrown()).isInstanceOf(BrokenBarrierException.class);
        assertThat(barrier.isBroken()).isTrue();
        assertThatExceptionOfType(BrokenBarrierException.class).isThrownBy(barrier::await);
        barrier.reset();
        assertThat(words.peek(Generations.STATE)).as("all have left").isZero();
    }

    /// The generation is over, and the next one has nothing to do with it.
    @Test
    void whoFailsTooLateBreaksNothing() {
        Barrier barrier = barrier(2);
        words.failure = new FutexException("on purpose");
        words.beforeFailure = () -> assertThat(lead(barrier)).isZero();
        assertThatExceptionOfType(FutexException.class).isThrownBy(barrier::await);
        assertThat(barrier.isBroken()).isFalse();
        assertThat(barrier.waiters()).isZero();
    }

    /// Who was to leave does so, and lets in who has come since.
    @Test
    void whoFailsWhenItIsSentAwayLeaves() {
        Barrier barrier = barrier(2);
        words.failure = new FutexException("on purpose");
        words.beforeFailure = barrier::reset;
        assertThatExceptionOfType(FutexException.class).isThrownBy(barrier::await);
        Waiter waiter = asleep(barrier);
        assertThat(lead(barrier)).isZero();
        assertThat(waiter.result()).isEqualTo(1);
    }

    @Test
    void aBarrierWhoseMemoryIsGoneSaysBoth() {
        Barrier barrier = barrier(2);
        words.failure = new FutexException("on purpose");
        words.beforeFailure = () -> words.gone = true;
        assertThatExceptionOfType(FutexException.class)
                .isThrownBy(barrier::await)
                .satisfies(thrown ->
                        assertThat(thrown.getSuppressed()).singleElement().isInstanceOf(IllegalStateException.class));
        assertThat(barrier).hasToString("Barrier[closed]");
    }

    /// Who leaves and then fails to wake has left once.
    @Test
    void whoFailsToWakeHasBrokenIt() {
        Barrier barrier = barrier(3);
        Waiter other = asleep(barrier);
        words.failingWakes = 1;
        Waiter interrupted = Waiter.platform(() -> {
            Thread.currentThread().interrupt();
            return barrier.await();
        });
        assertThat(interrupted.thrown()).isInstanceOf(StackOverflowError.class);
        assertThat(barrier.isBroken()).isTrue();
        barrier.reset(); // wakes
        assertThat(other.thrown()).isInstanceOf(BrokenBarrierException.class);
        assertThat(words.peek(Generations.STATE)).isZero();
    }

    /// The others have passed, and sleep on until the next wake.
    @Test
    void aLeaderThatFailsToWakeHasLed() throws Exception {
        Barrier barrier = barrier(2);
        Waiter waiter = asleep(barrier);
        words.failingWakes = 1;
        assertThatExceptionOfType(StackOverflowError.class).isThrownBy(barrier::awaitUninterruptibly);
        assertThat(barrier.waiters()).isZero();
        Waiter next = Waiter.platform(barrier::await);
        Await.until("it has arrived", () -> barrier.waiters() == 1);
        assertThat(barrier.await()).isZero();
        assertThat(waiter.result()).isEqualTo(1);
        assertThat(next.result()).isEqualTo(1);
    }

    private Barrier barrier(int parties) {
        return new Barrier(words, 0, parties, null, false);
    }

    private Waiter asleep(Barrier barrier) {
        Waiter waiter = Waiter.platform(barrier::await);
        Await.until("asleep", () -> words.sleepers(Generations.STATE) == 1);
        return waiter;
    }

    private static int lead(Barrier barrier) {
        try {
            return barrier.awaitUninterruptibly();
        } catch (BrokenBarrierException e) {
            throw new AssertionError(e);
        }
    }

    private static final class Failing extends ModelWords {
        volatile Throwable failure;
        volatile Runnable beforeFailure = () -> {};
        volatile boolean gone;
        volatile int failingWakes;

        Failing() {
            super((int) Barrier.LAYOUT_BYTES);
        }

        @Override
        public WaitResult await(long at, int expected, long deadline, boolean interruptible)
                throws InterruptedException {
            Throwable thrown = failure;
            if (thrown != null) {
                failure = null;
                beforeFailure.run();
                if (thrown instanceof Error error) {
                    throw error;
                }
                throw (RuntimeException) thrown;
            }
            return super.await(at, expected, deadline, interruptible);
        }

        @Override
        public int get(long at) {
            if (gone) {
                throw new IllegalStateException("closed");
            }
            return super.get(at);
        }

        @Override
        public int wake(long at, int count) {
            if (failingWakes > 0) {
                failingWakes = 0;
                throw new StackOverflowError();
            }
            return super.wake(at, count);
        }
    }
}
