package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Asleep;
import io.futex.contract.Await;
import io.futex.contract.ThreadMeters;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Threads that override `isInterrupted()` or `interrupt()` wait asleep, and are interrupted like others.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class InterruptOverridesTest {
    /// For names of threads, by which they are found in the kernel.
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final MemorySegment memory = Arena.ofAuto().allocate(64, 64);

    private interface Wait {
        void run() throws InterruptedException;
    }

    enum Kind {
        PARKER(false, 0),
        WAIT_GROUP(true, WaitGroup.GENERATION),
        ONCE(true, 0),
        DOORBELL(true, 0);

        /// Whether an interrupt is thrown, and its status cleared.
        final boolean throwing;

        /// The word, from the first.
        final int sleepsAt;

        Kind(boolean throwing, int sleepsAt) {
            this.throwing = throwing;
            this.sleepsAt = sleepsAt;
        }

        /// A wait that nobody ends.
        Wait over(MemorySegment memory, boolean shared) {
            return switch (this) {
                case PARKER -> (shared ? Parker.shared(memory, 0) : Parker.local(memory, 0))::park;
                case WAIT_GROUP -> {
                    WaitGroup group = shared ? WaitGroup.shared(memory, 0) : WaitGroup.local(memory, 0);
                    group.add(1);
                    yield group::await;
                }
                case DOORBELL -> {
                    Doorbell bell = shared ? Doorbell.shared(memory, 0) : Doorbell.local(memory, 0);
                    yield () -> bell.await(() -> false);
                }
                case ONCE -> {
                    Once once = shared ? Once.shared(memory, 0) : Once.local(memory, 0);
                    memory.set(ValueLayout.JAVA_INT, 0, 1); // another process runs it
                    yield () -> once.runInterruptibly(() -> {});
                }
            };
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PARKER, false", "PARKER, true", "WAIT_GROUP, false", "WAIT_GROUP, true",
        "ONCE, false", "ONCE, true", "DOORBELL, false", "DOORBELL, true"
    })
    void waitsAsleepUntilInterrupted(Kind kind, boolean shared) throws Exception {
        for (InterruptOverrides override : InterruptOverrides.values()) {
            Wait wait = kind.over(memory.fill((byte) 0), shared);
            AtomicReference<String> end = new AtomicReference<>("nothing");
            Thread thread = override.thread("ftx-o" + NUMBERS.getAndIncrement(), () -> end.set(endOf(wait)));
            thread.start();
            Await.until(override + " sleeps", () -> Asleep.on(thread, memory.asSlice(kind.sleepsAt)));
            long before = ThreadMeters.cpuNanos(thread);
            thread.join(50);
            assertThat(thread.isAlive()).as("%s is not interrupted", override).isTrue();
            assertThat(ThreadMeters.cpuNanos(thread) - before)
                    .as("%s sleeps, or polls", override)
                    .isLessThan(TimeUnit.MILLISECONDS.toNanos(25));
            thread.interrupt();
            thread.join();
            assertThat(end).as("%s", override).hasValue(kind.throwing ? "thrown, cleared" : "returned, kept");
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsPendingEndsThem(Kind kind) throws Exception {
        for (InterruptOverrides override : InterruptOverrides.values()) {
            Wait wait = kind.over(memory.fill((byte) 0), false);
            AtomicReference<String> end = new AtomicReference<>("nothing");
            Thread thread = override.thread("ftx-o" + NUMBERS.getAndIncrement(), () -> {
                Thread.currentThread().interrupt();
                end.set(endOf(wait));
            });
            thread.start();
            thread.join();
            assertThat(end).as("%s", override).hasValue(kind.throwing ? "thrown, cleared" : "returned, kept");
        }
    }

    private static String endOf(Wait wait) {
        String how = "returned";
        try {
            wait.run();
        } catch (InterruptedException e) {
            how = "thrown";
        }
        return how + (Thread.interrupted() ? ", kept" : ", cleared");
    }
}
