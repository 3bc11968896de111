package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Locks in memory of the caller, and the number of readers there at its limit.
@SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
@Timeout(120)
class RwMutexMemoryTest {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

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
}
