package io.futex.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.Futex;
import io.futex.WaitResult;
import io.futex.contract.Asleep;
import io.futex.contract.Await;
import io.futex.contract.Scale;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Virtual threads on shared words while so many wait that a withdrawal is a wake, and no cancellation.
class ManyWaitsTest {
    private static final int MANY = 1_500;
    private static final int LINE = 128;
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

    private final Futex futex = Futex.shared();
    private final MemorySegment words = Arena.ofAuto().allocate((long) MANY * LINE, LINE);
    private final MemorySegment word = Arena.ofAuto().allocate(LINE, LINE).asSlice(0, 4);
    private final List<Waiter> crowd = new ArrayList<>();

    @BeforeEach
    void sleep() {
        Waiter first = Waiter.virtual(() -> futex.wait(word, 0, 20, TimeUnit.MILLISECONDS));
        assertThat(first.waitResult()).isNotNull();
        Assumptions.assumeTrue(futex.toString().contains("by io_uring"), "SKIPPED: io_uring is not to be had");
        for (long i = 0; i < MANY; i++) {
            long offset = i * LINE;
            crowd.add(Waiter.virtual(() -> futex.wait(words, offset, 0)));
        }
        crowd.forEach(waiter -> waiter.awaitAsleep(words));
    }

    @AfterEach
    void wake() {
        for (int i = 0; i < crowd.size(); i++) {
            assertThat(futex.wakeOne(words, (long) i * LINE)).isEqualTo(1);
            assertThat(crowd.get(i).waitResult()).isEqualTo(WaitResult.WOKEN);
        }
    }

    /// A wake for the first in the queue, whose time ends at the same moment: if it says so, then the one behind must
    /// be woken.
    @Test
    void noWakeIsLostToTheEndOfTheTime() {
        int timedOut = 0;
        int rounds = Scale.of(200, 50_000);
        for (int i = 0; i < rounds; i++) {
            boolean virtual = i % 2 == 0;
            int value = i;
            long deadline = System.nanoTime() + 3_000_000;
            Waiter first = Waiter.virtual(() -> futex.waitUntil(word, 0, value, deadline));
            Await.until("asleep or over", () -> first.isDone() || Asleep.on(first.thread(), word));
            Waiter behind = Waiter.start(virtual, () -> awaitOther(value)).awaitAsleep(word);
            long when = deadline + 40_000 + i % 100 * 2_000; // when it is about to be withdrawn
            while (System.nanoTime() < when) {
                Thread.onSpinWait();
            }
            INT.setVolatile(word, 0L, value + 1);
            assertThat(futex.wakeOne(word)).isBetween(0, 1);
            if (first.waitResult() == WaitResult.TIMED_OUT) {
                timedOut++;
            } else {
                Await.until("the other is woken", () -> futex.wakeOne(word) <= 1 && behind.isDone());
            }
            assertThat(behind.waitResult()).isNotEqualTo(WaitResult.TIMED_OUT);
        }
        System.out.println("wakes that race the end of the time: " + rounds + ", too late " + timedOut);
    }

    /// Whoever is woken for no reason sleeps again.
    private WaitResult awaitOther(int value) throws InterruptedException {
        WaitResult result = WaitResult.CHANGED;
        while ((int) INT.getVolatile(word, 0L) == value) {
            result = futex.wait(word, value);
        }
        return result;
    }

    @Test
    void allTimesEndAtOnce() {
        int count = 20_000;
        MemorySegment many = Arena.ofAuto().allocate(4L * count, LINE);
        AtomicLong worst = new AtomicLong();
        List<Waiter> waiters = new ArrayList<>();
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        for (long i = 0; i < count; i++) {
            long offset = 4 * i;
            waiters.add(Waiter.virtual(() -> {
                WaitResult result = futex.waitUntil(many, offset, 0, deadline);
                worst.accumulateAndGet(System.nanoTime() - deadline, Math::max);
                return result;
            }));
        }
        waiters.forEach(waiter -> assertThat(waiter.waitResult()).isEqualTo(WaitResult.TIMED_OUT));
        System.out.println(count + " times that end at once: worst lateness " + worst.get() / 1_000 + " us");
        assertThat(worst.get())
                .as("idle: less than 250 ms; by cancellations alone: minutes")
                .isLessThan(20_000_000_000L);
    }
}
