package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.futex.contract.Scale;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Events in memory of the caller, and what their words hold.
class EventMemoryTest extends EventFixture {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final long AUTO = 2L << 62;
    private static final long SLEEPER = 1L << 32;
    private static final long WOKEN = 1L << 31;
    private static final long HIGH = 4 - LOW;

    @Test
    void livesInMemoryOfTheCaller() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(64, 8);
            for (boolean auto : new boolean[] {false, true}) {
                long offset = auto ? 32 : 8;
                Event[][] pairs = {
                    {Event.local(memory, offset, auto), Event.local(memory, offset, auto)},
                    {Event.shared(memory, offset + 8, auto), Event.shared(memory, offset + 8, auto)}
                };
                for (Event[] pair : pairs) {
                    Waiter waiter = start(pair[0], 1, false).getFirst();
                    pair[1].set();
                    assertThat(waiter.result()).isEqualTo("through");
                    assertThat(pair[0].isSet()).isEqualTo(!auto);
                }
                assertThat(memory.get(INT, offset + HIGH)).isEqualTo((auto ? 2 : 1) << 30);
            }
            assertThat(memory.get(LONG, 0)).isZero();
            assertThat(memory.get(LONG, 24)).isZero();
            assertThat(memory.get(LONG, 48)).isZero();
        }
        assertThat(Event.LAYOUT_BYTES).isEqualTo(8);
    }

    /// Set only in words that no other process knows.
    @Test
    void aWakeUnderWayIsRemembered() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(Event.LAYOUT_BYTES, 8);
            Event local = Event.local(memory, 0, true);
            memory.set(LONG, 0, AUTO | 2 * SLEEPER);
            Event.shared(memory, 0, true).set();
            assertThat(memory.get(LONG, 0)).isEqualTo(AUTO | 2 * SLEEPER | 1);
            local.set();
            assertThat(memory.get(LONG, 0)).isEqualTo(AUTO | WOKEN | 2 * SLEEPER | 2);
            assertThat(local).hasToString("Event[auto-reset, not set, waiters=2]");
            local.set();
            local.set();
            assertThat(local).hasToString("Event[auto-reset, set, waiters=2]");
            local.reset();
            local.reset();
            assertThat(memory.get(LONG, 0)).isEqualTo(AUTO | WOKEN | 2 * SLEEPER | 2);
        }
    }

    @Test
    void whoDisagreesOnTheModeIsRefused() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(16, 8);
            Event manual = Event.shared(memory, 0, false);
            manual.set();
            long before = memory.get(LONG, 0);
            assertThatIllegalStateException()
                    .isThrownBy(() -> Event.shared(memory, 0, true))
                    .withMessageContaining("manual-reset, not auto-reset");
            assertThat(memory.get(LONG, 0)).isEqualTo(before);
            assertThat(Event.shared(memory, 0, false).isSet()).isTrue();
            Event.local(memory, 8, true).set();
            assertThatIllegalStateException()
                    .isThrownBy(() -> Event.local(memory, 8, false))
                    .withMessageContaining("auto-reset, not manual-reset");
            assertThat(Event.local(memory, 8, true).isSet()).isTrue();
            memory.set(LONG, 0, -1);
            assertThatIllegalStateException().isThrownBy(() -> Event.local(memory, 0, true));
        }
    }

    @Test
    void textTellsWhereTheMemoryIsGone() {
        for (boolean auto : new boolean[] {false, true}) {
            Arena arena = Arena.ofShared();
            Event closed = Event.shared(arena.allocate(8, 8), 0, auto);
            arena.close();
            assertThat(closed).hasToString("Event[closed]");
            try (Arena confined = Arena.ofConfined()) {
                Event own = Event.local(confined.allocate(8, 8), 0, auto);
                assertThat(Waiter.platform(own::toString).result()).isEqualTo("Event[of another thread]");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void memoryMayBeClosedOnceAllHaveReturned(boolean auto) {
        for (int round = 0; round < Scale.of(1000, 20_000); round++) {
            Arena arena = Arena.ofShared();
            Event event = Event.local(arena.allocate(Event.LAYOUT_BYTES, 8), 0, auto);
            Waiter setter = Waiter.virtual(() -> {
                event.set();
                return "";
            });
            event.awaitUninterruptibly();
            assertThat(setter.result()).isEqualTo("");
            arena.close();
        }
    }
}
