package io.futex.wasm;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.WaitResult;
import io.futex.contract.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.Memory;
import run.endive.wasm.types.MemoryLimits;

/// Frameworks have threads that override what a thread says of its interrupt status. Waits go by the status itself, as
/// those of `java.util.concurrent` do.
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class OverridingThreadTest {
    private static final int WORD = 4096;

    /// What such a thread answers, whatever the truth is.
    private static final class Saying extends Thread {
        private final boolean interrupted;

        Saying(boolean interrupted, Runnable body) {
            super(body);
            this.interrupted = interrupted;
            setDaemon(true);
        }

        @Override
        public boolean isInterrupted() {
            return interrupted;
        }
    }

    static List<WasmFutex> everyFutex() {
        return Stream.<Memory>of(SharedWasmMemory.create(1, 1), new ByteArrayMemory(new MemoryLimits(1, 1, true)))
                .flatMap(memory -> Stream.of(WasmFutex.over(memory), WasmFutex.viaInstructions(memory)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("everyFutex")
    void waitsUntilWoken(WasmFutex futex) throws Exception {
        for (boolean saying : new boolean[] {false, true}) {
            assertThat(outcome(futex, saying, () -> futex.waitAt(WORD, 0), false))
                    .isEqualTo(WaitResult.WOKEN);
            assertThat(outcome(futex, saying, () -> futex.waitAtUninterruptibly(WORD, 0), false))
                    .isEqualTo(WaitResult.WOKEN);
            assertThat(outcome(futex, saying, () -> futex.waitAt(WORD, 0, 1, TimeUnit.HOURS), false))
                    .isEqualTo(WaitResult.WOKEN);
        }
    }

    @ParameterizedTest
    @MethodSource("everyFutex")
    void hearsAnInterrupt(WasmFutex futex) throws Exception {
        for (boolean saying : new boolean[] {false, true}) {
            assertThat(outcome(futex, saying, () -> futex.waitAt(WORD, 0), true))
                    .isInstanceOf(InterruptedException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("everyFutex")
    void timesOut(WasmFutex futex) throws Exception {
        for (boolean saying : new boolean[] {false, true}) {
            AtomicReference<Object> outcome = new AtomicReference<>();
            Thread thread = start(saying, outcome, () -> futex.waitAt(WORD, 0, 5, TimeUnit.MILLISECONDS));
            join(thread);
            assertThat(outcome).hasValue(WaitResult.TIMED_OUT);
        }
    }

    @ParameterizedTest
    @MethodSource("everyFutex")
    void wakes(WasmFutex futex) throws Exception {
        for (boolean saying : new boolean[] {false, true}) {
            AtomicReference<Object> woken = new AtomicReference<>();
            AtomicReference<Object> outcome = new AtomicReference<>();
            Thread waiter = start(false, outcome, () -> futex.waitAt(WORD, 0));
            Thread waker = start(saying, woken, () -> {
                Await.until("somebody was woken", () -> futex.wakeOneAt(WORD) == 1);
                return Thread.interrupted();
            });
            join(waiter);
            join(waker);
            assertThat(outcome).hasValue(WaitResult.WOKEN);
            assertThat(woken).hasValue(false);
        }
    }

    /// What comes of a wait that is ended once the thread sleeps.
    private static Object outcome(WasmFutex futex, boolean saying, Callable<WaitResult> wait, boolean interrupt)
            throws Exception {
        AtomicReference<Object> outcome = new AtomicReference<>();
        Thread thread = start(saying, outcome, wait);
        Await.until(
                "asleep",
                () -> thread.getState() == Thread.State.WAITING
                        || thread.getState() == Thread.State.TIMED_WAITING
                        || outcome.get() != null);
        assertThat(outcome.get()).isNull();
        if (interrupt) {
            thread.interrupt();
        } else {
            Await.until("somebody was woken", () -> futex.wakeOneAt(WORD) == 1);
        }
        join(thread);
        return outcome.get();
    }

    private static Thread start(boolean saying, AtomicReference<Object> outcome, Callable<?> call) {
        Thread thread = new Saying(saying, () -> {
            try {
                outcome.set(call.call());
            } catch (Throwable e) {
                outcome.set(e);
            }
        });
        thread.start();
        return thread;
    }

    private static void join(Thread thread) throws InterruptedException {
        assertThat(thread.join(Duration.ofMinutes(1))).as("ended").isTrue();
    }
}
