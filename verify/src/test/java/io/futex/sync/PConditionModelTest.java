package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.ModelWord;
import io.futex.WaitResult;
import io.futex.contract.Scale;
import java.util.concurrent.TimeUnit;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.junit.jupiter.api.Test;

/// The real PCondition, over the real PMutex, under a model checker. A signal that is lost shows as a hang. What takes
/// many switches of threads is for [PConditionScheduleTest].
@SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
class PConditionModelTest {
    private static final int INVOCATIONS = Scale.of(30, 10_000);

    /// One signal, for two that wait: a patient one, and one whose time ends at any moment. The latter passes a signal
    /// on, but only if it has got one.
    @Test
    void timeoutLosesNoSignal() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> oneSignalForTwo(new ModelWord(0)));
    }

    @Test
    void signalAllReachesAll() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            Checked checked = new Checked(new ModelWord(0));
            Model.run(checked::awaitReady, checked::awaitReady, checked::awaitReadyTimed, () -> {
                checked.mutex.lock();
                checked.ready = true;
                checked.condition.signalAll();
                checked.mutex.unlock();
            });
            checked.leavesNothingBehind();
        });
    }

    // ---- The model finds what is known to be wrong; else it would prove nothing.

    /// A signal comes together with the end of the time, and counts as that.
    @Test
    void findsSwallowedSignal() {
        assertThatThrownBy(() -> Lincheck.runConcurrentTest(INVOCATIONS, () -> oneSignalForTwo(new Swallowing())))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("hung");
    }

    private static final class Swallowing extends ModelWord {
        private volatile Thread over;
        private volatile int remembered;

        Swallowing() {
            super(0);
        }

        @Override
        public WaitResult awaitUntil(int expected, long deadlineNanos) throws InterruptedException {
            super.awaitUntil(expected, deadlineNanos);
            remembered = expected;
            over = Thread.currentThread();
            return WaitResult.TIMED_OUT;
        }

        @Override
        public int getPlain() {
            return Thread.currentThread().equals(over) ? remembered : super.getPlain();
        }
    }

    private static void oneSignalForTwo(ModelWord sequence) {
        Checked checked = new Checked(sequence);
        Model.run(
                checked::awaitReadyAndEndAll,
                checked::awaitReadyOrEnd,
                () -> {
                    checked.mutex.lock();
                    checked.ready = true;
                    checked.condition.signal();
                    checked.mutex.unlock();
                },
                sequence::timeOutOne);
        checked.leavesNothingBehind();
    }

    private static final class Checked {
        final ModelWord lock = new ModelWord(0);
        final ModelWord counts = new ModelWord(0);
        final PMutex mutex = new PMutex(lock, new PMutexMistakes.NoMistake());
        final PCondition condition;
        boolean ready;

        Checked(ModelWord sequence) {
            condition = new PCondition(sequence, counts, mutex);
        }

        void awaitReady() {
            mutex.lock();
            while (!ready) {
                condition.awaitUninterruptibly();
            }
            mutex.unlock();
        }

        /// The other one may wait without a reason: the only signal was for this one.
        void awaitReadyAndEndAll() {
            awaitReady();
            mutex.lock();
            condition.signalAll();
            mutex.unlock();
        }

        void awaitReadyTimed() {
            mutex.lock();
            while (!ready) {
                var unused = condition.awaitUninterruptibly(1, TimeUnit.DAYS);
            }
            mutex.unlock();
        }

        @SuppressWarnings("WaitNotInLoop") // what becomes of a single wait is the question
        void awaitReadyOrEnd() {
            mutex.lock();
            boolean signalled;
            try {
                signalled = !ready && condition.await(1, TimeUnit.DAYS);
            } catch (InterruptedException e) {
                signalled = false;
            }
            Model.check(mutex.isHeldByCurrentThread(), "returned without the lock");
            if (signalled) {
                condition.signal();
            }
            mutex.unlock();
        }

        void leavesNothingBehind() {
            Model.check(counts.peek() == 0, "left in the counts: " + counts.peek());
            Model.check(lock.peek() == 0, "left in the lock: " + lock.peek());
        }
    }
}
