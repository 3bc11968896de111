package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.futex.contract.Scale;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Semaphores in memory of the caller, and what their words hold.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SemaphoreMemoryTest {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final long WOKEN = 1L << 31;
    private static final long SLEEPER = 1L << 32;
    private static final long SEVERAL = 1L << 61;

    @Test
    void livesInMemoryOfTheCaller() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(64, 8);
            Semaphore.local(memory, 8).release(3);
            Semaphore.shared(memory, 32).release(5);
            assertThat(memory.get(LONG, 8)).isEqualTo(3);
            assertThat(memory.get(LONG, 32)).isEqualTo(5);
            assertThat(Semaphore.local(memory, 8).availablePermits()).isEqualTo(3);
            Waiter waiter = Waiter.platform(() -> {
                Semaphore.shared(memory, 32).acquire(8);
                return "";
            });
            Semaphore.shared(memory, 32).release(3);
            assertThat(waiter.result()).isEqualTo("");
            assertThat(memory.get(LONG, 0)).isZero();
            assertThat(memory.get(LONG, 24)).isZero();
            assertThat(memory.get(LONG, 32) & ~SEVERAL).isZero();
            assertThat(memory.get(LONG, 48)).isZero();
        }
        assertThat(Semaphore.LAYOUT_BYTES).isEqualTo(16);
    }

    /// The flag stands beside the number and is no part of it; in shared scope it is never set.
    @Test
    void aWakeUnderWayIsNoPermit() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(Semaphore.LAYOUT_BYTES, 8);
            Semaphore local = Semaphore.local(memory, 0);
            memory.set(LONG, 0, SLEEPER);
            Semaphore.shared(memory, 0).release();
            assertThat(memory.get(LONG, 0)).isEqualTo(SLEEPER | 1);
            local.release(2);
            assertThat(memory.get(LONG, 0)).isEqualTo(SLEEPER | 3);
            local.release();
            assertThat(memory.get(LONG, 0)).isEqualTo(SLEEPER | WOKEN | 4);
            assertThat(local.availablePermits()).isEqualTo(4);
            assertThat(local).hasToString("Semaphore[permits=4, waiters=1]");
            assertThat(local.tryAcquire(5)).isFalse();
            assertThat(local.tryAcquire(2)).isTrue();
            assertThat(local.tryAcquire()).isTrue();
            assertThatExceptionOfType(Error.class)
                    .isThrownBy(() -> local.release(Integer.MAX_VALUE))
                    .withMessageContaining("there are 1,");
            local.release(Integer.MAX_VALUE - 1);
            assertThat(memory.get(LONG, 0)).isEqualTo(SLEEPER | WOKEN | Integer.MAX_VALUE);
            assertThat(local.drainPermits()).isEqualTo(Integer.MAX_VALUE);
            assertThat(local.drainPermits()).isZero();
            assertThat(local.tryAcquire()).isFalse();
            assertThat(memory.get(LONG, 0)).isEqualTo(SLEEPER | WOKEN);
        }
    }

    @Test
    void textTellsWhereTheMemoryIsGone() throws Exception {
        Arena arena = Arena.ofShared();
        Semaphore closed = Semaphore.shared(arena.allocate(16, 8), 0);
        arena.close();
        assertThat(closed).hasToString("Semaphore[closed]");
        try (Arena confined = Arena.ofConfined()) {
            Semaphore own = Semaphore.local(confined.allocate(16, 8), 0);
            assertThat(Waiter.platform(own::toString).result()).isEqualTo("Semaphore[of another thread]");
            assertThat(own).hasToString("Semaphore[permits=0]");
        }
    }

    @Test
    void memoryMayBeClosedOnceAllHaveReturned() {
        for (int round = 0; round < Scale.of(1000, 20_000); round++) {
            Arena arena = Arena.ofShared();
            Semaphore view = Semaphore.local(arena.allocate(Semaphore.LAYOUT_BYTES, 8), 0);
            Waiter releaser = Waiter.virtual(() -> {
                view.release();
                return "";
            });
            view.acquireUninterruptibly();
            assertThat(releaser.result()).isEqualTo("");
            arena.close();
        }
    }
}
