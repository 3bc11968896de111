package io.futex.wasm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.futex.contract.Await;
import io.futex.contract.Scale;
import io.futex.contract.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.ExportFunction;
import run.endive.runtime.Instance;
import run.endive.runtime.WasmInterruptedException;
import run.endive.runtime.WasmRuntimeException;
import run.endive.wasm.InvalidException;
import run.endive.wasm.WasmEngineException;
import run.endive.wasm.types.MemoryLimits;

/// What the threads proposal says of `memory.atomic.wait32`, `wait64` and `notify`, rule by rule, on both routes and
/// crosswise.
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class WaitSpecificationTest {
    private static final int WORD = Guests.WORDS;
    private static final long FOR_EVER = -1;
    private static final int ALL = -1;

    private final SharedWasmMemory memory = Guests.memory();

    // ---- the result

    @ParameterizedTest
    @EnumSource(Route.class)
    void anotherValueIsOne(Route route) {
        Route.Calls calls = route.over(memory);
        memory.atomicWriteLong(WORD, 0x1_0000_0005L);
        for (long nanos : new long[] {FOR_EVER, Long.MIN_VALUE, 0, 1, Long.MAX_VALUE}) {
            assertThat(calls.wait32(WORD, 4, nanos)).isEqualTo(1);
            assertThat(calls.wait32(WORD + 4, 0, nanos)).isEqualTo(1);
            assertThat(calls.wait64(WORD, 5, nanos))
                    .as("the upper half differs")
                    .isEqualTo(1);
            assertThat(calls.wait64(WORD, 0x1_0000_0004L, nanos)).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @EnumSource(Route.class)
    void theEndOfTheTimeIsTwoAndNeverEarly(Route route) {
        Route.Calls calls = route.over(memory);
        for (int value : new int[] {0, 1, -1, Integer.MIN_VALUE}) {
            memory.atomicWriteInt(WORD, value);
            memory.atomicWriteLong(WORD + 8, value);
            for (long nanos : new long[] {0, 1, 999, 50_000, 1_500_000}) {
                long start = System.nanoTime();
                assertThat(calls.wait32(WORD, value, nanos)).isEqualTo(2);
                long middle = System.nanoTime();
                assertThat(calls.wait64(WORD + 8, value, nanos)).isEqualTo(2);
                assertThat(middle - start).isGreaterThanOrEqualTo(nanos);
                assertThat(System.nanoTime() - middle).isGreaterThanOrEqualTo(nanos);
            }
        }
    }

    /// Some wait of 100 us is over within a millisecond, on whatever machine; one that is rounded up never is.
    @ParameterizedTest
    @EnumSource(Route.class)
    void aTimeBelowAMillisecondIsNotRoundedUp(Route route) {
        Route.Calls calls = route.over(memory);
        Await.until("a short wait is short", () -> {
            long start = System.nanoTime();
            assertThat(calls.wait32(WORD, 0, 100_000)).isEqualTo(2);
            return System.nanoTime() - start < 1_000_000;
        });
    }

    @ParameterizedTest
    @CsvSource({
        "METHODS, METHODS",
        "METHODS, INSTRUCTIONS",
        "INSTRUCTIONS, METHODS",
        "INSTRUCTIONS, INSTRUCTIONS",
    })
    void aNotifyIsZeroAndTellsHowManyItWoke(Route waits, Route notifies) {
        Route.Calls waiting = waits.over(memory);
        Route.Calls notifying = notifies.over(memory);
        for (boolean wide : new boolean[] {false, true}) {
            for (long nanos : new long[] {FOR_EVER, Long.MIN_VALUE, Long.MAX_VALUE, TimeUnit.HOURS.toNanos(1)}) {
                List<Waiter> waiters = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    boolean virtual = i % 2 == 1;
                    waiters.add(Waiter.start(virtual, () -> waiting.wait(wide, WORD, 0, nanos))
                            .awaitAsleep(memory.segment()));
                }
                assertThat(notifying.notify(WORD, 0)).isZero();
                assertThat(notifying.notify(WORD + 4, ALL)).as("another word").isZero();
                assertThat(notifying.notify(WORD - 4, ALL)).as("another word").isZero();
                waiters.forEach(waiter -> waiter.awaitAsleep(memory.segment()));
                assertThat(notifying.notify(WORD, 1)).isEqualTo(1);
                assertThat(notifying.notify(WORD, 10)).isEqualTo(3);
                waiters.forEach(waiter -> assertThat(waiter.result()).isEqualTo(0));
                assertThat(notifying.notify(WORD, 1)).isZero();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, Integer.MIN_VALUE, -2, Integer.MAX_VALUE})
    void theCountIsUnsigned(int count) {
        for (Route route : Route.values()) {
            Route.Calls calls = route.over(memory);
            List<Waiter> waiters = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                boolean wide = i == 1; // a notify names an address, and not how many bits somebody waits for there
                waiters.add(Waiter.platform(() -> calls.wait(wide, WORD, 0, FOR_EVER))
                        .awaitAsleep(memory.segment()));
            }
            assertThat(calls.notify(WORD, count)).isEqualTo(3);
            waiters.forEach(waiter -> assertThat(waiter.result()).isEqualTo(0));
        }
    }

    @Test
    void firstComeFirstServed() {
        int rounds = Scale.of(50, 2_000);
        Route.Calls[] calls = {Route.METHODS.over(memory), Route.INSTRUCTIONS.over(memory)};
        for (int round = 0; round < rounds; round++) {
            List<Waiter> waiters = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Route.Calls own = calls[i % 2];
                boolean wide = i == 3;
                waiters.add(Waiter.start(i / 2 == 1, () -> own.wait(wide, WORD, 0, FOR_EVER))
                        .awaitAsleep(memory.segment()));
            }
            for (Waiter first : waiters) {
                assertThat(calls[round % 2].notify(WORD, 1)).isEqualTo(1);
                assertThat(first.result()).isEqualTo(0);
            }
        }
    }

    // ---- traps

    @ParameterizedTest
    @EnumSource(Route.class)
    void anUnalignedAddressTraps(Route route) {
        Route.Calls calls = route.over(memory);
        for (int i = 1; i < 8; i++) {
            int address = WORD + i;
            if (i % 4 != 0) {
                traps(InvalidException.class, () -> calls.wait32(address, 0, 0));
                traps(InvalidException.class, () -> calls.wait32(address, 1, 0)); // whatever the value
                traps(InvalidException.class, () -> calls.notify(address, 1));
                traps(InvalidException.class, () -> calls.notify(address, 0)); // whatever the count
            }
            traps(InvalidException.class, () -> calls.wait64(address, 0, 0));
        }
    }

    @ParameterizedTest
    @EnumSource(Route.class)
    void anAddressOutOfBoundsTraps(Route route) {
        Route.Calls calls = route.over(memory);
        int end = Guests.PAGES * 64 * 1024;
        for (int address : new int[] {end, end + 8, Guests.MAX_PAGES * 64 * 1024, 0x7fff_fff8, 0x8000_0000, -8}) {
            traps(WasmRuntimeException.class, () -> calls.wait32(address, 0, 0));
            traps(WasmRuntimeException.class, () -> calls.wait32(address, 1, 0));
            traps(WasmRuntimeException.class, () -> calls.wait64(address, 0, 0));
            traps(WasmRuntimeException.class, () -> calls.notify(address, 1));
            traps(WasmRuntimeException.class, () -> calls.notify(address, 0));
        }
        assertThat(calls.wait32(end - 4, 1, 0)).isEqualTo(1);
        assertThat(calls.wait64(end - 8, 1, 0)).isEqualTo(1);
        assertThat(calls.notify(end - 4, 1)).isZero();
    }

    @Test
    void addressAndStaticOffsetDoNotWrapAround() {
        Instance table = InstancePerThread.instance(Guests.TABLE, memory);
        for (int address : new int[] {0, 8, 64, -8}) {
            traps(WasmEngineException.class, () -> table.export("wait32.far").apply(address, 0, 0));
            traps(WasmEngineException.class, () -> table.export("wait64.far").apply(address, 0, 0));
            traps(WasmEngineException.class, () -> table.export("notify.far").apply(address, 1));
            traps(WasmEngineException.class, () -> table.export("wait32.half").apply(address, 0, 0));
            traps(WasmEngineException.class, () -> table.export("notify.half").apply(address, 1));
        }
    }

    @ParameterizedTest
    @EnumSource(Route.class)
    void aGrownMemoryHasMoreWordsAndTheOldOnesStay(Route route) {
        Route.Calls calls = route.over(memory);
        int end = Guests.PAGES * 64 * 1024;
        Waiter waiter = Waiter.platform(() -> calls.wait32(WORD, 0, FOR_EVER)).awaitAsleep(memory.segment());
        traps(WasmRuntimeException.class, () -> calls.wait32(end, 0, 0));
        Instance table = InstancePerThread.instance(Guests.TABLE, memory);
        assertThat((int) table.export("grow").apply(3)[0]).isEqualTo(Guests.PAGES);
        assertThat(memory.pages()).isEqualTo(Guests.PAGES + 3);
        assertThat(calls.wait32(end, 0, 0)).isEqualTo(2);
        assertThat(calls.wait32(end + 3 * 64 * 1024 - 4, 0, 0)).isEqualTo(2);
        traps(WasmRuntimeException.class, () -> calls.wait32(end + 3 * 64 * 1024, 0, 0));
        assertThat(calls.notify(WORD, ALL)).isEqualTo(1);
        assertThat(waiter.result()).isEqualTo(0);
        assertThat((int) table.export("grow").apply(Guests.MAX_PAGES)[0]).isEqualTo(-1);
        assertThat((int) table.export("grow").apply(-1)[0]).isEqualTo(-1);
    }

    @Test
    void aWaitOnUnsharedMemoryTrapsAndANotifyWakesNobody() {
        Instance unshared = Instance.builder(Guests.UNSHARED).build();
        ExportFunction wait = unshared.export("wait32");
        traps(WasmEngineException.class, () -> wait.apply(0, 0, 0));
        assertThat(unshared.export("notify").apply(0, 1)[0]).isZero();
    }

    /// By the type and with the words of Endive's own memory; there a notify does not trap, which ours does as a wait.
    @ParameterizedTest
    @EnumSource(Route.class)
    void trapsSayWhatEndivesOwnSay(Route route) {
        Route.Calls ours = route.over(memory);
        Route.Calls theirs = route.over(new ByteArrayMemory(new MemoryLimits(Guests.PAGES, Guests.MAX_PAGES, true)));
        int end = Guests.PAGES * 64 * 1024;
        for (int address : new int[] {end, end + 8, Guests.MAX_PAGES * 64 * 1024, 0x7fff_fff8, 0x8000_0000, -8}) {
            Throwable expected = catchThrowable(() -> theirs.wait32(address, 0, 0));
            trapsAs(expected, () -> ours.wait32(address, 0, 0));
            trapsAs(expected, () -> ours.notify(address, 1));
            trapsAs(catchThrowable(() -> theirs.wait64(address, 0, 0)), () -> ours.wait64(address, 0, 0));
        }
        // Endive checks the alignment in the instruction, and not in the method that it calls.
        Route.Calls instructions = Route.INSTRUCTIONS.over(memory);
        Throwable unaligned = catchThrowable(() -> instructions.wait32(WORD + 2, 0, 0));
        trapsAs(unaligned, () -> ours.wait32(WORD + 2, 0, 0));
        trapsAs(unaligned, () -> ours.wait64(WORD + 4, 0, 0));
        trapsAs(unaligned, () -> ours.notify(WORD + 2, 1));
    }

    private static void trapsAs(Throwable expected, ThrowingCallable call) {
        assertThatThrownBy(call).isExactlyInstanceOf(expected.getClass()).hasMessage(expected.getMessage());
    }

    private static void traps(Class<? extends WasmEngineException> type, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(type);
    }

    // ---- interrupts, of which the specification knows nothing

    @ParameterizedTest
    @EnumSource(Route.class)
    void anInterruptEndsTheGuestAndStaysSet(Route route) {
        Route.Calls calls = route.over(memory);
        for (boolean virtual : new boolean[] {false, true}) {
            Waiter before = Waiter.start(virtual, () -> {
                Thread.currentThread().interrupt();
                return calls.wait32(WORD, 0, FOR_EVER);
            });
            assertThat(before.thrown()).isInstanceOf(WasmInterruptedException.class);
            assertThat(before.interruptedAfter()).isTrue();
            Waiter asleep =
                    Waiter.start(virtual, () -> calls.wait64(WORD, 0, FOR_EVER)).awaitAsleep(memory.segment());
            asleep.thread().interrupt();
            assertThat(asleep.thrown()).isInstanceOf(WasmInterruptedException.class);
            assertThat(asleep.interruptedAfter()).isTrue();
            assertThat(calls.notify(WORD, ALL)).isZero();
        }
    }
}
