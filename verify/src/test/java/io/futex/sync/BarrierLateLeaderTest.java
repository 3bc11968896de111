package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
import io.futex.contract.Waiter;
import io.futex.memory.ModelWords;
import java.util.concurrent.BrokenBarrierException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A leader that has seen its generation complete is overtaken by a reset before its step. It then leads whoever has
/// come since:
///
/// ```
/// first               leader                           whoever resets
/// arrives
///                     looks: nobody is missing
///                                                      reset: first throws
/// arrives, sleeps
///                     ends the generation
/// ```
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BarrierLateLeaderTest {
    private volatile Thread leader;
    private volatile Waiter first;
    private final ModelWords words = new ModelWords((int) Barrier.LAYOUT_BYTES) {
        private boolean overtaken;

        @Override
        public int compareAndExchange(long at, int expected, int value) {
            if (Thread.currentThread().equals(leader) && !overtaken) {
                overtaken = true;
                overtake();
            }
            return super.compareAndExchange(at, expected, value);
        }
    };
    private final Barrier barrier = new Barrier(words, 0, 2, null, false);

    @Test
    void aLateLeaderLeadsWhoHasComeSince() {
        first = Waiter.platform(barrier::awaitUninterruptibly);
        Await.until("the first has arrived", () -> barrier.waiters() == 1);
        Waiter late = Waiter.platform(() -> {
            leader = Thread.currentThread();
            return barrier.awaitUninterruptibly();
        });
        assertThat(late.result()).isEqualTo(0);
        assertThat(first.result()).isEqualTo(1);
        assertThat(barrier.waiters()).isZero();
    }

    private void overtake() {
        barrier.reset();
        assertThat(first.thrown()).isInstanceOf(BrokenBarrierException.class);
        first = Waiter.platform(barrier::awaitUninterruptibly);
        Await.until("the first sleeps", () -> words.sleepers(Generations.STATE) == 1);
    }
}
