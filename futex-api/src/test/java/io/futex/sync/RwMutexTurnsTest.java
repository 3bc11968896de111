package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.FutexWord;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Who comes first among threads that surely sleep. Nobody looks twice, and who was woken for nothing is impatient at
/// once, so that a test decides what happens.
@SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
@Timeout(120)
class RwMutexTurnsTest {
    private final MemorySegment memory = Arena.ofAuto().allocate(RwMutex.LAYOUT_BYTES, 4);
    private final MemorySegment readersTurn = memory.asSlice(4, 4);
    private final MemorySegment writersTurn = memory.asSlice(8, 4);
    private final RwMutex mutex = new RwMutex(
            FutexWord.local(memory, 0),
            FutexWord.local(readersTurn, 0),
            FutexWord.local(writersTurn, 0),
            new RwMutexRules(false) {
                @Override
                boolean spins() {
                    return false;
                }

                @Override
                boolean isImpatient(long since) {
                    return true;
                }
            });
    private final List<String> order = new CopyOnWriteArrayList<>();

    @Test
    void readersThatComeQueueBehindWriter() {
        mutex.readLock().lock();
        Waiter writer = passing("writer", mutex.writeLock()).awaitAsleep(writersTurn);
        Waiter reader = passing("reader", mutex.readLock()).awaitAsleep(readersTurn);
        assertThat(mutex).hasToString("RwMutex[readers=1, writers wait, readers wait]");
        mutex.readLock().unlock();
        writer.result();
        reader.result();
        assertThat(order).containsExactly("writer", "reader");
    }

    @Test
    void readersHaveTheirTurnAfterWriter() {
        mutex.writeLock().lock();
        Waiter writer = passing("writer", mutex.writeLock()).awaitAsleep(writersTurn);
        Waiter reader = passing("reader", mutex.readLock()).awaitAsleep(readersTurn);
        mutex.writeLock().unlock();
        writer.result();
        reader.result();
        assertThat(order).containsExactly("reader", "writer");
    }

    /// Else writers of which one has always waited too long would keep readers out for ever.
    @Test
    void readersHaveTheirTurnBeforeWriterThatHasWaitedTooLong() {
        mutex.writeLock().lock();
        Waiter writer = passing("writer", mutex.writeLock()).awaitAsleep(writersTurn);
        var unused = FutexWord.local(writersTurn, 0).wakeAll(); // its turn is the old one, and it finds the lock held
        Await.until("the writer bars newcomers", () -> isSet(RwMutexRules.WRITERS_FIRST));
        writer.awaitAsleep(writersTurn);
        Waiter reader = passing("reader", mutex.readLock()).awaitAsleep(readersTurn);
        mutex.writeLock().unlock();
        writer.result();
        reader.result();
        assertThat(order).containsExactly("reader", "writer");
    }

    private boolean isSet(int flag) {
        return (memory.get(ValueLayout.JAVA_INT, 0) & flag) != 0;
    }

    private Waiter passing(String who, Lock lock) {
        return Waiter.platform(() -> {
            lock.lock();
            order.add(who);
            lock.unlock();
            return null;
        });
    }
}
