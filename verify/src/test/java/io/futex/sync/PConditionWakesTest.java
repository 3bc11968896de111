package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.futex.contract.Await;
import io.futex.contract.Waiter;
import io.futex.memory.ModelWords;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Which wakes are made, and what becomes of those that fail, as they do where the stack ends just there.
@SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop"}) // what fails in between ends the test anyway
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PConditionWakesTest {
    private final Counting lock = new Counting(Integer.BYTES);
    private final Counting words = new Counting((int) PCondition.LAYOUT_BYTES);
    private final PMutex mutex = new PMutex(lock, 0, PMutexRules.LOCAL, true);
    private final PCondition condition = new PCondition(words, 0, mutex, true);

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void signalsForNobodyOnlyRead(boolean alone) {
        PCondition signalled = new PCondition(words, 0, mutex, alone);
        for (int i = 0; i < 10; i++) {
            mutex.lock();
            signalled.signal();
            signalled.signalAll();
            mutex.unlock();
        }
        assertThat(words.writes).isZero();
        assertThat(words.wakes).isZero();
        assertThat(lock.wakes).isZero();
    }

    /// Where somebody else could come in between a signal wakes within the lock; else the unlock does, for all of them.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void signalsWakeOnceTheLockIsFree(boolean alone) {
        PCondition signalled = new PCondition(words, 0, mutex, alone);
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiters.add(asleep(signalled));
        }
        mutex.lock();
        signalled.signal();
        signalled.signal();
        signalled.signalAll();
        signalled.signalAll();
        assertThat(words.wakes).isEqualTo(alone ? 0 : 3);
        mutex.unlock();
        assertThat(words.wakes).isEqualTo(alone ? 1 : 3);
        waiters.forEach(Waiter::result);
        assertThat(signalled).hasToString("PCondition[waiting=0, signalled=0]");
    }

    // ---- wakes that fail

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aSignalThatFailedIsNone(boolean all) {
        PCondition signalled = new PCondition(words, 0, mutex, false);
        Waiter waiter = asleep(signalled);
        mutex.lock();
        fails(words, all ? signalled::signalAll : signalled::signal);
        assertThat(signalled).hasToString("PCondition[waiting=1, signalled=0]");
        assertThat(words.peek(Signals.SEQUENCE)).isZero();
        signalled.signal();
        mutex.unlock();
        waiter.result();
        assertThat(signalled).hasToString("PCondition[waiting=0, signalled=0]");
    }

    /// The lock is free then. Whoever signals next wakes, if there is nobody else whom that is for.
    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void theSignalAfterAnUnlockThatFailedWakes(boolean all, boolean thenAll) {
        Waiter waiter = asleep(condition);
        mutex.lock();
        signal(all);
        fails(words, mutex::unlock);
        assertThat(mutex.isLocked()).isFalse();
        assertThat(condition).hasToString("PCondition[waiting=1, signalled=1]");
        mutex.lock();
        signal(thenAll);
        mutex.unlock();
        waiter.result();
        assertThat(condition).hasToString("PCondition[waiting=0, signalled=0]");
    }

    @Test
    void theWaitAfterAnUnlockThatFailedWakes() {
        Waiter first = asleep(condition);
        mutex.lock();
        condition.signal();
        fails(words, mutex::unlock);
        Waiter second = waiter(condition);
        first.result();
        Await.until("asleep", () -> words.sleepers(Signals.SEQUENCE) == 1);
        mutex.lock();
        condition.signal();
        mutex.unlock();
        second.result();
    }

    /// A signal that was left to an unlock which has not woken yet, and is about to fail.
    @Test
    void aSignalDoesNotRelyOnAnUnlockThatIsAboutToFail() {
        Waiter waiter = asleep(condition);
        mutex.lock();
        condition.signal();
        words.beforeWake = () -> {
            words.beforeWake = () -> {};
            mutex.lock();
            condition.signal();
            mutex.unlock();
            words.failures = 1;
        };
        assertThatExceptionOfType(StackOverflowError.class).isThrownBy(mutex::unlock);
        waiter.result();
    }

    /// The step itself fails: the lock is held, and the unlock may be repeated, with its wakes.
    @Test
    void anUnlockThatFailedCanBeRepeated() {
        Waiter waiter = asleep(condition);
        mutex.lock();
        condition.signal();
        lock.failingSteps = 1;
        assertThatExceptionOfType(StackOverflowError.class).isThrownBy(mutex::unlock);
        assertThat(mutex.isHeldByCurrentThread()).isTrue();
        assertThat(waiter.isDone()).isFalse();
        mutex.unlock();
        waiter.result();
        assertThat(mutex.isLocked()).isFalse();
    }

    /// Letting go of the lock has failed at its last step, the wake of one who wants it.
    @Test
    void aWaitWhoseUnlockFailsEndsWithTheLock() {
        mutex.lock();
        Waiter locker = Waiter.platform(() -> {
            mutex.lock();
            mutex.unlock();
            return true;
        });
        Await.until("asleep", () -> lock.sleepers(0) == 1);
        fails(lock, condition::awaitUninterruptibly);
        assertThat(mutex.isHeldByCurrentThread()).isTrue();
        assertThat(condition.waiters()).isZero();
        mutex.unlock();
        assertThat(locker.result()).isEqualTo(true);
    }

    private void signal(boolean all) {
        if (all) {
            condition.signalAll();
        } else {
            condition.signal();
        }
    }

    private static void fails(Counting words, Runnable call) {
        words.failures = 1;
        assertThatExceptionOfType(StackOverflowError.class).isThrownBy(call::run);
        assertThat(words.failures).isZero();
    }

    private Waiter asleep(PCondition condition) {
        int before = words.sleepers(Signals.SEQUENCE);
        Waiter waiter = waiter(condition);
        Await.until("asleep", () -> words.sleepers(Signals.SEQUENCE) > before);
        return waiter;
    }

    private Waiter waiter(PCondition condition) {
        return Waiter.platform(() -> {
            mutex.lock();
            condition.awaitUninterruptibly();
            mutex.unlock();
            return null;
        });
    }

    private static final class Counting extends ModelWords {
        volatile int wakes;
        volatile int writes;
        volatile int failures;
        volatile int failingSteps;
        volatile Runnable beforeWake = () -> {};

        Counting(int bytes) {
            super(bytes);
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // one thread wakes at a time
        public int wake(long at, int count) {
            wakes++;
            beforeWake.run();
            if (failures > 0) {
                failures--;
                throw new StackOverflowError();
            }
            return super.wake(at, count);
        }

        @Override
        public int getAndAdd(long at, int delta) {
            if (failingSteps > 0) {
                failingSteps = 0;
                throw new StackOverflowError();
            }
            return super.getAndAdd(at, delta);
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // with the lock
        public void set(long at, int value) {
            writes++;
            super.set(at, value);
        }
    }
}
