package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.futex.Futex;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
@Timeout(120)
class RwMutexTest {
    private final RwMutex mutex = new RwMutex();
    private final Lock read = mutex.readLock();
    private final Lock write = mutex.writeLock();

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    // ---- one thread

    @Test
    void isOpenAtFirst() {
        assertThat(mutex.isWriteLocked()).isFalse();
        assertThat(mutex.isWriteLockedByCurrentThread()).isFalse();
        assertThat(mutex.readers()).isZero();
        assertThat(mutex).hasToString("RwMutex[open]");
        assertThat(mutex.readLock()).isSameAs(read).hasToString("RwMutex.readLock[open]");
        assertThat(mutex.writeLock()).isSameAs(write).hasToString("RwMutex.writeLock[open]");
    }

    @Test
    void everyWayOfLockingLocks() throws Exception {
        for (Lock lock : List.of(read, write)) {
            lock.lock();
            assertThat(mutex.isWriteLocked()).isEqualTo(lock.equals(write));
            assertThat(mutex.isWriteLockedByCurrentThread()).isEqualTo(lock.equals(write));
            assertThat(mutex.readers()).isEqualTo(lock.equals(write) ? 0 : 1);
            lock.unlock();
            lock.lockInterruptibly();
            lock.unlock();
            assertThat(lock.tryLock()).isTrue();
            lock.unlock();
            assertThat(lock.tryLock(1, TimeUnit.DAYS)).isTrue();
            lock.unlock();
            assertThat(lock.tryLock(0, TimeUnit.DAYS)).isTrue();
            lock.unlock();
            assertThat(lock.tryLock(Long.MIN_VALUE, TimeUnit.DAYS)).isTrue();
            lock.unlock();
            assertThat(mutex).hasToString("RwMutex[open]");
        }
    }

    @Test
    void tellsItsState() {
        read.lock();
        read.lock();
        assertThat(mutex).hasToString("RwMutex[readers=2]");
        read.unlock();
        read.unlock();
        write.lock();
        assertThat(mutex)
                .hasToString(
                        "RwMutex[written by thread #" + Thread.currentThread().threadId() + "]");
        write.unlock();
    }

    @Test
    void readersDoNotExcludeEachOther() throws Exception {
        read.lock();
        assertThat(read.tryLock()).isTrue();
        assertThat(read.tryLock(1, TimeUnit.DAYS)).isTrue();
        assertThat(Waiter.platform(read::tryLock).result()).isEqualTo(true);
        assertThat(mutex.readers()).isEqualTo(4);
        assertThat(write.tryLock()).isFalse();
        for (int i = 0; i < 4; i++) {
            read.unlock();
        }
        assertThat(mutex).hasToString("RwMutex[open]");
    }

    @Test
    void writerIsNotReentrant() throws Exception {
        write.lock();
        for (Lock lock : List.of(read, write)) {
            assertThatExceptionOfType(IllegalMonitorStateException.class)
                    .isThrownBy(lock::lock)
                    .withMessageContaining("downgrade");
            assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(lock::lockInterruptibly);
            assertThat(lock.tryLock()).isFalse();
            assertThat(lock.tryLock(0, TimeUnit.SECONDS)).isFalse();
            assertThat(lock.tryLock(-1, TimeUnit.SECONDS)).isFalse();
            long start = System.nanoTime();
            assertThat(lock.tryLock(20, TimeUnit.MILLISECONDS)).isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
        }
        assertThat(mutex.isWriteLockedByCurrentThread()).isTrue();
        write.unlock();
        assertThat(read.tryLock()).isTrue();
    }

    @Test
    void readerThatTriesToWriteIsRefused() throws Exception {
        read.lock();
        assertThat(write.tryLock()).isFalse();
        assertThat(write.tryLock(10, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(read.tryLock()).isTrue();
        read.unlock();
        read.unlock();
        assertThat(write.tryLock()).isTrue();
    }

    @Test
    void onlyTheWriterUnlocksAndDowngrades() {
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(write::unlock);
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(mutex::downgrade);
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(read::unlock);
        assertThat(mutex).hasToString("RwMutex[open]");
        write.lock();
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(read::unlock);
        assertThat(Waiter.platform(() -> {
                            write.unlock();
                            return null;
                        })
                        .thrown())
                .isInstanceOf(IllegalMonitorStateException.class);
        assertThat(Waiter.platform(() -> {
                            mutex.downgrade();
                            return null;
                        })
                        .thrown())
                .isInstanceOf(IllegalMonitorStateException.class);
        assertThat(mutex.isWriteLockedByCurrentThread()).isTrue();
        write.unlock();
        read.lock();
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(write::unlock);
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(mutex::downgrade);
        assertThat(mutex).hasToString("RwMutex[readers=1]");
        read.unlock();
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(read::unlock);
    }

    @Test
    void downgrades() {
        write.lock();
        mutex.downgrade();
        assertThat(mutex.isWriteLockedByCurrentThread()).isFalse();
        assertThat(mutex).hasToString("RwMutex[readers=1]");
        assertThat(write.tryLock()).isFalse();
        assertThat(read.tryLock()).isTrue();
        read.unlock();
        read.unlock();
        assertThat(mutex).hasToString("RwMutex[open]");
    }

    @Test
    void makesNoConditions() {
        for (Lock lock : List.of(read, write)) {
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(lock::newCondition)
                    .withMessageContaining("PCondition");
        }
    }

    @Test
    void refusesNullUnit() {
        assertThatNullPointerException().isThrownBy(() -> read.tryLock(1, null));
        write.lock();
        assertThatNullPointerException().isThrownBy(() -> read.tryLock(1, null));
        assertThatNullPointerException().isThrownBy(() -> write.tryLock(1, null));
    }

    @Test
    void doesNotCountWhoWaits() {
        assertThat(mutex.waiters()).isEqualTo(Futex.UNKNOWN);
    }

    // ---- interrupts

    @Test
    void pendingInterruptComesBeforeTheLock() {
        for (Lock lock : List.of(read, write)) {
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(lock::lockInterruptibly);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> lock.tryLock(0, TimeUnit.SECONDS));
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            assertThat(mutex).hasToString("RwMutex[open]");
        }
    }

    @Test
    void lockAndTryLockKeepTheInterrupt() {
        for (Lock lock : List.of(read, write)) {
            Thread.currentThread().interrupt();
            lock.lock();
            lock.unlock();
            assertThat(lock.tryLock()).isTrue();
            lock.unlock();
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void interruptEndsTheWait(boolean timed) {
        write.lock();
        for (Lock lock : List.of(read, write)) {
            Waiter waiter = Waiter.platform(() -> {
                if (timed) {
                    return lock.tryLock(1, TimeUnit.DAYS);
                }
                lock.lockInterruptibly();
                return true;
            });
            awaitSleeping(lock.equals(write) ? "writers wait" : "readers wait");
            waiter.thread().interrupt();
            assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
            assertThat(waiter.interruptedAfter()).isFalse();
        }
        write.unlock();
        assertThat(read.tryLock()).isTrue();
        read.unlock();
        assertThat(write.tryLock()).isTrue();
    }

    @Test
    void interruptDoesNotEndLock() {
        write.lock();
        for (Lock lock : List.of(read, write)) {
            Waiter waiter = Waiter.platform(() -> {
                lock.lock();
                lock.unlock();
                return null;
            });
            awaitSleeping(lock.equals(write) ? "writers wait" : "readers wait");
            waiter.thread().interrupt();
            if (lock.equals(write)) {
                write.unlock();
            } else {
                mutex.downgrade();
                waiter.result();
                read.unlock();
                write.lock();
            }
            waiter.result();
            assertThat(waiter.interruptedAfter()).isTrue();
        }
    }

    // ---- time

    @ParameterizedTest
    @ValueSource(longs = {1_000, 50_000, 300_000, 2_000_000, 30_000_000})
    void timedTryIsNeverEarly(long nanos) {
        write.lock();
        for (Lock lock : List.of(read, write)) {
            Waiter.platform(() -> {
                        for (int i = 0; i < 10; i++) {
                            long start = System.nanoTime();
                            assertThat(lock.tryLock(nanos, TimeUnit.NANOSECONDS))
                                    .isFalse();
                            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
                        }
                        return null;
                    })
                    .result();
        }
        write.unlock();
        assertThat(read.tryLock()).isTrue();
        read.unlock();
        assertThat(write.tryLock()).isTrue();
    }

    @Test
    void timedTryAcquiresWhatBecomesOpen() {
        for (Lock lock : List.of(read, write)) {
            write.lock();
            Waiter waiter = Waiter.platform(() -> {
                boolean acquired = lock.tryLock(Long.MAX_VALUE, TimeUnit.DAYS);
                lock.unlock();
                return acquired;
            });
            awaitSleeping("wait");
            write.unlock();
            assertThat(waiter.result()).isEqualTo(true);
        }
    }

    private void awaitSleeping(String flag) {
        Await.until(flag, () -> mutex.toString().contains(flag));
    }
}
