package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Groups in memory of the caller.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WaitGroupMemoryTest {
    @Test
    void livesInMemoryOfTheCaller() throws InterruptedException {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment segment = arena.allocate(32, 8);
            for (WaitGroup[] pair : new WaitGroup[][] {
                {WaitGroup.local(segment, 8), WaitGroup.local(segment, 8)},
                {WaitGroup.shared(segment, 16), WaitGroup.shared(segment, 16)}
            }) {
                pair[0].add(2);
                assertThat(pair[1].count()).isEqualTo(2);
                Thread waiter = Thread.ofPlatform().start(pair[0]::awaitUninterruptibly);
                pair[1].done();
                pair[1].done();
                waiter.join();
            }
            assertThat(segment.get(ValueLayout.JAVA_INT, 0)).isZero();
            assertThat(segment.get(ValueLayout.JAVA_INT, 24)).isZero();
        }
    }

    @Test
    void refusesMemoryThatCannotHoldIt() {
        MemorySegment segment = Arena.global().allocate(8, 8);

        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> WaitGroup.local(segment, 4));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> WaitGroup.shared(Arena.global().allocate(12, 8), 4))
                .withMessageContaining("divisible by 8");
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> WaitGroup.shared(MemorySegment.ofArray(new int[2]), 0));
        assertThatExceptionOfType(IllegalArgumentException.class)
                .isThrownBy(() -> WaitGroup.local(segment.asReadOnly(), 0));
        assertThatNullPointerException().isThrownBy(() -> WaitGroup.local(null, 0));
    }

    /// Who closes it before every call has returned hears of it, and so does the caller.
    @Test
    void closedMemoryIsRefused() {
        Arena arena = Arena.ofShared();
        WaitGroup group = WaitGroup.local(arena.allocate(WaitGroup.LAYOUT_BYTES, 8), 0);
        group.add(1);
        arena.close();
        assertThatIllegalStateException().isThrownBy(group::done);
        assertThatIllegalStateException().isThrownBy(group::awaitUninterruptibly);
        assertThat(group).hasToString("WaitGroup[closed]");
        assertThat(WaitGroup.local(Arena.ofConfined().allocate(8, 8), 0)).hasToString("WaitGroup[count=0]");
    }

    @Test
    void toldToAnotherThread() {
        WaitGroup confined = WaitGroup.local(Arena.ofConfined().allocate(8, 8), 0);
        assertThat(Waiter.platform(confined::toString).result()).isEqualTo("WaitGroup[of another thread]");
    }
}
