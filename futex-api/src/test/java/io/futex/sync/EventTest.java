package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.futex.Futex;
import io.futex.contract.Await;
import io.futex.contract.Scale;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventTest extends EventFixture {
    // ---- one thread

    @Test
    void manualStaysSet() throws Exception {
        Event event = Event.manualReset();
        assertThat(event).hasToString("Event[manual-reset, not set]");
        assertThat(event.isSet()).isFalse();
        assertThat(event.await(0, TimeUnit.DAYS)).isFalse();
        event.set();
        event.set();
        assertThat(event).hasToString("Event[manual-reset, set]");
        for (int i = 0; i < 3; i++) {
            event.await();
            event.awaitUninterruptibly();
            assertThat(event.await(0, TimeUnit.DAYS)).isTrue();
            assertThat(event.awaitUninterruptibly(-1, TimeUnit.DAYS)).isTrue();
        }
        assertThat(event.isSet()).isTrue();
        event.reset();
        event.reset();
        assertThat(event.isSet()).isFalse();
        assertThat(event.awaitUninterruptibly(0, TimeUnit.DAYS)).isFalse();
    }

    @Test
    void autoLetsOneThrough() throws Exception {
        Event event = Event.autoReset();
        assertThat(event).hasToString("Event[auto-reset, not set]");
        assertThat(event.await(0, TimeUnit.DAYS)).isFalse();
        event.set();
        event.set();
        assertThat(event).hasToString("Event[auto-reset, set]");
        event.await();
        assertThat(event.isSet()).isFalse();
        assertThat(event.await(0, TimeUnit.DAYS)).isFalse();
        event.set();
        event.awaitUninterruptibly();
        event.set();
        assertThat(event.await(1, TimeUnit.DAYS)).isTrue();
        event.set();
        assertThat(event.awaitUninterruptibly(-1, TimeUnit.DAYS)).isTrue();
        event.set();
        event.reset();
        event.reset();
        assertThat(event.isSet()).isFalse();
        assertThat(event.awaitUninterruptibly(0, TimeUnit.DAYS)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void timedWaitsAreNeverEarly(boolean auto) throws Exception {
        Event event = event(auto);
        String before = event.toString();
        for (long micros : new long[] {1, 50, 1000, 20_000}) {
            long start = System.nanoTime();
            assertThat(event.await(micros, TimeUnit.MICROSECONDS)).isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(micros * 1000);
            start = System.nanoTime();
            assertThat(event.awaitUninterruptibly(micros, TimeUnit.MICROSECONDS))
                    .isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(micros * 1000);
        }
        if (auto) {
            assertThat(event).as("nobody is counted").hasToString(before);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void pendingInterruptIsThrownEvenIfSet(boolean auto) {
        Event event = event(auto);
        event.set();
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(event::await);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> event.await(0, TimeUnit.DAYS));
        Thread.currentThread().interrupt();
        event.awaitUninterruptibly();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(event.isSet()).isEqualTo(!auto);
    }

    @Test
    void refusesWhatIsWrong() {
        Event event = Event.autoReset();
        MemorySegment memory = Arena.global().allocate(16, 8);
        assertThatNullPointerException().isThrownBy(() -> event.await(1, null));
        assertThatNullPointerException().isThrownBy(() -> event.awaitUninterruptibly(1, null));
        assertThatNullPointerException().isThrownBy(() -> Event.local(null, 0, true));
        assertThatIllegalArgumentException().isThrownBy(() -> Event.local(memory, 2, true));
        for (boolean auto : new boolean[] {false, true}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Event.local(memory, 4, auto))
                    .withMessageContaining("divisible by 8");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Event.shared(memory.asSlice(4), 0, auto))
                    .withMessageContaining("divisible by 8");
        }
        assertThatIllegalArgumentException().isThrownBy(() -> Event.shared(memory.asReadOnly(), 0, false));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> Event.shared(memory, 16, true));
        Arena arena = Arena.ofShared();
        Event closed = Event.local(arena.allocate(8, 8), 0, true);
        arena.close();
        assertThatIllegalStateException().isThrownBy(closed::set);
        assertThatIllegalStateException().isThrownBy(closed::await);
    }

    // ---- several threads

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void interruptEndsTheWait(boolean auto, boolean virtual) {
        for (boolean timed : new boolean[] {false, true}) {
            Event event = event(auto);
            Waiter waiter = Waiter.start(virtual, () -> {
                if (timed) {
                    return event.await(1, TimeUnit.DAYS);
                }
                event.await();
                return "";
            });
            awaitWaiters(event, 1);
            waiter.thread().interrupt();
            assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
            assertThat(waiter.interruptedAfter()).isFalse();
            event.set();
            assertThat(event.isSet()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void interruptDoesNotEndAnUninterruptibleWait(boolean auto, boolean virtual) {
        Event event = event(auto);
        Waiter waiter = Waiter.start(virtual, () -> event.awaitUninterruptibly(Long.MAX_VALUE, TimeUnit.DAYS));
        awaitWaiters(event, 1);
        waiter.thread().interrupt();
        event.set();
        assertThat(waiter.result()).isEqualTo(true);
        assertThat(waiter.interruptedAfter()).isTrue();
    }

    /// Sleepers who have not woken up when the event is reset are released all the same.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void manualReleasesSleepersThoughResetAtOnce(boolean virtual) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(8, 8);
            Event event = Event.local(memory, 0, false);
            for (int round = 0; round < 20; round++) {
                List<Waiter> waiters = start(event, 5, virtual);
                waiters.forEach(waiter -> waiter.awaitAsleep(memory.asSlice(LOW)));
                event.set();
                event.reset();
                waiters.forEach(waiter -> assertThat(waiter.result()).isEqualTo("through"));
                assertThat(event.isSet()).isFalse();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void manualReleasesEverybody(boolean virtual) {
        Event event = Event.manualReset();
        List<Waiter> waiters = start(event, 100, virtual);
        awaitWaiters(event, 1);
        event.set();
        waiters.forEach(waiter -> assertThat(waiter.result()).isEqualTo("through"));
        assertThat(event).hasToString("Event[manual-reset, set]");
    }

    /// Calls of `set` in a row, faster than anybody wakes up: each releases one.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void eachAutoSetReleasesOne(boolean virtual) {
        Event event = Event.autoReset();
        List<Waiter> waiters = start(event, 50, virtual);
        awaitWaiters(event, 50);
        for (int i = 0; i < 20; i++) {
            event.set();
        }
        Await.until(
                "20 are through", () -> waiters.stream().filter(Waiter::isDone).count() == 20);
        awaitWaiters(event, 30);
        assertThat(event.isSet()).isFalse();
        event.reset();
        for (int i = 0; i < 30; i++) {
            event.set();
        }
        event.reset(); // withdraws nothing that was given to a sleeper
        waiters.forEach(waiter -> assertThat(waiter.result()).isEqualTo("through"));
        assertThat(event).hasToString("Event[auto-reset, not set]");
    }

    @Test
    void autoKeepsOneForWhoComes() throws Exception {
        Event event = Event.autoReset();
        Waiter waiter = start(event, 1, false).getFirst();
        awaitWaiters(event, 1);
        event.set();
        event.set();
        event.set();
        assertThat(waiter.result()).isEqualTo("through");
        event.await();
        assertThat(event.await(0, TimeUnit.DAYS)).isFalse();
    }

    /// Of two that wait one is released and interrupted at the same time: whatever it makes of that, one comes through.
    @Test
    void whoGivesUpLeavesThePassToAnother() {
        for (int round = 0; round < Scale.of(300, 20_000); round++) {
            Event event = Event.autoReset();
            boolean interrupted = round % 2 == 0;
            Waiter quitter = Waiter.start(round % 3 == 0, () -> {
                try {
                    return event.await(interrupted ? 1_000_000_000 : 100, TimeUnit.MICROSECONDS);
                } catch (InterruptedException e) {
                    return false;
                }
            });
            Waiter patient = start(event, 1, round % 5 == 0).getFirst();
            Await.until("waiting", () -> event.toString().contains("waiters="));
            event.set();
            if (interrupted) {
                quitter.thread().interrupt();
            }
            if (Boolean.TRUE.equals(quitter.result())) {
                event.set();
            }
            assertThat(patient.result()).isEqualTo("through");
            assertThat(event).hasToString("Event[auto-reset, not set]");
        }
    }

    @Test
    void tellsHowManyWait() {
        for (boolean auto : new boolean[] {false, true}) {
            Event event = event(auto);
            assertThat(event.waiters()).isZero();
            List<Waiter> waiters = start(event, 3, auto);
            Await.until("known", () -> event.waiters() == (auto ? 3 : Futex.UNKNOWN));
            for (int i = 0; i < 3; i++) {
                event.set();
            }
            waiters.forEach(Waiter::result);
            assertThat(event.waiters()).isZero();
        }
    }
}
