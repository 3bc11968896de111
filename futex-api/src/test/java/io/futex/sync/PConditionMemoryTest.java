package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Conditions in memory of the caller, and numbers there at their limits.
@SuppressWarnings({
    "WaitNotInLoop", // the single wait is what is tested
    "LockNotBeforeTry" // what fails in between ends the test anyway
})
class PConditionMemoryTest extends PConditionFixture {
    @Test
    void livesInMemoryOfTheCaller() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(64, 8);
            for (boolean shared : new boolean[] {false, true}) {
                long at = shared ? 32 : 4;
                // Two views of all: an owner is known to one view of a mutex only.
                PMutex one = shared ? PMutex.shared(memory, at) : PMutex.local(memory, at);
                PMutex two = shared ? PMutex.shared(memory, at) : PMutex.local(memory, at);
                PCondition ones = view(shared, memory, at + 4, one);
                PCondition twos = view(shared, memory, at + 4, two);
                Waiter waiter = Waiter.platform(() -> {
                    one.lock();
                    ones.awaitUninterruptibly();
                    one.unlock();
                    return null;
                });
                awaitWaiting(twos, 1);
                two.lock();
                assertThat(memory.get(ValueLayout.JAVA_INT, at + 8)).isEqualTo(1);
                twos.signal();
                two.unlock();
                waiter.result();
                assertThat(memory.get(ValueLayout.JAVA_INT, at + 4)).isEqualTo(1);
                assertThat(memory.get(ValueLayout.JAVA_LONG_UNALIGNED, at + 8)).isZero();
                assertThat(memory.get(ValueLayout.JAVA_LONG_UNALIGNED, at + 16)).isZero();
            }
            assertThat(memory.get(ValueLayout.JAVA_INT, 0)).isZero();
        }
        assertThat(PCondition.LAYOUT_BYTES).isEqualTo(16);
    }

    @Test
    void refusesPlacesThatAreNone() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(24, 4);
            PMutex shared = PMutex.shared(memory, 20);
            assertThatIllegalArgumentException().isThrownBy(() -> PCondition.local(memory.asReadOnly(), 0, mutex));
            assertThatIllegalArgumentException().isThrownBy(() -> PCondition.shared(memory.asReadOnly(), 0, shared));
            assertThatIllegalArgumentException().isThrownBy(() -> PCondition.local(memory, 2, mutex));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> PCondition.local(MemorySegment.ofArray(new int[8]), 0, mutex));
            assertThatThrownBy(() -> PCondition.local(memory, 12, mutex)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> PCondition.local(memory, -4, mutex)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatNullPointerException().isThrownBy(() -> PCondition.local(null, 0, mutex));
            assertThatNullPointerException().isThrownBy(() -> PCondition.local(memory, 0, null));
            assertThatNullPointerException().isThrownBy(() -> PCondition.shared(memory, 0, null));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> PCondition.shared(memory, 0, mutex))
                    .withMessageContaining("shared mutex");
        }
    }

    @Test
    void saysWhyItCannotBeRead() {
        PCondition closed;
        PCondition foreign;
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(20, 4);
            closed = PCondition.local(memory, 4, PMutex.local(memory, 0));
            assertThat(closed).hasToString("PCondition[waiting=0, signalled=0]");
        }
        assertThat(closed).hasToString("PCondition[closed]");
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(closed::signal);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(20, 4);
            foreign = PCondition.local(memory, 4, PMutex.local(memory, 0));
            assertThat(Waiter.platform(foreign::toString).result()).isEqualTo("PCondition[of another thread]");
        }
    }

    /// Preset a step below what can be counted.
    @Test
    void tooManyWaitersAreRefused() throws InterruptedException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(16, 4);
            PCondition full = PCondition.local(memory, 0, mutex);
            memory.set(ValueLayout.JAVA_INT, 4, Integer.MAX_VALUE - 1);
            mutex.lock();
            assertThat(full.await(1, TimeUnit.MICROSECONDS)).isFalse();
            assertThat(full.waiters()).isEqualTo(Integer.MAX_VALUE - 1);
            memory.set(ValueLayout.JAVA_INT, 4, Integer.MAX_VALUE);
            assertThatThrownBy(full::await)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("2 147 483 647");
            assertThat(mutex.isHeldByCurrentThread()).isTrue();
            full.signalAll(); // of that many, and the sequence passes beyond its sign
            full.signal();
            mutex.unlock();
            assertThat(full).hasToString("PCondition[waiting=2147483647, signalled=2147483647]");
            assertThat(memory.get(ValueLayout.JAVA_INT, 0)).isEqualTo(Integer.MAX_VALUE);
        }
    }

    /// The sequence comes round, and so does what it is compared with.
    @ParameterizedTest
    @ValueSource(ints = {-3, Integer.MAX_VALUE - 2})
    void theSequenceComesRound(int sequence) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(16, 4);
            memory.set(ValueLayout.JAVA_INT, 0, sequence);
            memory.set(ValueLayout.JAVA_INT, 12, sequence - 1);
            PCondition round = PCondition.local(memory, 0, mutex);
            List<Waiter> waiters = new ArrayList<>();
            AtomicInteger out = new AtomicInteger();
            for (int i = 0; i < 8; i++) {
                waiters.add(Waiter.start(i % 2 == 0, () -> {
                    mutex.lock();
                    round.awaitUninterruptibly();
                    out.incrementAndGet();
                    mutex.unlock();
                    return null;
                }));
            }
            awaitWaiting(round, 8);
            for (int i = 1; i <= 6; i++) {
                mutex.lock();
                round.signal();
                mutex.unlock();
                int ended = i;
                Await.until(ended + " have ended", () -> out.get() >= ended);
                assertThat(out).hasValue(ended);
            }
            mutex.lock();
            round.signalAll();
            mutex.unlock();
            waiters.forEach(Waiter::result);
            assertThat(memory.get(ValueLayout.JAVA_INT, 0)).isEqualTo(sequence + 8);
        }
    }
}
