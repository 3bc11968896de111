package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.ModelWord;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.util.concurrent.BrokenBarrierException;
import org.junit.jupiter.api.Test;

/// A leader that has seen its generation complete is overtaken by two resets before it tidies up the logs:
///
/// ```
/// first               leader                           whoever resets
/// arrives (0)
///                     reads the state: one is missing
///                                                      reset: first throws
/// arrives (1), sleeps
///                                                      reset, but for its wake
///                     a log of generation 1: very old?
///                                                      the wake
/// how did 1 end?
/// ```
class BarrierLateLeaderTest {
    private final ModelWord marks = new ModelWord(0);
    private volatile boolean wakeLater;
    private volatile Thread leader;
    private volatile Waiter first;
    private final ModelWord state = new ModelWord(0) {
        @Override
        public int wakeAll() {
            return wakeLater ? 0 : super.wakeAll();
        }
    };
    private final ModelWord run = new ModelWord(0) {
        private boolean overtaken;

        @Override
        public int get() {
            if (Thread.currentThread().equals(leader) && !overtaken) {
                overtaken = true;
                overtake();
            }
            return super.get();
        }
    };
    private final Barrier barrier = new Barrier(state, run, marks, 2, false);

    @Test
    void aLateLeaderLeavesNewerLogsAlone() {
        Waiter broken = Waiter.platform(barrier::awaitUninterruptibly);
        Await.until("the first has arrived", () -> barrier.waiters() == 1);
        first = broken;
        Waiter late = Waiter.platform(() -> {
            leader = Thread.currentThread();
            return barrier.awaitUninterruptibly();
        });
        Await.until("the leader has come too late", () -> wakeLater && barrier.waiters() == 1);
        wakeLater = false;
        state.wakeAll();
        assertThat(first.thrown()).isInstanceOf(BrokenBarrierException.class);
        barrier.reset();
        assertThat(late.thrown()).isInstanceOf(BrokenBarrierException.class);
    }

    private void overtake() {
        barrier.reset();
        assertThat(first.thrown()).isInstanceOf(BrokenBarrierException.class);
        first = Waiter.platform(barrier::awaitUninterruptibly);
        Await.until(
                "the first sleeps",
                () -> barrier.waiters() == 1 && first.thread().getState() == Thread.State.WAITING);
        wakeLater = true;
        barrier.reset();
    }
}
