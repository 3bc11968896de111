package io.futex.shared;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Await;
import io.futex.contract.Waiter;
import io.futex.shared.RobustMutex.Outcome;
import io.futex.spi.RobustThread;
import io.futex.sync.NoAllocation;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Robust locks of one process: what each call promises, and what ends a thread or a mapping.
@SuppressWarnings("LockNotBeforeTry") // what is left held is what is tested
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RobustMutexTest {
    private static final long OTHER = 64;
    private static final long PREV = 24;
    private static final long NEXT = 32;
    private static final long PLACE = 16;

    private final Arena arena = Arena.ofShared();
    private MemorySegment memory;
    private RobustMutex lock;

    @TempDir
    private Path directory;

    @BeforeEach
    void map() throws IOException {
        memory = RobustProgram.map(file(), arena);
        lock = RobustMutex.over(memory, 0);
    }

    @AfterEach
    void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private Path file() {
        return directory.resolve("locks");
    }

    private static Object inThread(Waiter.Call<?> call) {
        return Waiter.platform(call).result();
    }

    /// A thread that has locked it has ended, for the system too.
    private static void die(RobustMutex... locks) {
        inThread(() -> {
            for (RobustMutex lock : locks) {
                assertThat(lock.lock()).isEqualTo(Outcome.ACQUIRED);
            }
            return null;
        });
        for (RobustMutex lock : locks) {
            Await.until("marked", () -> lock.ownerThreadId() == 0);
        }
    }

    @Test
    void excludesOthers() throws Exception {
        assertThat(lock.lock()).isEqualTo(Outcome.ACQUIRED);
        assertThat(lock.isHeldByCurrentThread()).isTrue();
        assertThat(lock.isHeldHere()).isTrue();
        assertThat(lock.ownerThreadId()).isPositive();
        assertThat(inThread(lock::tryLock)).isEqualTo(Optional.empty());
        assertThat(inThread(() -> lock.tryLock(1, TimeUnit.MILLISECONDS))).isEqualTo(Optional.empty());
        assertThat(inThread(lock::isHeldByCurrentThread)).isEqualTo(false);
        Waiter waiter = Waiter.platform(() -> {
                    Outcome outcome = lock.lockInterruptibly();
                    lock.unlock();
                    return outcome;
                })
                .awaitAsleep(RobustProgram.word(lock));
        lock.unlock();
        assertThat(waiter.result()).isEqualTo(Outcome.ACQUIRED);
        assertThat(lock.ownerThreadId()).isZero();
        assertThat(lock.isHeldHere()).isFalse();
        assertThat(lock.tryLock()).hasValue(Outcome.ACQUIRED);
        lock.unlock();
        assertThat(lock).hasToString("RobustMutex[free]");
    }

    @Test
    void isNotReentrant() throws Exception {
        assertThat(lock.lock()).isEqualTo(Outcome.ACQUIRED);
        assertThatThrownBy(lock::lock).isInstanceOf(IllegalMonitorStateException.class);
        assertThatThrownBy(RobustMutex.over(memory, 0)::lock).isInstanceOf(IllegalMonitorStateException.class);
        assertThat(lock.tryLock()).isEmpty();
        long before = System.nanoTime();
        assertThat(lock.tryLock(5, TimeUnit.MILLISECONDS)).isEmpty();
        assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(5_000_000);
        RobustMutex.over(memory, 0).unlock(); // by another object too
        assertThatThrownBy(lock::unlock).isInstanceOf(IllegalMonitorStateException.class);
        assertThat(inThread(lock::lock)).isEqualTo(Outcome.ACQUIRED);
    }

    @Test
    void isForPlatformThreads() throws Exception {
        assertThat(Waiter.virtual(lock::lock).thrown())
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("virtual");
        assertThat(Waiter.virtual(() -> {
                            lock.unlock();
                            return null;
                        })
                        .thrown())
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void refusesOtherPlaces() {
        assertThatThrownBy(() -> RobustMutex.over(memory, 4)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RobustMutex.over(memory, memory.byteSize() - 32))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> RobustMutex.over(memory.asReadOnly(), 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RobustMutex.over(MemorySegment.ofArray(new long[8]), 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> RobustMutex.over(Arena.ofAuto().allocate(64, 64), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("MAP_SHARED");
        assertThatThrownBy(() -> RobustMutex.over(Arena.ofAuto().allocate(8192, 4096), 4064))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("4096");
        arena.close();
        assertThatThrownBy(() -> RobustMutex.over(memory, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        assertThat(lock.lock()).isEqualTo(Outcome.ACQUIRED);
        Waiter waiter = Waiter.platform(lock::lockInterruptibly).awaitAsleep(RobustProgram.word(lock));
        Waiter deaf = Waiter.platform(lock::lock).awaitAsleep(RobustProgram.word(lock));
        deaf.thread().interrupt();
        waiter.thread().interrupt();
        assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
        assertThat(waiter.interruptedAfter()).isFalse();
        lock.unlock();
        assertThat(deaf.result()).isEqualTo(Outcome.ACQUIRED);
        assertThat(deaf.interruptedAfter()).isTrue();
        assertThat(lock.lock()).isEqualTo(Outcome.OWNER_DIED);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> lock.tryLock(1, TimeUnit.DAYS)).isInstanceOf(InterruptedException.class);
        lock.markConsistent();
        lock.unlock();
    }

    // ---- death

    @Test
    void whoFollowsADeadThreadIsTold() {
        die(lock);
        assertThat(lock).hasToString("RobustMutex[free, its owner died]");
        assertThat(lock.lock()).isEqualTo(Outcome.OWNER_DIED);
        lock.markConsistent();
        assertThatThrownBy(lock::markConsistent).isInstanceOf(IllegalStateException.class);
        assertThat(inThread(() -> {
                    assertThatThrownBy(lock::markConsistent).isInstanceOf(IllegalMonitorStateException.class);
                    return null;
                }))
                .isNull();
        lock.unlock();
        assertThat(lock.lock()).isEqualTo(Outcome.ACQUIRED);
        lock.unlock();
    }

    @Test
    void whoFollowsADeadRepairerIsToldAgain() {
        die(lock);
        inThread(lock::lock);
        Await.until("marked", () -> lock.ownerThreadId() == 0);
        assertThat(lock.tryLock()).hasValue(Outcome.OWNER_DIED);
        lock.markConsistent();
        lock.unlock();
    }

    @Test
    void whatIsNotMarkedIsLost() {
        die(lock);
        assertThat(lock.lock()).isEqualTo(Outcome.OWNER_DIED);
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiters.add(Waiter.platform(lock::lock).awaitAsleep(RobustProgram.word(lock)));
        }
        lock.unlock();
        for (Waiter waiter : waiters) {
            assertThat(waiter.thrown()).isInstanceOf(NotRecoverableException.class);
        }
        assertThatThrownBy(lock::lock).isInstanceOf(NotRecoverableException.class);
        assertThatThrownBy(lock::tryLock).isInstanceOf(NotRecoverableException.class);
        assertThat(lock.isHeldByCurrentThread()).isFalse();
        assertThat(lock).hasToString("RobustMutex[not recoverable]");
    }

    @Test
    void locksMayBeLetGoOfInAnyOrder() {
        List<List<Integer>> orders = orders(List.of(0, 1, 2, 3));
        RobustMutex[] locks = new RobustMutex[4];
        for (int i = 0; i < 4; i++) {
            locks[i] = RobustMutex.over(memory, i * OTHER);
        }
        for (List<Integer> order : orders) {
            for (int kept = 0; kept <= 4; kept++) {
                int released = 4 - kept;
                inThread(() -> {
                    for (RobustMutex each : locks) {
                        assertThat(each.lock()).isEqualTo(Outcome.ACQUIRED);
                    }
                    for (int i = 0; i < released; i++) {
                        locks[order.get(i)].unlock();
                    }
                    return null;
                });
                for (int i = 0; i < 4; i++) {
                    assertThat(locks[order.get(i)].lock())
                            .isEqualTo(i < released ? Outcome.ACQUIRED : Outcome.OWNER_DIED);
                    if (i >= released) {
                        locks[order.get(i)].markConsistent();
                    }
                    locks[order.get(i)].unlock();
                }
            }
        }
    }

    static List<List<Integer>> orders(List<Integer> all) {
        if (all.isEmpty()) {
            return List.of(all);
        }
        List<List<Integer>> orders = new ArrayList<>();
        for (Integer first : all) {
            List<Integer> others = new ArrayList<>(all);
            others.removeIf(first::equals);
            for (List<Integer> rest : orders(others)) {
                List<Integer> order = new ArrayList<>(List.of(first));
                order.addAll(rest);
                orders.add(order);
            }
        }
        return orders;
    }

    @Test
    void manyAreHeldAtOnce() {
        List<RobustMutex> locks = new ArrayList<>();
        for (long at = 0; at < memory.byteSize(); at += OTHER) {
            locks.add(RobustMutex.over(memory, at));
        }
        die(locks.toArray(new RobustMutex[0]));
        locks.forEach(each -> assertThat(each.lock()).isEqualTo(Outcome.OWNER_DIED));
    }

    // ---- nothing in the memory is believed

    @Test
    void garbageInTheLinksHarmsNobodyElse() {
        RobustMutex other = RobustMutex.over(memory, OTHER);
        RobustMutex third = RobustMutex.over(memory, 2 * OTHER);
        long[] garbage = {
            0,
            1,
            0xdead_beefL,
            -1,
            RobustProgram.word(other).address(),
            RobustProgram.word(lock).address() + NEXT
        };
        for (long link : garbage) {
            inThread(() -> {
                assertThat(lock.lock()).isEqualTo(Outcome.ACQUIRED);
                assertThat(other.lock()).isEqualTo(Outcome.ACQUIRED);
                assertThat(third.lock()).isEqualTo(Outcome.ACQUIRED);
                for (long at = 0; at <= 2 * OTHER; at += OTHER) {
                    memory.set(JAVA_LONG, at + PREV, link);
                    memory.set(JAVA_LONG, at + NEXT, link);
                }
                lock.unlock();
                third.unlock();
                other.unlock();
                assertThat(other.lock()).isEqualTo(Outcome.ACQUIRED);
                other.unlock();
                return null;
            });
        }
        die(lock, other, third);
        assertThat(lock.lock()).isEqualTo(Outcome.OWNER_DIED);
        assertThat(third.lock()).isEqualTo(Outcome.OWNER_DIED);
    }

    @Test
    void aWordOfAnotherIsNotLetGoOf() {
        assertThat(lock.lock()).isEqualTo(Outcome.ACQUIRED);
        int mine = memory.get(JAVA_INT, 0);
        memory.set(JAVA_INT, 0, mine + 1);
        lock.unlock();
        assertThat(memory.get(JAVA_INT, 0)).isEqualTo(mine + 1);
        assertThat(lock.isHeldByCurrentThread()).isFalse();
    }

    // ---- the memory

    @Test
    void theArenaMayBeClosedWhileItIsHeld() throws IOException {
        assertThat(lock.lock()).isEqualTo(Outcome.ACQUIRED);
        Waiter waiter = Waiter.platform(lock::lock).awaitAsleep(RobustProgram.word(lock));
        arena.close();
        System.gc(); // frees what nobody refers to
        try (Arena again = Arena.ofShared()) {
            RobustMutex same = RobustMutex.over(RobustProgram.map(file(), again), 0);
            RobustMutex other = RobustMutex.over(RobustProgram.map(file(), again), OTHER);
            assertThat(other.lock()).isEqualTo(Outcome.ACQUIRED);
            lock.unlock();
            assertThat(waiter.result()).isEqualTo(Outcome.ACQUIRED);
            assertThat(same.lock()).isEqualTo(Outcome.OWNER_DIED);
            other.unlock();
        }
    }

    /// Nobody has the object any more; the thread has it, as long as it holds the lock.
    @Test
    void theObjectMayBeDroppedWhileItIsHeld() {
        inThread(() -> {
            try (Arena dropped = Arena.ofShared()) {
                lockAndDrop(RobustProgram.map(file(), dropped));
            }
            for (int i = 0; i < 5; i++) {
                System.gc();
                RobustMutex other = RobustMutex.over(memory, OTHER);
                assertThat(other.lock()).isEqualTo(Outcome.ACQUIRED);
                other.unlock();
            }
            return null;
        });
        assertThat(lock.lock()).isEqualTo(Outcome.OWNER_DIED);
    }

    private static void lockAndDrop(MemorySegment memory) {
        assertThat(RobustMutex.over(memory, 0).lock()).isEqualTo(Outcome.ACQUIRED);
    }

    @Test
    void whoHoldsALockWhenTheSystemGoesDownIsDead() {
        assertThat(lock.lock()).isEqualTo(Outcome.ACQUIRED);
        memory.set(JAVA_INT, 0, memory.get(JAVA_INT, 0) | RobustThread.WAITERS);
        memory.set(JAVA_LONG, PLACE, memory.get(JAVA_LONG, PLACE) ^ 1L << 40);
        RobustMutex after = RobustMutex.over(memory, 0);
        assertThat(after).hasToString("RobustMutex[free, its owner died, waiters]");
        assertThat(inThread(after::lock)).isEqualTo(Outcome.OWNER_DIED);
        Await.until("marked", () -> lock.ownerThreadId() == 0);
        lock.unlock(); // it has been taken from this thread
        assertThat(after).hasToString("RobustMutex[free, its owner died, waiters]");
    }

    @Test
    void anotherNamespaceIsRefused() {
        memory.set(JAVA_LONG, PLACE, memory.get(JAVA_LONG, PLACE) ^ 1);
        assertThatThrownBy(() -> RobustMutex.over(memory, 0))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("--pid=host");
    }

    @Test
    void nothingIsAllocated() throws Exception {
        NoAllocation.of(1, 10_000, () -> {
            lock.lock();
            lock.unlock();
            if (lock.tryLock().isPresent()) {
                lock.unlock();
            }
        });
        NoAllocation.of(2, 1_000, () -> {
            lock.lock();
            lock.unlock();
        });
    }
}
