package io.futex.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.Capability;
import io.futex.Futex;
import io.futex.FutexException;
import io.futex.WaitResult;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import io.futex.memory.MemoryChecks;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the engine asks of a system that does not tell whom a wake woke.
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OwnWordTest {
    private final Asked asked = new Asked();
    private final Engine local = Engine.local(asked);
    private final MemorySegment record = Arena.ofAuto().allocate(128, 128);
    private final MemorySegment word = record.asSlice(64, 4);

    @Test
    void theTableAddsWhatTheSystemLacks() {
        assertThat(local.capabilities())
                .containsExactlyInAnyOrder(
                        Capability.REPORTS_CHANGED,
                        Capability.REPORTS_WOKEN_COUNT,
                        Capability.WAKE_COUNT,
                        Capability.WAIT_ANY,
                        Capability.ASYNC,
                        Capability.PRECISE_TIMEOUT);
        assertThat(local).hasToString("Futex[asked, local, asked]");
        assertThat(Engine.polling(asked))
                .hasToString(Engine.polling(null).toString().replace("]", ", asleep on it in between: asked]"));
    }

    @Test
    void eachWaiterSleepsOnAWordOfItsOwnAndHoldsTheMemoryOfTheWord() throws Exception {
        asked.outcome = asked::aWakeComes;
        List<Waiter> waiters = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiters.add(Waiter.platform(() -> local.wait(record, 64, 0)));
            int sleepers = i + 1;
            Await.until("it sleeps before the next one comes", () -> asked.asleep.get() == sleepers);
        }
        for (int i = 1; i <= 3; i++) {
            assertThat(local.wakeOne(word)).isEqualTo(1);
            int left = 3 - i;
            Await.until("one has left", () -> asked.asleep.get() == left);
        }
        assertThat(local.wakeOne(word)).isZero();
        waiters.forEach(waiter -> assertThat(waiter.waitResult()).isEqualTo(WaitResult.WOKEN));
        assertThat(asked.slept).doesNotHaveDuplicates().hasSize(3).doesNotContain(word.address());
        assertThat(asked.held).containsOnly(record);
        assertThat(asked.woken).containsExactlyElementsOf(asked.slept); // first come, first served
        assertThat(asked.counts).containsOnly(1);
        // and the next wait is on the same word, without a permit left over
        asked.outcome = () -> Outcome.EARLY;
        AtomicInteger again = new AtomicInteger();
        asked.before = () -> {
            if (again.incrementAndGet() > 10) {
                throw new FutexException("enough");
            }
        };
        assertThatThrownBy(() -> local.wait(word, 0)).isInstanceOf(FutexException.class);
        assertThatThrownBy(() -> local.wait(word, 0)).isInstanceOf(FutexException.class);
        assertThat(Set.copyOf(asked.slept.subList(3, asked.slept.size()))).hasSize(1);
    }

    @Test
    void whatTheSystemSaysIsNoReasonToReturn() {
        AtomicInteger rounds = new AtomicInteger();
        asked.outcome = () -> {
            int round = rounds.incrementAndGet();
            if (round == 100) {
                assertThat(local.wakeOne(word)).isEqualTo(1);
            }
            return List.of(Outcome.WOKEN, Outcome.EARLY, Outcome.TIMED_OUT, Outcome.CHANGED)
                    .get(round % 4);
        };
        assertThat(local.waitUninterruptibly(word, 0)).isEqualTo(WaitResult.WOKEN);
        assertThat(rounds).hasValue(100);
        assertThat(local.wakeOne(word)).isZero();
    }

    /// The clock is asked first, and the system outside the hook: an interrupt meanwhile gives no permit, but is seen.
    @Test
    void aSleepThatFailedIsExplained() {
        long soon = System.nanoTime() + 5_000_000;
        asked.outcome = () -> {
            while (System.nanoTime() < soon) {
                Thread.onSpinWait();
            }
            return Outcome.FAILED;
        };
        asked.diagnosis = () -> {
            throw new AssertionError("the time is over");
        };
        assertThat(local.waitUntilUninterruptibly(word, 0, 0, soon)).isEqualTo(WaitResult.TIMED_OUT);
        asked.outcome = () -> Outcome.FAILED;
        AtomicBoolean diagnosing = new AtomicBoolean();
        asked.diagnosis = () -> {
            diagnosing.set(true);
            Await.until("the interrupt", () -> Thread.currentThread().isInterrupted());
            return Outcome.EARLY;
        };
        Waiter waiter = Waiter.platform(() -> local.wait(word, 0));
        Await.until("it asks", diagnosing::get);
        waiter.thread().interrupt();
        assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
        assertThat(asked.woken).isEmpty();
        asked.diagnosis = () -> {
            throw new FutexException("refused");
        };
        assertThatThrownBy(() -> local.wait(word, 0)).isInstanceOf(FutexException.class);
        assertThatThrownBy(() -> local.waitUninterruptibly(word, 0)).isInstanceOf(FutexException.class);
        assertThat(local.wakeOne(word)).isZero();
    }

    @Test
    void aWakeThatComesFirstLeavesAnInterruptForLater() throws Exception {
        asked.outcome = () -> {
            assertThat(local.wakeOne(word)).isEqualTo(1);
            Thread.currentThread().interrupt();
            return Outcome.WOKEN;
        };
        assertThat(local.wait(word, 0)).isEqualTo(WaitResult.WOKEN);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void anInterruptThatComesFirstTakesNoWake() {
        asked.outcome = () -> {
            Thread.currentThread().interrupt();
            return Outcome.EARLY;
        };
        assertThatThrownBy(() -> local.wait(word, 0)).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).isFalse();
        assertThat(local.wakeOne(word)).isZero();
    }

    @Test
    void anInterruptWakesTheOwnWordOnce() {
        asked.outcome = asked::aWakeComes;
        Waiter waiter = Waiter.platform(() -> local.wait(word, 0));
        Await.until("it sleeps", () -> asked.asleep.get() == 1);
        waiter.thread().interrupt();
        assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
        assertThat(asked.woken).containsExactly(asked.slept.getFirst());
        assertThat(asked.counts).containsExactly(1);
    }

    @Test
    void anUninterruptibleSleepIsLeftAlone() {
        asked.outcome = asked::aWakeComes;
        Waiter waiter = Waiter.platform(() -> local.waitUninterruptibly(word, 0));
        Await.until("it sleeps", () -> asked.asleep.get() == 1);
        waiter.thread().interrupt();
        assertThat(asked.woken).isEmpty();
        assertThat(waiter.thread().isInterrupted())
                .as("not even cleared for a while")
                .isTrue();
        assertThat(local.wakeAll(word)).isEqualTo(1);
        assertThat(waiter.waitResult()).isEqualTo(WaitResult.WOKEN);
        assertThat(waiter.interruptedAfter()).isTrue();
    }

    @Test
    void aTimeIsOverByOurClockAlone() throws Exception {
        AtomicInteger rounds = new AtomicInteger();
        asked.outcome = () -> {
            rounds.incrementAndGet();
            return Outcome.TIMED_OUT;
        };
        do { // until it had the time to ask again
            rounds.set(0);
            long start = System.nanoTime();
            assertThat(local.wait(word, 0, 3, TimeUnit.MILLISECONDS)).isEqualTo(WaitResult.TIMED_OUT);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(3_000_000);
        } while (rounds.get() < 2);
    }

    @Test
    void aWaiterThatTheSystemRefusesPassesItsWakeOn() {
        AtomicBoolean first = new AtomicBoolean(true);
        AtomicReference<Waiter> other = new AtomicReference<>();
        asked.outcome = () -> {
            if (!first.getAndSet(false)) {
                return asked.aWakeComes();
            }
            other.set(Waiter.platform(() -> local.wait(word, 0)));
            Await.until("another sleeps", () -> asked.asleep.get() == 1);
            assertThat(local.wakeOne(word)).as("the first of both").isEqualTo(1);
            throw new FutexException("refused");
        };
        assertThatThrownBy(() -> local.wait(word, 0)).isInstanceOf(FutexException.class);
        assertThat(other.get().waitResult()).isEqualTo(WaitResult.WOKEN);
    }

    /// The second of three cannot be woken, as where the stack ends just there: the others are, and it waits on.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWakeThatFailsLeavesItsWaiterToTheNext(boolean timed) {
        asked.outcome = asked::aWakeComes;
        List<Waiter> waiters = new CopyOnWriteArrayList<>();
        for (int i = 1; i <= 3; i++) {
            waiters.add(Waiter.platform(() -> timed ? local.wait(word, 0, 1, TimeUnit.HOURS) : local.wait(word, 0)));
            int sleepers = i;
            Await.until("it sleeps", () -> asked.asleep.get() == sleepers);
        }
        StackOverflowError failure = new StackOverflowError();
        AtomicInteger wakes = new AtomicInteger();
        asked.beforeWake = () -> {
            if (wakes.incrementAndGet() == 2) {
                throw failure;
            }
        };
        assertThatThrownBy(() -> local.wakeAll(word)).isSameAs(failure);
        assertThat(waiters.get(0).waitResult()).isEqualTo(WaitResult.WOKEN);
        assertThat(waiters.get(2).waitResult()).isEqualTo(WaitResult.WOKEN);
        assertThat(local.wakeAll(word)).isEqualTo(1);
        assertThat(waiters.get(1).waitResult()).isEqualTo(WaitResult.WOKEN);
    }

    /// The interrupt comes while the wake is failing, which is not one then.
    @Test
    void aWakeThatFailsStopsNoInterrupt() {
        asked.outcome = () -> {
            assertThatThrownBy(() -> local.wakeOne(word)).isInstanceOf(StackOverflowError.class);
            Thread.currentThread().interrupt();
            return Outcome.EARLY;
        };
        asked.beforeWake = () -> {
            throw new StackOverflowError();
        };
        assertThatThrownBy(() -> local.wait(word, 0)).isInstanceOf(InterruptedException.class);
        assertThat(local.wakeOne(word)).isZero();
    }

    /// It has noticed that a wake is on its way to it, and sleeps on until that is there. It is not: the wake fails.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aWakeThatFailsLeavesItsWaiterTheEndOfItsWait(boolean timed) throws Exception {
        AtomicBoolean claimed = new AtomicBoolean();
        AtomicBoolean mayLook = new AtomicBoolean(true);
        AtomicBoolean isHeld = new AtomicBoolean();
        AtomicBoolean endless = new AtomicBoolean();
        AtomicInteger looks = new AtomicInteger();
        asked.outcome = asked::aWakeComes;
        Waiter first = Waiter.platform(() -> local.wait(word, 0));
        Await.until("it sleeps", () -> asked.asleep.get() == 1);
        asked.outcome = () -> {
            asked.asleep.incrementAndGet();
            Await.until("both are claimed", claimed::get);
            looks.incrementAndGet();
            if (!mayLook.get()) {
                endless.set(asked.until.get(Thread.currentThread()) == Deadline.FOREVER);
                isHeld.set(true);
                Await.until("the wake has failed", mayLook::get);
            }
            return Outcome.EARLY;
        };
        Waiter second =
                Waiter.platform(() -> timed ? local.wait(word, 0, 10, TimeUnit.MILLISECONDS) : local.wait(word, 0));
        Await.until("it sleeps", () -> asked.asleep.get() == 2);
        AtomicInteger wakes = new AtomicInteger();
        Thread waker = Thread.currentThread();
        asked.beforeWake = () -> {
            if (!Thread.currentThread().equals(waker)) {
                return; // who interrupts
            }
            if (wakes.getAndIncrement() == 0) { // the first is woken while the second knows itself claimed
                claimed.set(true);
                if (!timed) {
                    assertThat(Waiter.platform(() -> {
                                        second.thread().interrupt();
                                        return true;
                                    })
                                    .result())
                            .isEqualTo(true);
                }
                long start = System.nanoTime();
                int before = looks.get();
                Await.until(
                        "it has looked after its time was over",
                        () -> looks.get() > before + 3 && System.nanoTime() - start > 20_000_000);
                mayLook.set(false); // else it might notice the wake before that fails
                Await.until("it sleeps", isHeld::get);
            } else {
                throw new StackOverflowError();
            }
        };
        assertThatThrownBy(() -> local.wakeAll(word)).isInstanceOf(StackOverflowError.class);
        assertThat(endless).as("nobody else would end this sleep").isFalse();
        mayLook.set(true);
        assertThat(first.waitResult()).isEqualTo(WaitResult.WOKEN);
        if (timed) {
            assertThat(second.waitResult()).isEqualTo(WaitResult.TIMED_OUT);
        } else {
            assertThat(second.thrown()).isInstanceOf(InterruptedException.class);
        }
        asked.beforeWake = () -> {};
        assertThat(local.wakeAll(word)).isZero();
    }

    @Test
    void anInterruptedNapPassesTheWakeOnThatItHasTaken() {
        Engine shared = Engine.polling(asked);
        asked.outcome = () -> {
            Thread.currentThread().interrupt();
            return Outcome.WOKEN;
        };
        assertThatThrownBy(() -> shared.wait(word, 0)).isInstanceOf(InterruptedException.class);
        assertThat(asked.woken).containsExactly(word.address());
        assertThat(asked.counts).containsExactly(1);
        asked.outcome = () -> {
            Thread.currentThread().interrupt();
            return Outcome.TIMED_OUT;
        };
        assertThatThrownBy(() -> shared.wait(word, 0)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void pollingNapsOnTheWordItselfForAMillisecond() throws Exception {
        Engine shared = Engine.polling(asked);
        asked.outcome = () -> Outcome.EARLY;
        long before = System.nanoTime();
        assertThat(shared.wait(word, 0)).isEqualTo(WaitResult.WOKEN);
        assertThat(asked.slept).containsExactly(word.address());
        assertThat(asked.deadlines.getFirst()).isBetween(before + 1_000_000, System.nanoTime() + 1_000_000);
        long deadline = System.nanoTime() + 700_000;
        WaitResult result = shared.waitUntil(word, 0, 0, deadline);
        if (asked.deadlines.size() == 2) {
            assertThat(asked.deadlines.getLast()).isLessThanOrEqualTo(deadline);
        } else {
            assertThat(result).isEqualTo(WaitResult.TIMED_OUT); // a slow machine
        }
        assertThat(shared.wakeOne(word)).isEqualTo(Futex.UNKNOWN);
        assertThat(shared.wakeAll(word)).isEqualTo(Futex.UNKNOWN);
        assertThat(asked.woken).containsExactly(word.address(), word.address());
        assertThat(asked.counts).containsExactly(1, Integer.MAX_VALUE);
    }

    @Test
    void pollingVirtualThreadsNeverReachTheSystem() {
        Engine shared = Engine.polling(asked);
        for (int i = 0; i < 5; i++) {
            assertThat(Waiter.virtual(() -> shared.wait(word, 0)).waitResult()).isEqualTo(WaitResult.WOKEN);
        }
        assertThat(asked.slept).isEmpty();
    }

    /// Notes what it is asked; a test says what happens in a sleep.
    private static final class Asked implements FutexBackend {
        final List<Long> slept = new CopyOnWriteArrayList<>();
        final List<MemorySegment> held = new CopyOnWriteArrayList<>();
        final List<Long> deadlines = new CopyOnWriteArrayList<>();
        final List<Long> woken = new CopyOnWriteArrayList<>();
        final List<Integer> counts = new CopyOnWriteArrayList<>();
        final AtomicInteger asleep = new AtomicInteger();
        final Map<Thread, Long> until = new ConcurrentHashMap<>();
        private final Map<Thread, MemorySegment> own = new ConcurrentHashMap<>();
        volatile Supplier<Outcome> outcome = () -> Outcome.WOKEN;
        volatile Supplier<Outcome> diagnosis = () -> Outcome.EARLY;
        volatile Runnable before = () -> {};
        volatile Runnable beforeWake = () -> {};

        /// A sleep that ends when the word is woken.
        Outcome aWakeComes() {
            MemorySegment own = this.own.get(Thread.currentThread());
            asleep.incrementAndGet();
            Await.until("woken", () -> woken.contains(own.address()) && MemoryChecks.read(own, 0) != 0);
            asleep.decrementAndGet();
            return Outcome.WOKEN;
        }

        @Override
        public String name() {
            return "asked";
        }

        @Override
        public Set<Capability> capabilities(boolean shared) {
            return Set.of(Capability.PRECISE_TIMEOUT);
        }

        @Override
        public boolean tellsWakeOfOne() {
            return false;
        }

        @Override
        public Outcome await(MemorySegment base, long offset, int expected, boolean shared, int mask, long deadline) {
            before.run();
            slept.add(base.address() + offset);
            deadlines.add(deadline);
            until.put(Thread.currentThread(), deadline);
            return outcome.get();
        }

        @Override
        public Outcome awaitOwn(MemorySegment own, int expected, MemorySegment held, long deadline) {
            this.held.add(held);
            this.own.put(Thread.currentThread(), own);
            return await(own, 0, expected, false, ALL, deadline);
        }

        @Override
        public Outcome diagnose(
                MemorySegment base, long offset, int expected, boolean shared, int mask, long deadline) {
            assertThat(base).isSameAs(own.get(Thread.currentThread()));
            return diagnosis.get();
        }

        @Override
        public int wake(MemorySegment base, long offset, boolean shared, int mask, int count) {
            beforeWake.run();
            woken.add(base.address() + offset);
            counts.add(count);
            return Futex.UNKNOWN;
        }
    }
}
