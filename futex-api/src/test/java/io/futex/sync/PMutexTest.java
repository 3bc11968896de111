package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
@Timeout(60)
class PMutexTest {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    private final PMutex mutex = new PMutex();
    private final PMutexThreads threads = new PMutexThreads();

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    // ---- one thread

    @Test
    void isFreeAtFirst() {
        assertThat(mutex.isLocked()).isFalse();
        assertThat(mutex.isHeldByCurrentThread()).isFalse();
        assertThat(mutex.waiters()).isZero();
        assertThat(mutex).hasToString("PMutex[free]");
    }

    @Test
    void locksAndUnlocks() {
        mutex.lock();
        assertThat(mutex.isLocked()).isTrue();
        assertThat(mutex.isHeldByCurrentThread()).isTrue();
        assertThat(mutex)
                .hasToString("PMutex[held by thread #" + Thread.currentThread().threadId() + "]");
        mutex.unlock();
        assertThat(mutex.isLocked()).isFalse();
        assertThat(mutex.isHeldByCurrentThread()).isFalse();
    }

    @Test
    void everyWayOfLockingLocks() throws Exception {
        mutex.lockInterruptibly();
        mutex.unlock();
        assertThat(mutex.tryLock()).isTrue();
        mutex.unlock();
        assertThat(mutex.tryLock(1, TimeUnit.DAYS)).isTrue();
        mutex.unlock();
        assertThat(mutex.tryLock(0, TimeUnit.DAYS)).isTrue();
        mutex.unlock();
        assertThat(mutex.tryLock(Long.MIN_VALUE, TimeUnit.DAYS)).isTrue();
        mutex.unlock();
        assertThat(mutex.isLocked()).isFalse();
    }

    @Test
    void isNotReentrant() throws Exception {
        mutex.lock();
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(mutex::lock);
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(mutex::lockInterruptibly);
        assertThat(mutex.tryLock()).isFalse();
        assertThat(mutex.tryLock(0, TimeUnit.SECONDS)).isFalse();
        assertThat(mutex.tryLock(-1, TimeUnit.SECONDS)).isFalse();
        long start = System.nanoTime();
        assertThat(mutex.tryLock(20, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
        assertThat(mutex.isHeldByCurrentThread()).isTrue();
        assertThat(mutex.waiters()).isZero();
        mutex.unlock();
        assertThat(mutex.isLocked()).isFalse();
    }

    @Test
    void onlyTheOwnerUnlocks() throws Exception {
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(mutex::unlock);
        assertThat(mutex.isLocked()).isFalse();
        mutex.lock();
        threads.start(() -> {
            assertThat(mutex.isHeldByCurrentThread()).isFalse();
            assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(mutex::unlock);
        });
        threads.join();
        assertThat(mutex.isLocked()).isTrue();
        mutex.unlock();
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(mutex::unlock);
    }

    @Test
    void refusesNullUnit() {
        assertThatNullPointerException().isThrownBy(() -> mutex.tryLock(1, null));
        mutex.lock();
        assertThatNullPointerException().isThrownBy(() -> mutex.tryLock(1, null));
    }

    // ---- interrupts

    @Test
    void pendingInterruptComesBeforeTheLock() {
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(mutex::lockInterruptibly);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(mutex.isLocked()).isFalse();

        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> mutex.tryLock(0, TimeUnit.SECONDS));
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(mutex.isLocked()).isFalse();
    }

    @Test
    void lockAndTryLockKeepTheInterrupt() {
        Thread.currentThread().interrupt();
        mutex.lock();
        assertThat(Thread.currentThread().isInterrupted()).isTrue();
        mutex.unlock();
        assertThat(mutex.tryLock()).isTrue();
        assertThat(Thread.interrupted()).isTrue();
        mutex.unlock();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void interruptEndsTheWait(boolean timed) throws Exception {
        mutex.lock();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread waiter = threads.start(() -> {
            try {
                if (timed) {
                    mutex.tryLock(1, TimeUnit.DAYS);
                } else {
                    mutex.lockInterruptibly();
                }
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
        awaitWaiters(1);
        waiter.interrupt();
        threads.join();
        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(mutex.waiters()).isZero();
        assertThat(mutex.isHeldByCurrentThread()).isTrue();
        mutex.unlock();
        assertThat(mutex).hasToString("PMutex[free]");
    }

    @Test
    void interruptDoesNotEndLock() throws Exception {
        mutex.lock();
        AtomicReference<Boolean> interrupted = new AtomicReference<>();
        Thread waiter = threads.start(() -> {
            mutex.lock();
            interrupted.set(Thread.currentThread().isInterrupted());
            mutex.unlock();
        });
        awaitWaiters(1);
        waiter.interrupt();
        assertThat(mutex.toString()).contains("waiters=");
        mutex.unlock();
        threads.join();
        assertThat(interrupted.get()).isTrue();
    }

    // ---- time

    @ParameterizedTest
    @ValueSource(longs = {1_000, 50_000, 300_000, 2_000_000, 30_000_000})
    void timedTryIsNeverEarly(long nanos) throws Exception {
        mutex.lock();
        threads.start(() -> {
            for (int i = 0; i < 20; i++) {
                long start = System.nanoTime();
                assertThat(mutex.tryLock(nanos, TimeUnit.NANOSECONDS)).isFalse();
                assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
            }
        });
        threads.join();
        assertThat(mutex.waiters()).isZero();
        mutex.unlock();
        assertThat(mutex).hasToString("PMutex[free]");
    }

    @Test
    void timedTryAcquiresWhatBecomesFree() throws Exception {
        mutex.lock();
        AtomicReference<Boolean> acquired = new AtomicReference<>();
        threads.start(() -> {
            acquired.set(mutex.tryLock(Long.MAX_VALUE, TimeUnit.DAYS));
        });
        awaitWaiters(1);
        mutex.unlock();
        threads.join();
        assertThat(acquired.get()).isTrue();
    }

    // ---- memory of the caller

    @Test
    void livesInMemoryOfTheCaller() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(64, 4);
            for (PMutex view : new PMutex[] {PMutex.local(memory, 8), PMutex.shared(memory, 12)}) {
                view.lock();
                view.unlock();
            }
            PMutex.local(memory, 8).lock();
            assertThat(memory.get(INT, 8)).isEqualTo(1);
            assertThat(PMutex.local(memory, 8).isLocked()).isTrue();
            assertThat(PMutex.local(memory, 8).tryLock()).isFalse();
            assertThat(PMutex.local(memory, 8)).hasToString("PMutex[held]");
            assertThat(memory.get(INT, 12)).isZero();
        }
        assertThat(PMutex.LAYOUT_BYTES).isEqualTo(4);
    }

    @Test
    void refusesPlacesThatAreNone() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(16, 4);
            assertThatIllegalArgumentException().isThrownBy(() -> PMutex.local(memory.asReadOnly(), 0));
            assertThatIllegalArgumentException().isThrownBy(() -> PMutex.shared(memory.asReadOnly(), 0));
            assertThatIllegalArgumentException().isThrownBy(() -> PMutex.local(memory, 2));
            assertThatIllegalArgumentException().isThrownBy(() -> PMutex.local(MemorySegment.ofArray(new int[4]), 0));
            assertThatThrownBy(() -> PMutex.local(memory, 16)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> PMutex.local(memory, -4)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatNullPointerException().isThrownBy(() -> PMutex.local(null, 0));
        }
    }

    @Test
    void closedMemoryIsReported() {
        Arena arena = Arena.ofConfined();
        PMutex view = PMutex.local(arena.allocate(4, 4), 0);
        view.lock();
        arena.close();
        assertThatThrownBy(view::unlock).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(view::tryLock).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatIsPrintedNeverThrows() throws Exception {
        Arena closed = Arena.ofShared();
        PMutex gone = PMutex.local(closed.allocate(4, 4), 0);
        closed.close();
        assertThat(gone).hasToString("PMutex[closed]");
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(gone::unlock);
        try (Arena confined = Arena.ofConfined()) {
            PMutex other = PMutex.local(confined.allocate(4, 4), 0);
            AtomicReference<String> printed = new AtomicReference<>();
            threads.start(() -> printed.set(other.toString()));
            threads.join();
            assertThat(printed.get()).isEqualTo("PMutex[of another thread]");
        }
    }

    @Test
    void aSharedOneMakesNoCondition() {
        try (Arena arena = Arena.ofConfined()) {
            PMutex shared = PMutex.shared(arena.allocate(4, 4), 0);
            assertThatThrownBy(shared::newCondition)
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining("PCondition.shared");
        }
    }

    /// Two more threads fit into the word, and the third is told so.
    @Test
    void countsAsManyWaitersAsItCan() throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(4, 4);
            PMutex full = PMutex.local(memory, 0);
            full.lock();
            int preset = (PMutexRules.count(-1) - 2) * PMutexRules.ONE | PMutexRules.LOCKED;
            memory.set(INT, 0, preset);
            for (int i = 0; i < 2; i++) {
                threads.start(() -> {
                    full.lock();
                    full.unlock();
                });
            }
            awaitWaiters(full, PMutexRules.count(-1));
            AtomicReference<Throwable> refused = new AtomicReference<>();
            Thread third = new Thread(() -> {
                try {
                    full.lock();
                } catch (Throwable e) {
                    refused.set(e);
                }
            });
            third.start();
            third.join();
            assertThat(refused.get())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("536870911 threads wait");
            assertThat(full.waiters()).isEqualTo(PMutexRules.count(-1));
            full.unlock();
            threads.join();
            assertThat(full.waiters()).isEqualTo(PMutexRules.count(preset));
            assertThat(full.isLocked()).isFalse();
        }
    }

    /// Sleepers of memory that C, or another object, unlocks.
    @Test
    void knowsNoOwnerAcrossObjects() throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(4, 4);
            PMutex one = PMutex.local(memory, 0);
            PMutex two = PMutex.local(memory, 0);
            one.lock();
            assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(two::unlock);
            threads.start(() -> {
                two.lock();
                two.unlock();
            });
            awaitWaiters(one, 1);
            one.unlock();
            threads.join();
            assertThat(memory.get(INT, 0)).isZero();
        }
    }

    private void awaitWaiters(int count) {
        awaitWaiters(mutex, count);
    }

    private static void awaitWaiters(PMutex mutex, int count) {
        while (mutex.waiters() != count) {
            Thread.onSpinWait();
        }
    }
}
