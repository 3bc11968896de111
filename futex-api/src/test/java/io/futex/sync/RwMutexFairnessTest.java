package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who waits for whom, and that nobody does for ever.
@SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
@Timeout(120)
class RwMutexFairnessTest {
    /// How long who shall hand over waits for another to come, and for another to fall asleep, having spun.
    private static final long PATIENCE_NANOS = 500_000;

    private static final long SLEEPER_NANOS = 10_000_000;

    private final RwMutex mutex = new RwMutex();
    private final Lock read = mutex.readLock();
    private final Lock write = mutex.writeLock();

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

    /// Where the thread may have given up or got its way before we looked.
    private void awaitSleeping(String flag, Waiter waiter) {
        Await.until(flag, () -> waiter.isDone() || mutex.toString().contains(flag));
    }

    private void awaitSleeping(String flag) {
        Await.until(flag, () -> mutex.toString().contains(flag));
    }
}
