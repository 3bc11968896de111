package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.ModelWord;
import io.futex.WaitResult;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import org.junit.jupiter.api.Test;

/// A wake that fails, as it does where the stack ends just there: who called hears of it, and later calls do not rely
/// on somebody whom nobody has woken.
class FailingWakeTest {
    @Test
    void aReleaseThatFailsLeavesNoFlag() {
        Word permits = new Word(0);
        Semaphore semaphore = new Semaphore(permits, new ModelWord(0), new ModelWord(0), SemaphoreRules.LOCAL);
        Waiter waiter = asleep(permits, () -> {
            semaphore.acquire();
            return true;
        });

        permits.fails = true;
        assertThatThrownBy(semaphore::release).isInstanceOf(StackOverflowError.class);
        assertThat(permits.peek()).isEqualTo(1);

        permits.fails = false;
        semaphore.release();
        assertThat((boolean) waiter.result()).isTrue();
        assertThat(semaphore.availablePermits()).isEqualTo(1);
    }

    @Test
    void aSetThatFailsLeavesNoFlag() {
        Word word = new Word(0);
        Event event = new Event(word, true, EventRules.LOCAL);
        Waiter waiter = asleep(word, () -> {
            event.await();
            return true;
        });

        word.fails = true;
        assertThatThrownBy(event::set).isInstanceOf(StackOverflowError.class);
        assertThat(word.peek() & EventRules.WOKEN).isZero();

        word.fails = false;
        event.set();
        assertThat((boolean) waiter.result()).isTrue();
    }

    private static Waiter asleep(Word word, Waiter.Call<Boolean> call) {
        Waiter waiter = Waiter.platform(call);
        Await.until("asleep", () -> word.awaited && waiter.thread().getState() == Thread.State.WAITING);
        return waiter;
    }

    private static final class Word extends ModelWord {
        volatile boolean fails;
        volatile boolean awaited;

        Word(int initial) {
            super(initial);
        }

        @Override
        public WaitResult awaitUntil(int expected, long deadlineNanos) throws InterruptedException {
            awaited = true;
            return super.awaitUntil(expected, deadlineNanos);
        }

        @Override
        public int wakeOne() {
            if (fails) {
                throw new StackOverflowError();
            }
            return super.wakeOne();
        }
    }
}
