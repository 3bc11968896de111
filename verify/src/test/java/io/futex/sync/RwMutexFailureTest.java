package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.futex.contract.Await;
import io.futex.contract.Waiter;
import io.futex.memory.ModelWords;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A stack that ends in the middle of letting go: at the step itself, or at the wake after it.
@SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RwMutexFailureTest {
    private boolean stepFails;
    private boolean wakeFails;

    private final ModelWords words = new ModelWords((int) RwMutex.LAYOUT_BYTES) {
        @Override
        public int compareAndExchange(long at, int expected, int value) {
            failIf(stepFails);
            return super.compareAndExchange(at, expected, value);
        }

        @Override
        public void wakeEntrants(long at, int count) {
            failIf(wakeFails);
            super.wakeEntrants(at, count);
        }
    };
    private final RwMutex mutex = new RwMutex(words, 0, new RwMutexMistakes.Patient(), false);

    private void failIf(boolean now) {
        if (now) {
            stepFails = false;
            wakeFails = false;
            throw new StackOverflowError();
        }
    }

    @Test
    void anUnlockThatFailedCanBeRepeated() {
        mutex.writeLock().lock();
        stepFails = true;
        overflows(mutex.writeLock()::unlock);
        assertThat(mutex.isWriteLockedByCurrentThread()).isTrue();
        stepFails = true;
        overflows(mutex::downgrade);
        assertThat(mutex.isWriteLockedByCurrentThread()).isTrue();
        mutex.downgrade();
        stepFails = true;
        overflows(mutex.readLock()::unlock);
        assertThat(mutex.readers()).isEqualTo(1);
        mutex.readLock().unlock();
        assertThat(mutex).hasToString("RwMutex[open]");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theUnlockAfterAWakeThatFailedWakes(boolean writer) {
        Lock lock = writer ? mutex.writeLock() : mutex.readLock();
        mutex.writeLock().lock();
        Waiter waiter = Waiter.platform(() -> {
            lock.lock();
            lock.unlock();
            return null;
        });
        long turn = writer ? RwMutexRules.WRITERS_TURN : RwMutexRules.READERS_TURN;
        Await.until("asleep", () -> words.sleepers(turn) == 1);
        wakeFails = true;
        overflows(mutex.writeLock()::unlock);
        assertThat(mutex.isWriteLocked()).isFalse();
        assertThat(words.sleepers(turn)).isEqualTo(1);
        mutex.writeLock().lock();
        mutex.writeLock().unlock();
        waiter.result();
        assertThat(mutex).hasToString("RwMutex[open]");
    }

    private static void overflows(Runnable call) {
        assertThatExceptionOfType(StackOverflowError.class).isThrownBy(call::run);
    }
}
