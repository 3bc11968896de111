package io.futex.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.WaitResult;
import io.futex.contract.Await;
import io.futex.contract.Scale;
import io.futex.contract.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.Memory;
import run.endive.wasm.types.MemoryLimits;

/// Guests in C and in WebAssembly text, and Java threads, on the same words.
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class GuestStressTest {
    private static final int WORD = Guests.WORDS;
    private static final int OTHER = Guests.WORDS + 128;
    private static final int COUNTER = Guests.WORDS + 256;

    /// Ours, and one of Endive's own.
    enum Kind {
        OURS,
        ENDIVES;

        Memory memory() {
            return this == OURS
                    ? Guests.memory()
                    : new ByteArrayMemory(new MemoryLimits(Guests.PAGES, Guests.MAX_PAGES, true));
        }
    }

    /// Who plays one side of a ping-pong.
    enum Side {
        JAVA {
            @Override
            void play(Memory memory, int me, int rounds) throws InterruptedException {
                play(WasmFutex.over(memory), memory, me, rounds);
            }
        },
        JAVA_BY_INSTRUCTIONS {
            @Override
            void play(Memory memory, int me, int rounds) throws InterruptedException {
                play(WasmFutex.viaInstructions(memory), memory, me, rounds);
            }
        },
        TEXT {
            @Override
            void play(Memory memory, int me, int rounds) {
                InstancePerThread.instance(Guests.TABLE, memory)
                        .export("ping_pong")
                        .apply(WORD, me, rounds);
            }
        },
        C {
            @Override
            void play(Memory memory, int me, int rounds) {
                Guests.c(memory).export("ping_pong").apply(WORD, me, rounds);
            }
        };

        abstract void play(Memory memory, int me, int rounds) throws InterruptedException;

        static void play(WasmFutex futex, Memory memory, int me, int rounds) throws InterruptedException {
            for (int i = 0; i < rounds; i++) {
                for (int seen = memory.atomicReadInt(WORD); seen != me; seen = memory.atomicReadInt(WORD)) {
                    WaitResult unused = futex.waitAt(WORD, seen);
                }
                memory.atomicWriteInt(WORD, 1 - me);
                assertThat(futex.wakeOneAt(WORD)).isBetween(0, 1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void pingPong(Kind kind) {
        for (Side zero : Side.values()) {
            for (Side one : Side.values()) {
                if (zero.compareTo(one) <= 0) {
                    boolean guests = zero == Side.TEXT && one == Side.C;
                    pingPong(kind, zero, one, Scale.of(guests ? 100_000 : 10_000, 1_000_000));
                }
            }
        }
    }

    private static void pingPong(Kind kind, Side zero, Side one, int rounds) {
        Memory memory = kind.memory();
        Waiter first = side(memory, zero, 0, rounds);
        Waiter second = side(memory, one, 1, rounds);
        first.result();
        second.result();
        assertThat(memory.atomicReadInt(WORD)).isZero();
    }

    private static Waiter side(Memory memory, Side side, int me, int rounds) {
        return Waiter.platform(() -> {
            side.play(memory, me, rounds);
            return null;
        });
    }

    /// Two guests in C and two Java threads, one of them virtual, and a counter that only the mutex makes exact.
    @ParameterizedTest
    @EnumSource(Kind.class)
    void aMutexOfGuestsAndJavaThreads(Kind kind) {
        int times = Scale.of(20_000, 1_000_000);
        Memory memory = kind.memory();
        InstancePerThread guests = Guests.c(memory);
        WasmFutex futex = WasmFutex.over(memory);
        List<Waiter> users = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            users.add(Waiter.platform(() -> guests.export("count_under_mutex").apply(WORD, COUNTER, times)));
            users.add(Waiter.start(i == 1, () -> {
                for (int n = 0; n < times; n++) {
                    lock(futex, memory);
                    memory.writeI32(COUNTER, memory.readInt(COUNTER) + 1);
                    unlock(futex, memory);
                }
                return null;
            }));
        }
        users.forEach(Waiter::result);
        assertThat(memory.readInt(COUNTER)).isEqualTo(4 * times);
        assertThat(memory.atomicReadInt(WORD)).isZero();
    }

    private static void lock(WasmFutex futex, Memory memory) throws InterruptedException {
        if (memory.atomicCmpxchgInt(WORD, 0, 1) != 0) {
            while (memory.atomicXchgInt(WORD, 2) != 0) {
                WaitResult unused = futex.waitAt(WORD, 2);
            }
        }
    }

    private static void unlock(WasmFutex futex, Memory memory) {
        if (memory.atomicXchgInt(WORD, 0) == 2) {
            assertThat(futex.wakeOneAt(WORD)).isBetween(0, 1);
        }
    }

    /// Timeouts that race notifies: what all notifies together have said is what all waits together have seen.
    @ParameterizedTest
    @EnumSource(Kind.class)
    void asManyAreWokenAsWereNotified(Kind kind) {
        Memory memory = kind.memory();
        InstancePerThread guests = Guests.c(memory);
        WasmFutex futex = WasmFutex.over(memory);
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            long nanos = 20_000L << (2 * i); // and with Endive's own queue a millisecond
            waiters.add(Waiter.platform(() -> (int) guests.export("count_wakes").apply(WORD, OTHER, nanos)[0]));
            waiters.add(Waiter.start(i == 1, () -> {
                int woken = 0;
                while (memory.atomicReadInt(OTHER) == 0) {
                    woken += futex.waitAt(WORD, 0, nanos, TimeUnit.NANOSECONDS) == WaitResult.WOKEN ? 1 : 0;
                }
                return woken;
            }));
        }
        Waiter notifier = Waiter.platform(
                () -> (int) guests.export("count_notified").apply(WORD, Scale.of(20_000, 1_000_000), 2)[0]);
        Random random = new Random(4);
        int notified = 0;
        while (!notifier.isDone() || notified < 200) {
            notified += futex.wakeAt(WORD, random.nextInt(4));
            pause(random.nextInt(200));
        }
        notified += (int) notifier.result();
        memory.atomicWriteInt(OTHER, 1);
        int woken = 0;
        for (Waiter waiter : waiters) {
            woken += (int) waiter.result(); // ends by itself: each wait has a timeout
        }
        assertThat(woken).isEqualTo(notified);
    }

    private static void pause(int spins) {
        for (int i = 0; i < spins; i++) {
            Thread.onSpinWait();
        }
    }

    /// The build runs this with two carriers.
    @ParameterizedTest
    @EnumSource(Kind.class)
    void aHundredGuestsInVirtualThreadsBlockNoCarrier(Kind kind) {
        Memory memory = kind.memory();
        Route.Calls calls = Route.INSTRUCTIONS.over(memory);
        WasmFutex futex = WasmFutex.over(memory);
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            boolean guest = i % 2 == 0;
            waiters.add(Waiter.virtual(() -> guest ? calls.wait32(WORD, 0, -1) : WasmCode.of(futex.waitAt(WORD, 0))));
        }
        waiters.forEach(waiter -> waiter.awaitAsleep(futex.word(WORD)));
        for (int i = 0; i < 10; i++) { // each needs a carrier
            int number = i;
            assertThat(Waiter.virtual(() -> number).result()).isEqualTo(number);
        }
        assertThat(calls.notify(WORD, 30)).isEqualTo(30);
        assertThat(futex.wakeAllAt(WORD)).isEqualTo(70);
        waiters.forEach(waiter -> assertThat(waiter.result()).isEqualTo(WasmCode.OK));
    }

    @Test
    void eachInstanceHasAStackOfItsOwn() {
        Memory memory = Guests.memory();
        InstancePerThread guests = Guests.c(memory);
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int value = i + 1;
            waiters.add(Waiter.platform(() -> {
                assertThat(guests.get()).isSameAs(guests.get());
                return (int) guests.export("sum_on_stack").apply(WORD, value)[0];
            }));
        }
        WasmFutex futex = WasmFutex.over(memory);
        Await.until(
                "all have filled their arrays and sleep",
                () -> waiters.stream().allMatch(waiter -> waiter.thread().getState() == Thread.State.WAITING));
        memory.atomicWriteInt(WORD, 1);
        assertThat(futex.wakeAllAt(WORD)).isEqualTo(4);
        for (int i = 0; i < 4; i++) {
            assertThat(waiters.get(i).result()).isEqualTo(64 * (i + 1));
        }
    }
}
