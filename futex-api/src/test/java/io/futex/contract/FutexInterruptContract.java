package io.futex.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.WaitResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What an interrupt does to a wait, and what it must leave alone.
public abstract class FutexInterruptContract extends FutexArgumentContract {
    /// For the subclass that a backend makes.
    protected FutexInterruptContract() {}

    @ParameterizedTest
    @EnumSource(WaitForm.class)
    void anInterruptBeforeTheCallIsToldBeforeTheValue(WaitForm form) throws Exception {
        MemorySegment word = newWord(5);
        for (boolean virtual : new boolean[] {false, true}) {
            for (int expected : new int[] {5, 6}) {
                for (long nanos : new long[] {Long.MIN_VALUE, 0, 1, WaitForm.LONG}) {
                    if (!form.isInterruptible() && expected == 5 && (!form.isTimed() || nanos > 1)) {
                        continue; // would rightly sleep
                    }
                    Waiter waiter = Waiter.start(virtual, () -> {
                        Thread.currentThread().interrupt();
                        return form.call(futex(), word, 0, expected, nanos);
                    });
                    if (form.isInterruptible()) {
                        assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
                        assertThat(waiter.interruptedAfter()).isFalse();
                    } else {
                        WaitResult result = waiter.waitResult();
                        assertThat(result)
                                .isIn(expected == 6 ? WaitResult.CHANGED : WaitResult.TIMED_OUT, spurious(virtual));
                        assertThat(waiter.interruptedAfter()).isTrue();
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_NONE, names = ".*UNINTERRUPTIBLE")
    void anInterruptEndsTheWait(WaitForm form) {
        MemorySegment word = newWord(5);
        for (boolean virtual : new boolean[] {false, true}) {
            for (int i = 0; i < 20; i++) {
                Waiter waiter = Waiter.start(virtual, () -> {
                    while (true) { // a poll may end spuriously
                        WaitResult result = form.call(futex(), word, 0, 5, WaitForm.LONG);
                        if (!polls(virtual)) {
                            return result;
                        }
                    }
                });
                if (i % 2 == 0 && !polls(virtual)) { // else at any moment
                    waiter.awaitAsleep(word);
                }
                waiter.thread().interrupt();
                assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
                assertThat(waiter.interruptedAfter()).isFalse();
            }
        }
    }

    /// Frameworks do so, and `java.util.concurrent` neither gets deaf nor restless by it.
    @ParameterizedTest
    @EnumSource(OverridingThread.Kind.class)
    void aThreadMayOverrideItsMethods(OverridingThread.Kind kind) {
        MemorySegment word = newWord(5);
        for (int i = 0; i < 10; i++) {
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            Thread thread = OverridingThread.start(kind, () -> {
                try {
                    awaitOther(word, 5);
                } catch (InterruptedException e) {
                    thrown.set(e);
                }
            });
            if (!polls(false)) {
                Await.until("it sleeps", () -> Asleep.soundly(thread, word));
            }
            var unused = OverridingThread.start(OverridingThread.Kind.EQUAL_TO_ALL, thread::interrupt);
            Await.until("the interrupt ends its wait", () -> !thread.isAlive());
            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        }
    }

    /// As above where nothing may end the wait: it must not burn a processor instead.
    @ParameterizedTest
    @EnumSource(OverridingThread.Kind.class)
    void aThreadMayOverrideItsMethodsInAnUninterruptibleWait(OverridingThread.Kind kind) {
        MemorySegment word = newWord(5);
        Thread thread = OverridingThread.start(kind, () -> {
            while (get(word) == 5) {
                WaitResult ignored = futex().waitUninterruptibly(word, 5);
                assertThat(ignored).isNotNull();
            }
            assertThat(Thread.interrupted()).isTrue();
        });
        if (!polls(false)) {
            Await.until("it sleeps", () -> Asleep.soundly(thread, word));
        }
        thread.interrupt();
        if (!polls(false)) {
            Await.until("it sleeps on", () -> Asleep.soundly(thread, word));
        }
        set(word, 6);
        Await.until("it is woken", () -> {
            int ignored = futex().wakeAll(word);
            return ignored <= 1 && !thread.isAlive();
        });
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.MATCH_ANY, names = ".*UNINTERRUPTIBLE")
    void anInterruptDoesNotEndAnUninterruptibleWait(WaitForm form) {
        for (boolean virtual : new boolean[] {false, true}) {
            for (int before = 0; before < 2; before++) {
                for (int during = 0; during < 3; during++) {
                    MemorySegment word = newWord(5);
                    boolean interruptBefore = before > 0;
                    Waiter waiter = Waiter.start(virtual, () -> {
                        if (interruptBefore) {
                            Thread.currentThread().interrupt();
                        }
                        return form.call(futex(), word, 0, 5, WaitForm.LONG);
                    });
                    if (!polls(virtual)) {
                        waiter.awaitAsleep(word);
                        for (int i = 0; i < during; i++) {
                            waiter.thread().interrupt();
                            waiter.awaitAsleep(word);
                        }
                    }
                    wakeUntilDone(word, waiter);
                    assertWoken(waiter);
                    if (!polls(virtual)) {
                        assertThat(waiter.interruptedAfter()).isEqualTo(interruptBefore || during > 0);
                    } else if (interruptBefore) {
                        assertThat(waiter.interruptedAfter()).isTrue();
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterruptBeforeAnUninterruptibleWaitDoesNotMakeItSpin(boolean virtual) {
        Assumptions.assumeFalse(polls(virtual));
        MemorySegment word = newWord(5);
        Waiter waiter = Waiter.start(virtual, () -> {
            Thread.currentThread().interrupt();
            return futex().waitUninterruptibly(word, 5);
        });
        waiter.awaitAsleep(word);
        Await.until("asleep", () -> virtual || Asleep.soundly(waiter.thread(), word));
        long before = virtual ? 0 : ThreadMeters.cpuNanos(waiter.thread());
        for (int i = 0; i < 100; i++) {
            assertThat(waiter.isDone()).isFalse();
            waiter.awaitAsleep(word);
        }
        assertThat(virtual ? 0 : ThreadMeters.cpuNanos(waiter.thread())).isEqualTo(before);
        wakeUntilDone(word, waiter);
        assertThat(waiter.interruptedAfter()).isTrue();
    }

    @Test
    void aTimedUninterruptibleWaitKeepsTimeAndStatus() throws Exception {
        MemorySegment word = newWord(5);
        for (boolean virtual : new boolean[] {false, true}) {
            for (int i = 0; i < 10; i++) {
                long nanos = 3_000_000;
                Waiter waiter = Waiter.start(virtual, () -> {
                    Thread.currentThread().interrupt();
                    long start = System.nanoTime();
                    while (futex().waitUninterruptibly(word, 5, start + nanos - System.nanoTime(), TimeUnit.NANOSECONDS)
                            == WaitResult.WOKEN) {
                        assertThat(polls(virtual)).as("spurious").isTrue();
                    }
                    return System.nanoTime() - start;
                });
                waiter.thread().interrupt();
                assertThat((long) waiter.result()).isGreaterThanOrEqualTo(nanos);
                assertThat(waiter.interruptedAfter()).isTrue();
            }
        }
    }

    @Test
    void anInterruptEndsAWaitOnAConfinedWord() {
        Assumptions.assumeTrue(takesAnyNativeMemory());
        for (int i = 0; i < 20; i++) {
            AtomicReference<MemorySegment> address = new AtomicReference<>();
            Waiter waiter = Waiter.platform(() -> {
                try (Arena confined = Arena.ofConfined()) {
                    MemorySegment word = confined.allocate(128, 128);
                    address.set(word);
                    awaitOther(word, 0);
                    return null;
                }
            });
            Await.until("the word exists", () -> address.get() != null);
            if (!polls(false)) {
                waiter.awaitAsleep(address.get());
            }
            waiter.thread().interrupt();
            assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
        }
    }

    @Test
    void anInterruptEndsNoOtherWaitForGood() {
        Assumptions.assumeFalse(polls(false));
        MemorySegment word = newWord(5);
        List<Waiter> others = new ArrayList<>();
        for (int i = 0; i < 40; i++) { // more than an interrupter can tell apart by the bits of a mask
            others.add(Waiter.platform(() -> {
                awaitOther(word, 5);
                return null;
            }));
        }
        Waiter uninterruptible = Waiter.platform(() -> futex().waitUninterruptibly(word, 5));
        others.forEach(other -> other.awaitAsleep(word));
        uninterruptible.awaitAsleep(word);
        for (int i = 0; i < 200; i++) {
            Waiter victim = waiter(i % 4 == 0 && !futex().isShared(), word);
            victim.thread().interrupt();
            assertThat(victim.thrown()).isInstanceOf(InterruptedException.class);
        }
        others.forEach(other -> other.awaitAsleep(word));
        set(word, 6);
        assertThat(futex().wakeAll(word)).isLessThanOrEqualTo(41);
        others.forEach(Waiter::result);
        assertWoken(uninterruptible);
    }

    /// The interrupter must let go once the waiter has left, be it in the next wait already.
    @Test
    void theNextWaitIsUndisturbed() {
        Assumptions.assumeFalse(polls(false));
        MemorySegment word = newWord(5);
        MemorySegment next = newWord(5);
        int rounds = Scale.of(2_000, 50_000);
        AtomicInteger over = new AtomicInteger();
        Waiter waiter = Waiter.platform(() -> {
            int spurious = 0;
            for (int i = 0; i < rounds; i++) {
                assertThatThrownBy(() -> awaitOther(word, 5)).isInstanceOf(InterruptedException.class);
                int tries = 0;
                while (futex().wait(next, 5, 200, TimeUnit.MICROSECONDS) != WaitResult.TIMED_OUT) {
                    spurious++;
                    assertThat(++tries).as("disturbances of one wait").isLessThan(100);
                }
                over.incrementAndGet();
            }
            return spurious;
        });
        for (int i = 1; i <= rounds && !waiter.isDone(); i++) {
            waiter.thread().interrupt();
            int round = i;
            Await.until("round " + round + " is over", () -> over.get() == round || waiter.isDone());
        }
        assertThat((int) waiter.result()).as("spurious returns").isLessThan(rounds);
    }

    @Test
    void interruptNeverHangs() {
        MemorySegment word = newWord(5);
        AtomicInteger interrupts = new AtomicInteger();
        Waiter waiter = Waiter.platform(() -> {
            while (get(word) == 5) {
                try {
                    WaitResult unused = futex().wait(word, 5, 50, TimeUnit.MICROSECONDS);
                } catch (InterruptedException e) {
                    interrupts.incrementAndGet();
                }
            }
            return null;
        });
        long longest = 0;
        for (int i = 0; i < Scale.of(20_000, 1_000_000) || interrupts.get() == 0; i++) {
            long start = System.nanoTime();
            waiter.thread().interrupt();
            longest = Math.max(longest, System.nanoTime() - start);
        }
        set(word, 6);
        assertThat(waiter.result()).isNull();
        assertThat(longest).as("nanoseconds in interrupt()").isLessThan(Waiter.WATCHDOG_NANOS);
    }

    @Test
    void anInterruptedThreadMayInterruptItselfInALoop() throws Exception {
        MemorySegment word = newWord(5);
        for (int i = 0; i < 1_000; i++) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> futex().wait(word, 5)).isInstanceOf(InterruptedException.class);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
        assertThat(futex().wait(word, 6)).isEqualTo(WaitResult.CHANGED);
    }

    private WaitResult spurious(boolean virtual) {
        return polls(virtual) ? WaitResult.WOKEN : WaitResult.TIMED_OUT;
    }
}
