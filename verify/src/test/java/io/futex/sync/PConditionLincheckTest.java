package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.WaitResult;
import io.futex.contract.Scale;
import io.futex.memory.ModelWords;
import java.util.concurrent.TimeUnit;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.junit.jupiter.api.Test;

/// The real PCondition, over the real PMutex, under a model checker. A signal that is lost shows as a hang. What takes
/// many switches of threads is for [PConditionScheduleTest].
@SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
class PConditionLincheckTest {
    private static final int INVOCATIONS = Scale.of(30, 10_000);

    private static final int BYTES = (int) PCondition.LAYOUT_BYTES;

    /// One signal, for two that wait: a patient one, and one whose time ends at any moment. The latter passes a signal
    /// on, but only if it has got one.
    @Test
    void timeoutLosesNoSignal() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> oneSignalForTwo(new ModelWords(BYTES)));
    }

    @Test
    void signalAllReachesAll() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            Checked checked = new Checked(new ModelWords(BYTES));
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

    private static final class Swallowing extends ModelWords {
        private volatile Thread over;
        private volatile int remembered;

        Swallowing() {
            super(BYTES);
        }

        @Override
        public WaitResult await(long at, int expected, long deadline, boolean interruptible)
                throws InterruptedException {
            super.await(at, expected, deadline, interruptible);
            if (deadline == Long.MAX_VALUE) {
                return WaitResult.WOKEN;
            }
            remembered = expected;
            over = Thread.currentThread();
            return WaitResult.TIMED_OUT;
        }

        @Override
        public int getPlain(long at) {
            return at == Signals.SEQUENCE && Thread.currentThread().equals(over) ? remembered : super.getPlain(at);
        }
    }

    private static void oneSignalForTwo(ModelWords words) {
        Checked checked = new Checked(words);
        Model.run(
                checked::awaitReadyAndEndAll,
                checked::awaitReadyOrEnd,
                () -> {
                    checked.mutex.lock();
                    checked.ready = true;
                    checked.condition.signal();
                    checked.mutex.unlock();
                },
                () -> words.timeOutOne(Signals.SEQUENCE));
        checked.leavesNothingBehind();
    }

    private static final class Checked {
        final ModelWords lock = new ModelWords(Integer.BYTES);
        final ModelWords words;
        final PMutex mutex = new PMutex(lock, 0, new PMutexMistakes.NoMistake(), true);
        final PCondition condition;
        boolean ready;

        Checked(ModelWords words) {
            this.words = words;
            condition = new PCondition(words, 0, mutex, true);
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
            Model.check(words.peek(4) == 0, "still waiting: " + words.peek(4));
            Model.check(words.peek(8) == 0, "still signalled: " + words.peek(8));
            Model.check(lock.peek(0) == 0, "left in the lock: " + lock.peek(0));
        }
    }
}
