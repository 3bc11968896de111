package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Barriers in memory of the caller, and what others have left there.
class BarrierMemoryTest extends BarrierFixture {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void livesInMemoryOfTheCaller(boolean shared) throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(32, 8);
            Barrier one = view(shared, memory, 8, 2);
            Barrier two = view(shared, memory, 8, 2);
            assertThat(memory.get(INT, 8)).isEqualTo(2);
            Waiter waiter = start(false, Form.AWAIT, one);
            awaitWaiters(two, 1);
            assertThat(two.await()).isZero();
            assertThat(waiter.result()).isEqualTo(1);
            assertThat(memory.get(INT, 12)).isEqualTo(2);

            assertThatIllegalStateException()
                    .isThrownBy(() -> view(shared, memory, 8, 3))
                    .withMessage("the barrier there has 2 parties, not 3");
            assertThat(memory.get(INT, 8)).isEqualTo(2);
            assertThat(memory.get(INT, 4)).isZero();
            assertThat(memory.get(INT, 16)).isZero();
        }
        assertThat(Barrier.LAYOUT_BYTES).isEqualTo(8);
    }

    private static Barrier view(boolean shared, MemorySegment memory, long offset, int parties) {
        return shared ? Barrier.shared(memory, offset, parties) : Barrier.local(memory, offset, parties);
    }

    @Test
    void refusesPlacesThatAreNone() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(16, 4);
            for (boolean shared : new boolean[] {false, true}) {
                assertThatIllegalArgumentException().isThrownBy(() -> view(shared, memory.asReadOnly(), 0, 2));
                assertThatIllegalArgumentException().isThrownBy(() -> view(shared, arena.allocate(20, 4), 2, 2));
                assertThatIllegalArgumentException().isThrownBy(() -> view(shared, memory, 0, 0));
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> view(shared, MemorySegment.ofArray(new int[8]), 0, 2));
                assertThatThrownBy(() -> view(shared, memory, 12, 2)).isInstanceOf(IndexOutOfBoundsException.class);
                assertThatNullPointerException().isThrownBy(() -> view(shared, null, 0, 2));
            }
            assertThat(memory.get(INT, 0)).isZero();
        }
    }

    @Test
    void generationsComeRound() throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(8, 4);
            memory.set(INT, 4, 0x0FFF_FFFC); // the last generation of 3 or 4 parties
            Barrier barrier = Barrier.local(memory, 0, 3);
            for (int generation = 0; generation < 3; generation++) {
                Waiter one = start(false, Form.AWAIT, barrier);
                Waiter two = start(true, Form.AWAIT, barrier);
                awaitWaiters(barrier, 2);
                assertThat(barrier.await()).isZero();
                assertThat((Integer) one.result() + (Integer) two.result()).isEqualTo(3);
                assertThat(memory.get(INT, 4)).isEqualTo(4 * generation);
            }
        }
    }

    /// The dead do not leave. Preset: one had arrived when the barrier was broken.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theDeadAreGivenUp(boolean wrap) throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(8, 4);
            memory.set(INT, 4, wrap ? 0xBFFF_FFFD : 0x8000_0001);
            Barrier barrier = Barrier.shared(memory, 0, 3);
            assertThat(barrier.isBroken()).isTrue();
            assertThatExceptionOfType(BrokenBarrierException.class).isThrownBy(barrier::await);
            barrier.reset();
            assertThat(barrier.isBroken()).isFalse();
            assertThat(barrier.waiters()).isZero();
            List<Waiter> waiters = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                waiters.add(Waiter.start(i == 0, barrier::await));
            }
            int sum = 0;
            for (Waiter waiter : waiters) {
                sum += (Integer) waiter.result();
            }
            assertThat(sum).isEqualTo(3);
            assertThat(memory.get(INT, 4)).as("given up once").isEqualTo(wrap ? 4 : 0x1000_0008);
        }
    }

    /// Time and interrupts count while those that were sent away are waited for.
    @Test
    void whoWaitsForTheDeadMayTire() throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(8, 4);
            memory.set(INT, 4, 0xC000_0001);
            Barrier barrier = Barrier.local(memory, 0, 3);
            assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> barrier.await(1, TimeUnit.MILLISECONDS));
            assertThat(barrier.isBroken()).isTrue();
            barrier.reset();
            Waiter waiter = start(false, Form.AWAIT, barrier);
            waiter.awaitAsleep(memory.asSlice(4, 4));
            waiter.thread().interrupt();
            assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
            assertThat(barrier.isBroken()).isTrue();
        }
    }

    /// One that was stopped for so long that others gave up on it.
    @Test
    void whoWasGivenUpIsToldThatItIsBroken() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(8, 4);
            Barrier barrier = Barrier.local(memory, 0, 2);
            Waiter waiter = start(false, Form.AWAIT, barrier);
            awaitWaiters(barrier, 1);
            waiter.awaitAsleep(memory.asSlice(4, 4));
            memory.set(INT, 4, 0x1000_0002);
            barrier.reset();
            assertThat(waiter.thrown()).isInstanceOf(BrokenBarrierException.class);
            assertThat(memory.get(INT, 4)).isEqualTo(0x1000_0002);
        }
    }
}
