package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.WaitResult;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import io.futex.memory.ModelWords;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Wakes of Semaphore and Event: there are none where nobody waits, in shared words either, where each is a system
/// call; and after one that has failed, as it does where the stack ends just there, the next call makes up for it.
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PermitWakesTest {
    private static final int BULK = 8;

    private final Words words = new Words();

    // ---- none

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void eventWakesNobody(boolean auto, boolean shared) throws Exception {
        Event event = new Event(words, 0, PermitRules.of(shared, auto));
        for (int i = 0; i < 10; i++) {
            assertThat(writesOf(event::set)).isOne();
            assertThat(writesOf(event::set)).isOne();
            event.await();
            event.awaitUninterruptibly(auto ? 0 : 1, TimeUnit.DAYS);
            assertThat(writesOf(event::reset)).isEqualTo(auto ? 0 : 1);
            event.set();
            assertThat(writesOf(event::reset)).isOne();
        }
        assertThat(words.wakes).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void semaphoreWakesNobody(boolean shared) throws Exception {
        Semaphore semaphore = new Semaphore(words, 0, PermitRules.of(shared, false));
        for (int i = 0; i < 10; i++) {
            assertThat(writesOf(semaphore::release)).isOne();
            assertThat(writesOf(() -> semaphore.release(3))).isOne();
            semaphore.acquire();
            semaphore.acquire(2);
            assertThat(semaphore.tryAcquire(2)).isFalse();
            assertThat(semaphore.drainPermits()).isOne();
        }
        assertThat(words.wakes).hasValue(0);
    }

    private int writesOf(Runnable call) {
        int before = words.writes;
        call.run();
        return words.writes - before;
    }

    // ---- that fail

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theReleaseAfterOneThatFailedWakes(boolean shared) {
        Semaphore semaphore = new Semaphore(words, 0, PermitRules.of(shared, false));
        Waiter waiter = asleep(PermitRules.LOW, semaphore::acquire);
        fails(semaphore::release);
        fails(semaphore::release);
        assertThat(semaphore.availablePermits()).as("both have given").isEqualTo(2);
        semaphore.release();
        waiter.result();
        assertThat(semaphore).hasToString("Semaphore[permits=2]");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theReleaseAfterOneThatFailedWakesWhoWantsSeveral(boolean shared) {
        Semaphore semaphore = new Semaphore(words, 0, PermitRules.of(shared, false));
        Waiter waiter = asleep(BULK, () -> semaphore.acquire(2));
        fails(() -> semaphore.release(2));
        fails(semaphore::release);
        semaphore.release();
        waiter.result();
        assertThat(semaphore.availablePermits()).isEqualTo(2);
    }

    /// The second release has relied on the one who was woken for the first, and who cannot wake another.
    @Test
    void theReleaseAfterAWakeThatWasNotPassedOnWakes() {
        Semaphore semaphore = new Semaphore(words, 0, PermitRules.LOCAL);
        Waiter first = asleep(PermitRules.LOW, semaphore::acquire);
        Waiter second = asleep(PermitRules.LOW, semaphore::acquire);
        words.afterSleep.set(() -> {
            semaphore.release();
            words.failures.set(1);
        });
        semaphore.release();
        assertThat(first.thrown()).isInstanceOf(StackOverflowError.class).hasNoSuppressedExceptions();
        assertThat(semaphore).hasToString("Semaphore[permits=1, waiters=1]");
        semaphore.release();
        second.result();
        assertThat(semaphore).hasToString("Semaphore[permits=1]");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theSetAfterTwoThatFailedWakes(boolean shared) {
        Event event = new Event(words, 0, PermitRules.of(shared, true));
        Waiter waiter = asleep(PermitRules.LOW, event::await);
        fails(event::set);
        fails(event::set);
        event.set();
        waiter.result();
        assertThat(event).as("one is kept").hasToString("Event[auto-reset, set]");
    }

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void theSetOfAGateAfterOneThatFailedWakes(boolean shared, boolean reset) {
        Event event = new Event(words, 0, PermitRules.of(shared, false));
        Waiter waiter = asleep(PermitRules.LOW, event::await);
        fails(event::set);
        assertThat(event.isSet()).isTrue();
        if (reset) {
            event.reset();
        }
        event.set();
        waiter.result();
        event.reset();
        assertThat(event).hasToString("Event[manual-reset, not set]");
    }

    /// Others take and release single permits so fast that the word never is what it was a moment ago; what tells the
    /// time looks at the word first.
    @Test
    void whoWantsSeveralLooksAtTheClock() throws Exception {
        Semaphore semaphore = new Semaphore(
                new ModelWords(16) {
                    @Override
                    public WaitResult await(long at, int expected, long deadline, boolean interruptible) {
                        return WaitResult.CHANGED;
                    }
                },
                0,
                PermitRules.LOCAL);
        semaphore.release();
        long start = System.nanoTime();
        assertThat(semaphore.tryAcquire(2, 5, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(semaphore.tryAcquireUninterruptibly(2, 5, TimeUnit.MILLISECONDS))
                .isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(10_000_000);
        assertThat(semaphore.tryAcquire()).isTrue();
    }

    // ---- that never come, since the process was killed that had them to make

    @Test
    void theReleaseAfterThatOfTheDeadHealsASingleSleeper() {
        Semaphore semaphore = new Semaphore(words, 0, PermitRules.SHARED);
        Waiter first = asleep(PermitRules.LOW, semaphore::acquire);
        killedAfter(1, semaphore::release);
        semaphore.release();
        first.result();
        assertThat(semaphore).hasToString("Semaphore[permits=1]");
        assertThat(semaphore.tryAcquire()).isTrue();
        Waiter second = asleep(PermitRules.LOW, semaphore::acquire);
        Waiter third = asleep(PermitRules.LOW, semaphore::acquire);
        killedAfter(1, semaphore::release);
        semaphore.release();
        Await.until("one of two", () -> second.isDone() || third.isDone());
        assertThat(semaphore).hasToString("Semaphore[permits=1, waiters=1]");
        semaphore.release();
        second.result();
        third.result();
        assertThat(semaphore).hasToString("Semaphore[permits=1]");
    }

    /// After whichever step the dead has stopped: it gives, clears the flag, forgets what is wanted, counts up.
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void whoWantsSeveralIsHealedByAnotherWhoDoes(int steps) {
        Semaphore semaphore = new Semaphore(words, 0, PermitRules.SHARED);
        Waiter first = asleep(BULK, () -> semaphore.acquire(2));
        killedAfter(steps, () -> semaphore.release(2));
        assertThat(semaphore.availablePermits()).isEqualTo(2);
        Waiter second = asleep(BULK, () -> semaphore.acquire(8));
        semaphore.release(6);
        Await.until("one of two", () -> first.isDone() || second.isDone());
        semaphore.release(2);
        semaphore.release(2);
        first.result();
        second.result();
        assertThat(semaphore.availablePermits()).isEqualTo(2);
    }

    /// @param steps how many changes it still makes; a wake is none
    private void killedAfter(int steps, Runnable call) {
        words.stepsToLive.set(steps);
        assertThatThrownBy(call::run).isInstanceOf(Killed.class);
        words.stepsToLive.set(Integer.MAX_VALUE);
    }

    private static final class Killed extends Error {
        private static final long serialVersionUID = 1;
    }

    private void fails(Runnable call) {
        words.failures.set(1);
        assertThatThrownBy(call::run).isInstanceOf(StackOverflowError.class);
        assertThat(words.failures).hasValue(0);
    }

    /// A thread that sleeps on a word.
    private Waiter asleep(long at, Step call) {
        Waiter waiter = Waiter.platform(() -> {
            call.run();
            return true;
        });
        Thread thread = waiter.thread();
        Await.until("asleep", () -> words.awaiting.contains(thread) && thread.getState() == Thread.State.WAITING);
        assertThat(words.sleepers(at)).isPositive();
        return waiter;
    }

    private interface Step {
        void run() throws Exception;
    }

    private static final class Words extends ModelWords {
        final Set<Thread> awaiting = ConcurrentHashMap.newKeySet();
        final AtomicInteger failures = new AtomicInteger();
        final AtomicInteger wakes = new AtomicInteger();
        final AtomicInteger stepsToLive = new AtomicInteger(Integer.MAX_VALUE);
        final AtomicReference<Runnable> afterSleep = new AtomicReference<>(() -> {});
        int writes; // by one thread

        Words() {
            super(16);
        }

        @Override
        public WaitResult await(long at, int expected, long deadline, boolean interruptible)
                throws InterruptedException {
            awaiting.add(Thread.currentThread());
            WaitResult result = super.await(at, expected, deadline, interruptible);
            afterSleep.getAndSet(() -> {}).run();
            return result;
        }

        /// All wakes come through here.
        @Override
        public int wake(long at, int count) {
            wakes.incrementAndGet();
            live();
            if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new StackOverflowError();
            }
            return super.wake(at, count);
        }

        private void live() {
            if (stepsToLive.get() == 0) {
                throw new Killed();
            }
        }

        private void written() {
            writes++;
            stepsToLive.getAndUpdate(left -> left == Integer.MAX_VALUE ? left : left - 1);
        }

        @Override
        public int compareAndExchange(long at, int expected, int value) {
            live();
            int witness = super.compareAndExchange(at, expected, value);
            if (witness == expected) { // a wrong guess writes nothing
                written();
            }
            return witness;
        }

        @Override
        public long compareAndExchangeLong(long at, long expected, long value) {
            live();
            long witness = super.compareAndExchangeLong(at, expected, value);
            if (witness == expected) {
                written();
            }
            return witness;
        }

        @Override
        public int getAndAdd(long at, int delta) {
            live();
            written();
            return super.getAndAdd(at, delta);
        }

        @Override
        public int getAndBitwiseAnd(long at, int mask) {
            live();
            written();
            return super.getAndBitwiseAnd(at, mask);
        }

        @Override
        public void set(long at, int value) {
            live();
            written();
            super.set(at, value);
        }
    }
}
