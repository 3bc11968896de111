package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Doorbells in memory of the caller, and what others have left there.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DoorbellMemoryTest {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    // What the word holds.
    private static final int ASLEEP = 1;
    private static final int RUNG = 2;

    private final Doorbell bell = new Doorbell();
    private final AtomicBoolean published = new AtomicBoolean();

    /// Of two objects over the same memory, by which only one may wait.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theLastAnnouncementWins(boolean shared) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(4, 4);
            Doorbell one = shared ? Doorbell.shared(memory, 0) : Doorbell.local(memory, 0);
            Doorbell other = shared ? Doorbell.shared(memory, 0) : Doorbell.local(memory, 0);
            Waiter first = Waiter.platform(() -> one.await(() -> false, 1, TimeUnit.DAYS))
                    .awaitAsleep(memory);
            Waiter last = Waiter.platform(() -> other.await(published::get, 1, TimeUnit.DAYS))
                    .awaitAsleep(memory);
            published.set(true);
            other.ring();
            assertThat(last.result()).isEqualTo(true);
            first.thread().interrupt();
            assertThat(first.thrown()).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void livesInMemoryOfTheCaller() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(64, 4);
            for (Doorbell each : List.of(Doorbell.local(memory, 8), Doorbell.shared(memory, 12))) {
                published.set(false);
                Waiter waiter = Waiter.platform(() -> each.await(published::get, 1, TimeUnit.DAYS));
                Await.until("asleep", () -> each.waiters() == 1);
                published.set(true);
                each.ring();
                assertThat(waiter.result()).isEqualTo(true);
            }
            assertThat(memory.asSlice(0, 64).toArray(INT)).containsOnly(0);
        }
        assertThat(Doorbell.LAYOUT_BYTES).isEqualTo(4);
    }

    /// By another process, that was killed.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void leftoversShutNobodyOut(boolean shared) throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(4, 4);
            Doorbell view = shared ? Doorbell.shared(memory, 0) : Doorbell.local(memory, 0);
            for (int leftover : new int[] {ASLEEP, RUNG, -1}) {
                memory.set(INT, 0, leftover);
                assertThat(view.await(() -> true, 0, TimeUnit.DAYS)).isTrue();
                assertThat(view.await(() -> false, 1, TimeUnit.MICROSECONDS)).isFalse();
                assertThat(memory.get(INT, 0)).as("taken back").isZero();
                memory.set(INT, 0, leftover);
                published.set(false);
                Waiter waiter = Waiter.platform(() -> view.await(published::get, 1, TimeUnit.DAYS))
                        .awaitAsleep(memory);
                published.set(true);
                view.ring();
                assertThat(waiter.result()).isEqualTo(true);
                assertThat(memory.get(INT, 0)).isZero();
            }
            memory.set(INT, 0, ASLEEP);
            view.ring();
            assertThat(memory.get(INT, 0)).isZero();
        }
    }

    /// A ring that was killed, or has failed, after its step and before its wake.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theNextRingWakesInsteadOfOneThatWasKilled(boolean shared) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(4, 4);
            Doorbell view = shared ? Doorbell.shared(memory, 0) : Doorbell.local(memory, 0);
            Waiter waiter = Waiter.platform(() -> view.await(published::get, 1, TimeUnit.DAYS))
                    .awaitAsleep(memory);
            published.set(true);
            memory.set(INT, 0, RUNG);
            assertThat(view).hasToString("Doorbell[rung]");
            view.ring();
            assertThat(waiter.result()).isEqualTo(true);
            assertThat(memory.get(INT, 0)).isZero();
        }
    }

    @Test
    void refusesWhatIsWrong() {
        MemorySegment memory = Arena.global().allocate(8, 8);
        assertThatNullPointerException().isThrownBy(() -> bell.await(null));
        assertThatNullPointerException().isThrownBy(() -> bell.await(null, 1, TimeUnit.DAYS));
        assertThatNullPointerException().isThrownBy(() -> bell.await(() -> true, 1, null));
        assertThatNullPointerException().isThrownBy(() -> bell.awaitUninterruptibly(null));
        assertThatNullPointerException().isThrownBy(() -> bell.awaitUninterruptibly(() -> true, 0, null));
        assertThatNullPointerException().isThrownBy(() -> Doorbell.local(null, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Doorbell.local(memory, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> Doorbell.shared(memory.asReadOnly(), 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Doorbell.shared(MemorySegment.ofArray(new int[1]), 0));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> Doorbell.shared(memory, 8));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> Doorbell.local(memory, -4));
    }

    @Test
    void saysWhatIsWrongWithItsMemory() {
        Arena arena = Arena.ofShared();
        Doorbell closed = Doorbell.local(arena.allocate(4, 4), 0);
        arena.close();
        assertThatIllegalStateException().isThrownBy(closed::ring);
        assertThatIllegalStateException().isThrownBy(() -> closed.await(() -> false));
        assertThat(closed).hasToString("Doorbell[closed]");
        Doorbell confined = Doorbell.local(Arena.ofConfined().allocate(4, 4), 0);
        assertThat(Waiter.platform(confined::toString).result()).isEqualTo("Doorbell[of another thread]");
        assertThat(Waiter.platform(() -> confined.await(() -> false, 1, TimeUnit.DAYS))
                        .thrown())
                .isInstanceOf(WrongThreadException.class);
    }
}
