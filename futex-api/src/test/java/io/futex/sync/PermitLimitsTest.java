package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.Futex;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Every number in the words of a semaphore and of an event, at its limit: threads step beyond it, or are told that
/// they cannot. Nobody is lost, and nobody spins.
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PermitLimitsTest {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final long WOKEN = 1L << 31;
    private static final long SLEEPER = 1L << 32;
    private static final int MOST = (1 << 29) - 1;
    private static final long SEVERAL = 1L << 61;
    private static final long AUTO = 2L << 62;
    private static final int ROUND = 4;

    /// Of a long, the half with the permits or the rounds.
    private static final long LOW = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 0 : 4;

    // ---- Semaphore

    @ParameterizedTest
    @CsvSource({"false, 1", "true, 1", "false, 9", "true, 9"})
    void aFullSemaphoreRefusesUntilSomebodyTakes(boolean shared, int n) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(Semaphore.LAYOUT_BYTES, 8);
            Semaphore full = shared ? Semaphore.shared(memory, 0) : Semaphore.local(memory, 0);
            long most = SEVERAL | 3 * SLEEPER | Integer.MAX_VALUE;
            memory.set(LONG, 0, most - (n - 1)); // for who has looked at nothing yet
            List<Waiter> releasers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                releasers.add(Waiter.start(i % 2 == 0, () -> {
                    full.release(n);
                    return "released";
                }));
            }
            releasers.forEach(waiter -> assertThat(waiter.thrown())
                    .isExactlyInstanceOf(Error.class)
                    .hasMessageContaining("Maximum permit count exceeded"));
            assertThat(memory.get(LONG, 0)).isEqualTo(most - (n - 1));
            full.acquireUninterruptibly(n);
            full.release(n);
            assertThat(full.availablePermits()).isEqualTo(Integer.MAX_VALUE - (n - 1));
        }
    }

    /// As many sleep as the word can count: the next is refused, and everybody else goes on.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoCannotBeCountedGetsNoPermit(boolean shared) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(Semaphore.LAYOUT_BYTES, 8);
            Semaphore crowded = shared ? Semaphore.shared(memory, 0) : Semaphore.local(memory, 0);
            memory.set(LONG, 0, (MOST - 3) * SLEEPER);
            List<Waiter> waiters = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                waiters.add(Waiter.start(i == 1, () -> {
                    crowded.acquire();
                    return "acquired";
                }));
            }
            Await.until("as many as can be", () -> crowded.waiters() == MOST);
            for (boolean virtual : new boolean[] {false, true}) {
                assertThat(Waiter.start(virtual, () -> crowded.tryAcquire(1, TimeUnit.DAYS))
                                .thrown())
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("536 870 911");
            }
            assertThat(memory.get(LONG, 0)).isEqualTo(MOST * SLEEPER);
            crowded.release();
            crowded.release(2);
            waiters.forEach(waiter -> assertThat(waiter.result()).isEqualTo("acquired"));
            assertThat(memory.get(LONG, 0) & ~WOKEN).isEqualTo((MOST - 3) * SLEEPER);
            Waiter next = Waiter.platform(() -> {
                crowded.acquire();
                return "acquired";
            });
            crowded.release();
            assertThat(next.result()).isEqualTo("acquired");
        }
    }

    /// What tells those who want several that something has changed is counted up beyond every limit.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void wakesOfThoseWhoWantSeveralAreCountedRound(boolean shared) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(Semaphore.LAYOUT_BYTES, 8);
            for (int begin : new int[] {Integer.MAX_VALUE - 2, -2}) {
                memory.set(INT, 8, begin);
                Semaphore several = shared ? Semaphore.shared(memory, 0) : Semaphore.local(memory, 0);
                for (int i = 0; i < 5; i++) {
                    Waiter waiter = Waiter.start(i == 1, () -> {
                        several.acquire(2);
                        return "acquired";
                    });
                    Await.until("waiting", () -> several.toString().contains("several"));
                    several.release(2);
                    assertThat(waiter.result()).isEqualTo("acquired");
                }
                assertThat(memory.get(INT, 8)).isEqualTo(begin + 5);
            }
        }
    }

    // ---- Event

    /// More sleepers than an older count had room for, which cost nothing while they sleep: each call releases one.
    @Test
    void aCrowdOfSleepersIsReleasedOneByOne() {
        int crowd = 20_000;
        Event event = Event.autoReset();
        AtomicInteger through = new AtomicInteger();
        for (int i = 0; i < crowd; i++) {
            Thread.startVirtualThread(() -> {
                event.awaitUninterruptibly();
                through.incrementAndGet();
            });
        }
        Await.until("all sleep", () -> event.waiters() == crowd);
        // Nobody looks whether it may go on.
        Await.until("all is quiet", () -> {
            long before = cpuNanos();
            LockSupport.parkNanos(100_000_000); // not to await anything: to let time pass
            return cpuNanos() - before < 30_000_000;
        });
        for (int i = 0; i < crowd; i++) {
            event.set();
        }
        Await.until("all are through", () -> through.get() == crowd);
        assertThat(event).hasToString("Event[auto-reset, not set]");
    }

    /// As many sleep as the word can count: the next is refused, and everybody else goes on.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoCannotBeCountedDoesNotPass(boolean shared) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(8, 8);
            Event event = shared ? Event.shared(memory, 0, true) : Event.local(memory, 0, true);
            memory.set(LONG, 0, AUTO | (MOST - 3) * SLEEPER);
            List<Waiter> waiters = start(event, 2, false);
            waiters.addAll(start(event, 1, true));
            Await.until("as many as can be", () -> event.waiters() == MOST);
            for (boolean virtual : new boolean[] {false, true}) {
                assertThat(start(event, 1, virtual).getFirst().thrown())
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("536 870 911");
            }
            assertThat(memory.get(LONG, 0)).isEqualTo(AUTO | MOST * SLEEPER);
            for (int i = 0; i < 3; i++) {
                event.set();
            }
            waiters.forEach(waiter -> assertThat(waiter.result()).isEqualTo("through"));
            assertThat(memory.get(LONG, 0) & ~WOKEN).isEqualTo(AUTO | (MOST - 3) * SLEEPER);
        }
    }

    /// Passages are one more than sleepers at most, however many these are.
    @Test
    void passagesStopAtOneMoreThanSleepers() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(8, 8);
            Event event = Event.local(memory, 0, true);
            long full = AUTO | MOST * SLEEPER | MOST;
            memory.set(LONG, 0, full);
            List<Waiter> setters = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                setters.add(Waiter.start(i % 2 == 0, () -> {
                    event.set();
                    return "";
                }));
            }
            setters.forEach(setter -> assertThat(setter.result()).isEqualTo(""));
            assertThat(memory.get(LONG, 0) & ~WOKEN).isEqualTo(full + 1);
            event.reset();
            event.reset();
            assertThat(memory.get(LONG, 0) & ~WOKEN).isEqualTo(full);
        }
    }

    /// The rounds of a gate begin again after the last one.
    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void roundsOfAGateBeginAgain(boolean shared, boolean virtual) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(8, 8);
            Event event = shared ? Event.shared(memory, 0, false) : Event.local(memory, 0, false);
            for (int last : new int[] {-3 * ROUND, Integer.MAX_VALUE / ROUND * ROUND - 2 * ROUND}) {
                memory.set(INT, LOW, last);
                for (int i = 0; i < 6; i++) {
                    List<Waiter> waiters = start(event, 3, virtual);
                    Await.until("somebody waits", () -> event.waiters() == Futex.UNKNOWN);
                    event.set();
                    waiters.forEach(waiter -> assertThat(waiter.result()).isEqualTo("through"));
                    event.reset();
                }
                assertThat(memory.get(INT, LOW) & -ROUND).isEqualTo(last + 6 * ROUND);
            }
        }
    }

    private static long cpuNanos() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(Duration::toNanos)
                .orElse(0L);
    }

    private static List<Waiter> start(Event event, int count, boolean virtual) {
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            waiters.add(Waiter.start(virtual, () -> {
                event.await();
                return "through";
            }));
        }
        return waiters;
    }
}
