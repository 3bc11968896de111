package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.Futex;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
@Timeout(120)
class RwMutexTest {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    /// How long who shall hand over waits for another to come, and for another to fall asleep, having spun.
    private static final long PATIENCE_NANOS = 500_000;

    private static final long SLEEPER_NANOS = 10_000_000;

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

    // ---- who waits for whom

    /// The flag that stops readers must not outlive the writer that has set it.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void writerThatGivesUpLetsReadersIn(boolean interrupted) {
        read.lock();
        Waiter writer = Waiter.platform(
                () -> interrupted ? write.tryLock(1, TimeUnit.DAYS) : write.tryLock(100, TimeUnit.MILLISECONDS));
        awaitSleeping("writers wait", writer);
        Waiter reader = Waiter.platform(() -> {
            read.lock();
            read.unlock();
            return null;
        });
        awaitSleeping("readers wait", reader);
        if (interrupted) {
            writer.thread().interrupt();
            assertThat(writer.thrown()).isInstanceOf(InterruptedException.class);
        } else {
            assertThat(writer.result()).isEqualTo(false);
        }
        reader.result();
        assertThat(mutex).hasToString("RwMutex[readers=1]");
        assertThat(read.tryLock()).isTrue();
    }

    @Test
    void readersOfOnePhaseComeInTogether() {
        int count = 5;
        write.lock();
        AtomicInteger inside = new AtomicInteger();
        List<Waiter> readers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            readers.add(Waiter.platform(() -> {
                read.lock();
                inside.incrementAndGet();
                Await.until("all readers are inside", () -> inside.get() == count);
                read.unlock();
                return null;
            }));
        }
        awaitSleeping("readers wait");
        write.unlock();
        readers.forEach(Waiter::result);
    }

    @Test
    void downgradeLetsReadersIn() {
        write.lock();
        Waiter reader = Waiter.platform(() -> {
            read.lock();
            return null;
        });
        awaitSleeping("readers wait");
        mutex.downgrade();
        reader.result();
        assertThat(mutex).hasToString("RwMutex[readers=2]");
    }

    /// Ten readers who hand over: none leaves before another has come, unless nobody comes for a while. A lock that
    /// readers can always get would never be free for the writer, who gets it each time within the watchdog.
    @Test
    void writerIsNotStarvedByOverlappingReaders() {
        for (RwMutex each : forms()) {
            AtomicBoolean over = new AtomicBoolean();
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger handedOver = new AtomicInteger();
            List<Waiter> readers = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                readers.add(Waiter.platform(() -> {
                    while (!over.get()) {
                        each.readLock().lock();
                        inside.incrementAndGet();
                        long patience = System.nanoTime() + PATIENCE_NANOS;
                        while (!handsOver(inside, handedOver)) {
                            if (System.nanoTime() > patience) {
                                inside.decrementAndGet();
                                break;
                            }
                            LockSupport.parkNanos(100_000);
                        }
                        each.readLock().unlock();
                    }
                    return null;
                }));
            }
            Await.until("readers overlap", () -> handedOver.get() > 20);
            for (int i = 0; i < 4; i++) {
                Waiter writer = Waiter.platform(() -> {
                    each.writeLock().lock();
                    int readersInside = each.readers();
                    each.writeLock().unlock();
                    return readersInside;
                });
                assertThat(writer.result()).isEqualTo(0);
            }
            over.set(true);
            readers.forEach(Waiter::result);
        }
    }

    /// Four writers who hand over: none leaves before another sleeps, and a reader does, unless it takes too long. A
    /// lock that goes to writers first would never be free for the reader, who gets it each time within the watchdog.
    @Test
    void readersAreNotStarvedByWriters() {
        for (RwMutex each : forms()) {
            AtomicBoolean over = new AtomicBoolean();
            AtomicInteger handedOver = new AtomicInteger();
            List<Waiter> writers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                writers.add(Waiter.platform(() -> {
                    while (!over.get()) {
                        each.writeLock().lock();
                        long patience = System.nanoTime() + SLEEPER_NANOS;
                        while (!over.get() && System.nanoTime() < patience) {
                            if (each.toString().contains("writers wait, readers wait")) {
                                handedOver.incrementAndGet();
                                break;
                            }
                            LockSupport.parkNanos(50_000); // a processor for those that shall come
                        }
                        each.writeLock().unlock();
                    }
                    return null;
                }));
            }
            for (int i = 0; i < 4 || handedOver.get() < 2; i++) {
                Waiter reader = Waiter.platform(() -> {
                    each.readLock().lock();
                    boolean written = each.isWriteLocked();
                    each.readLock().unlock();
                    return written;
                });
                assertThat(reader.result()).isEqualTo(false);
            }
            over.set(true);
            writers.forEach(Waiter::result);
        }
    }

    /// Takes one from the number, but not the last.
    private static boolean handsOver(AtomicInteger inside, AtomicInteger times) {
        int n = inside.get();
        if (n < 2 || !inside.compareAndSet(n, n - 1)) {
            return false;
        }
        times.incrementAndGet();
        return true;
    }

    private static RwMutex[] forms() {
        MemorySegment memory = Arena.ofAuto().allocate(RwMutex.LAYOUT_BYTES, 4);
        return new RwMutex[] {new RwMutex(), RwMutex.shared(memory, 0)};
    }

    // ---- memory of the caller

    @Test
    void livesInMemoryOfTheCaller() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(64, 4);
            for (RwMutex view : new RwMutex[] {RwMutex.local(memory, 8), RwMutex.shared(memory, 20)}) {
                view.writeLock().lock();
                view.downgrade();
                view.readLock().unlock();
            }
            RwMutex.local(memory, 8).writeLock().lock();
            assertThat(memory.get(INT, 8)).isEqualTo(1 << 31);
            assertThat(RwMutex.local(memory, 8).isWriteLocked()).isTrue();
            assertThat(RwMutex.local(memory, 8).readLock().tryLock()).isFalse();
            assertThat(RwMutex.local(memory, 8)).hasToString("RwMutex[written]");
            RwMutex.shared(memory, 20).readLock().lock();
            RwMutex.shared(memory, 20).readLock().lock();
            assertThat(memory.get(INT, 20)).isEqualTo(2);
            assertThat(memory.get(INT, 12)).isZero();
            assertThat(memory.get(INT, 28)).isZero();
        }
        assertThat(RwMutex.LAYOUT_BYTES).isEqualTo(12);
    }

    @Test
    void refusesPlacesThatAreNone() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(16, 4);
            assertThatIllegalArgumentException().isThrownBy(() -> RwMutex.local(memory.asReadOnly(), 0));
            assertThatIllegalArgumentException().isThrownBy(() -> RwMutex.shared(memory.asReadOnly(), 0));
            assertThatIllegalArgumentException().isThrownBy(() -> RwMutex.local(memory, 2));
            assertThatIllegalArgumentException().isThrownBy(() -> RwMutex.local(MemorySegment.ofArray(new int[4]), 0));
            assertThatThrownBy(() -> RwMutex.local(memory, 8)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> RwMutex.local(memory, -4)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatNullPointerException().isThrownBy(() -> RwMutex.local(null, 0));
        }
    }

    @Test
    void closedMemoryIsReported() {
        Arena arena = Arena.ofConfined();
        RwMutex view = RwMutex.local(arena.allocate(12, 4), 0);
        view.writeLock().lock();
        RwMutex other = RwMutex.local(arena.allocate(12, 4), 0);
        other.readLock().lock();
        arena.close();
        assertThatThrownBy(() -> view.writeLock().unlock()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> view.writeLock().tryLock()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> view.readLock().lock()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> other.readLock().unlock()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void refusesOneReaderTooMany() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(12, 4);
            RwMutex view = RwMutex.local(memory, 0);
            memory.set(INT, 0, (1 << 25) - 1);
            view.readLock().lock();
            assertThat(view.readers()).isEqualTo(33_554_432);
            assertThatIllegalStateException().isThrownBy(() -> view.readLock().lock());
            assertThatIllegalStateException().isThrownBy(() -> view.readLock().lockInterruptibly());
            assertThatIllegalStateException().isThrownBy(() -> view.readLock().tryLock());
            assertThatIllegalStateException().isThrownBy(() -> view.readLock().tryLock(1, TimeUnit.DAYS));
            assertThat(view).hasToString("RwMutex[readers=33554432]");
            view.readLock().unlock();
            assertThat(view.readLock().tryLock()).isTrue();
        }
    }

    @Test
    void whatIsPrintedNeverThrows() {
        Arena closed = Arena.ofShared();
        RwMutex gone = RwMutex.local(closed.allocate(12, 4), 0);
        closed.close();
        assertThat(gone).hasToString("RwMutex[closed]");
        assertThat(gone.readLock()).hasToString("RwMutex.readLock[closed]");
        assertThat(gone.writeLock()).hasToString("RwMutex.writeLock[closed]");
        assertThatExceptionOfType(IllegalMonitorStateException.class)
                .isThrownBy(() -> gone.writeLock().unlock());
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(gone::downgrade);
        try (Arena confined = Arena.ofConfined()) {
            RwMutex other = RwMutex.local(confined.allocate(12, 4), 0);
            assertThat(Waiter.platform(other::toString).result()).isEqualTo("RwMutex[of another thread]");
            assertThat(Waiter.platform(other.readLock()::toString).result())
                    .isEqualTo("RwMutex.readLock[of another thread]");
        }
    }

    /// Three threads, of which two find room, one beside a writer that waits, and none is counted into the flags.
    @Test
    void readsUpToTheLimit() throws Exception {
        int limit = RwMutexRules.MAX_READERS;
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(12, 4);
            RwMutex view = RwMutex.local(memory, 0);
            memory.set(INT, 0, limit - 2);
            List<Waiter> readers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                readers.add(Waiter.platform(() -> {
                    view.readLock().lock();
                    return null;
                }));
            }
            readers.forEach(Waiter::awaitDone);
            assertThat(readers.stream().filter(reader -> reader.thrown() != null))
                    .hasSize(1);
            assertThat(view.readers()).isEqualTo(limit);
            Waiter writer = Waiter.platform(() -> {
                view.writeLock().lock();
                view.writeLock().unlock();
                return null;
            });
            Await.until("the writer waits", () -> view.toString().contains("writers wait"));
            assertThat(view.readers()).isEqualTo(limit);
            assertThatIllegalStateException().isThrownBy(() -> view.readLock().tryLock());
            memory.set(INT, 0, memory.get(INT, 0) - limit + 2);
            view.readLock().unlock();
            view.readLock().unlock();
            writer.result();
            assertThat(view).hasToString("RwMutex[open]");
        }
    }

    @Test
    void doesNotCountWhoWaits() {
        assertThat(mutex.waiters()).isEqualTo(Futex.UNKNOWN);
    }

    /// Where the thread may have given up or got its way before we looked.
    private void awaitSleeping(String flag, Waiter waiter) {
        Await.until(flag, () -> waiter.isDone() || mutex.toString().contains(flag));
    }

    private void awaitSleeping(String flag) {
        Await.until(flag, () -> mutex.toString().contains(flag));
    }
}
