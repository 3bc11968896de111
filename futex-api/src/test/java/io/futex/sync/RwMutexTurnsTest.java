package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.futex.Futex;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import io.futex.memory.Words;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Lock;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Who comes first among threads that surely sleep. Nobody looks twice, and who was woken for nothing is impatient at
/// once, so that a test decides what happens.
@SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
@Timeout(120)
class RwMutexTurnsTest {
    private final MemorySegment memory = Arena.ofAuto().allocate(RwMutex.LAYOUT_BYTES, 4);
    private final MemorySegment readersTurn = memory.asSlice(4, 4);
    private final MemorySegment writersTurn = memory.asSlice(8, 4);
    private final RwMutex mutex = new RwMutex(
            Words.in(Futex.local(), memory),
            0,
            new RwMutexRules(false) {
                @Override
                boolean spins() {
                    return false;
                }

                @Override
                boolean isImpatient(long since) {
                    return true;
                }
            },
            false);
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
        var unused = Futex.local().wakeAll(writersTurn); // its turn is the old one, and it finds the lock held
        Await.until("the writer bars newcomers", () -> isSet(RwMutexRules.WRITERS_FIRST));
        writer.awaitAsleep(writersTurn);
        Waiter reader = passing("reader", mutex.readLock()).awaitAsleep(readersTurn);
        mutex.writeLock().unlock();
        writer.result();
        reader.result();
        assertThat(order).containsExactly("reader", "writer");
    }

    /// Whatever wakes tell, and whoever looks without being woken: each scope and each kind of thread, also where the
    /// system knows of no sleepers at all.
    @ParameterizedTest
    @MethodSource("forms")
    void readersNeverOvertakeWriter(Futex futex, boolean virtual) {
        RwMutex each = new RwMutex(
                Words.in(futex, memory),
                0,
                new RwMutexRules(futex.isShared()) {
                    @Override
                    long trustNanos() {
                        return Waiter.WATCHDOG_NANOS;
                    }
                },
                true);
        for (int round = 0; round < 20; round++) {
            each.readLock().lock();
            AtomicBoolean wrote = new AtomicBoolean();
            Waiter writer = Waiter.start(virtual, () -> {
                each.writeLock().lock();
                wrote.set(true);
                each.writeLock().unlock();
                return null;
            });
            Await.until("the writer waits", () -> isSet(RwMutexRules.WRITERS_WAIT));
            List<Waiter> readers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                readers.add(Waiter.start(virtual, () -> {
                    each.readLock().lock();
                    boolean isBehind = wrote.get();
                    each.readLock().unlock();
                    return isBehind;
                }));
            }
            Await.until("a reader waits", () -> isSet(RwMutexRules.READERS_WAIT));
            each.readLock().unlock();
            writer.result();
            for (Waiter reader : readers) {
                assertThat(reader.result()).as("round %s", round).isEqualTo(true);
            }
            assertThat(memory.get(ValueLayout.JAVA_INT, 0)).isZero();
        }
    }

    static Stream<Arguments> forms() {
        return Futex.available().stream().flatMap(futex -> Stream.of(arguments(futex, false), arguments(futex, true)));
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
