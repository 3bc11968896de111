package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.futex.FutexException;
import io.futex.ModelWord;
import io.futex.WaitResult;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A wait that fails, since the system refuses it or there is no stack or memory left, or that always finds the word
/// changed: who called hears of it in time, and nobody else is misled.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FailingWaitTest {
    private final Word word = new Word(0);

    // ---- Barrier

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoFailsAtABarrierBreaksIt(boolean error) {
        Barrier barrier = barrier(3);
        Waiter other = asleep(word, barrier::await);
        Throwable failure = error ? new StackOverflowError() : new FutexException("on purpose");
        word.failure = failure;
        assertThat(Waiter.platform(barrier::awaitUninterruptibly).thrown())
                .isSameAs(failure)
                .hasNoSuppressedExceptions();
        assertThat(other.thrown()).isInstanceOf(BrokenBarrierException.class);
        assertThat(barrier.isBroken()).isTrue();
        assertThatExceptionOfType(BrokenBarrierException.class).isThrownBy(barrier::await);
    }

    @Test
    void nobodyPassesWithWhoHasFailed() {
        Barrier barrier = barrier(2);
        word.failure = new FutexException("on purpose");
        assertThatExceptionOfType(FutexException.class).isThrownBy(barrier::await);
        word.failure = null;
        assertThatExceptionOfType(BrokenBarrierException.class).isThrownBy(barrier::await);
    }

    /// The generation is over, and the next one has nothing to do with it.
    @Test
    void whoFailsTooLateBreaksNothing() {
        Barrier barrier = barrier(2);
        FutexException failure = new FutexException("on purpose");
        word.failure = failure;
        word.beforeFailure = () -> assertThat(lead(barrier)).isZero();
        assertThatExceptionOfType(FutexException.class).isThrownBy(barrier::await);
        assertThat(barrier.isBroken()).isFalse();
        assertThat(barrier.waiters()).isZero();
    }

    @Test
    void aBarrierWhoseMemoryIsGoneSaysBoth() {
        Barrier barrier = barrier(2);
        FutexException failure = new FutexException("on purpose");
        word.failure = failure;
        word.beforeFailure = () -> word.gone = true;
        assertThatExceptionOfType(FutexException.class)
                .isThrownBy(barrier::await)
                .satisfies(thrown ->
                        assertThat(thrown.getSuppressed()).singleElement().isInstanceOf(IllegalStateException.class));
    }

    private Barrier barrier(int parties) {
        return new Barrier(word, new ModelWord(0), new ModelWord(0), parties, false);
    }

    private static int lead(Barrier barrier) {
        try {
            return barrier.await();
        } catch (InterruptedException | BrokenBarrierException e) {
            throw new AssertionError(e);
        }
    }

    // ---- Semaphore

    /// Others take and release single permits so fast that the word never is what it was a moment ago; what tells the
    /// time looks at the word first.
    @Test
    void whoWantsSeveralLooksAtTheClock() throws Exception {
        word.changes = true;
        Semaphore semaphore = new Semaphore(new ModelWord(1), new ModelWord(0), word, SemaphoreRules.LOCAL);
        long start = System.nanoTime();
        assertThat(semaphore.tryAcquire(2, 5, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(semaphore.tryAcquireUninterruptibly(2, 5, TimeUnit.MILLISECONDS))
                .isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(10_000_000);
        assertThat(semaphore.tryAcquire()).isTrue();
    }

    // ---- PCondition

    /// Letting go of the lock has failed at its last step, the wake of one who wants it.
    @Test
    @SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
    void aConditionWhoseUnlockFailsIsLeftWithTheLock() {
        PMutex mutex = new PMutex(word, PMutexRules.SHARED);
        ModelWord counts = new ModelWord(0);
        PCondition condition = new PCondition(new ModelWord(0), counts, mutex);
        mutex.lock();
        Waiter locker = asleep(word, () -> {
            mutex.lock();
            mutex.unlock();
            return true;
        });
        StackOverflowError failure = new StackOverflowError();
        word.wakeFailure = failure;
        assertThatExceptionOfType(StackOverflowError.class)
                .isThrownBy(condition::await)
                .isSameAs(failure);
        word.wakeFailure = null;
        assertThat(mutex.isHeldByCurrentThread()).isTrue();
        assertThat(counts.peek()).isZero();
        mutex.unlock();
        assertThat(locker.result()).isEqualTo(true);
    }

    private static <T> Waiter asleep(Word word, Waiter.Call<T> call) {
        Waiter waiter = Waiter.platform(call);
        Await.until("asleep", () -> word.awaited && waiter.thread().getState() == Thread.State.WAITING);
        return waiter;
    }

    private static final class Word extends ModelWord {
        volatile Throwable failure;
        volatile Throwable wakeFailure;
        volatile Runnable beforeFailure = () -> {};
        volatile boolean gone;
        volatile boolean changes;
        volatile boolean awaited;

        Word(int initial) {
            super(initial);
        }

        @Override
        public WaitResult awaitUntil(int expected, long deadlineNanos) throws InterruptedException {
            fail();
            return changes ? WaitResult.CHANGED : super.awaitUntil(expected, deadlineNanos);
        }

        @Override
        public WaitResult awaitUntilUninterruptibly(int expected, long deadlineNanos) {
            fail();
            return changes ? WaitResult.CHANGED : super.awaitUntilUninterruptibly(expected, deadlineNanos);
        }

        @Override
        public int get() {
            if (gone) {
                throw new IllegalStateException("closed");
            }
            return super.get();
        }

        @Override
        public int wakeOne() {
            throwIt(wakeFailure);
            return super.wakeOne();
        }

        private void fail() {
            awaited = true;
            Throwable thrown = failure;
            if (thrown != null) {
                failure = null;
                beforeFailure.run();
                throwIt(thrown);
            }
        }

        private static void throwIt(Throwable thrown) {
            if (thrown instanceof Error error) {
                throw error;
            }
            if (thrown instanceof RuntimeException exception) {
                throw exception;
            }
        }
    }
}
