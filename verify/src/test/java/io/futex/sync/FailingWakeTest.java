package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.ModelWord;
import io.futex.WaitResult;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A wake that fails, as it does where the stack ends just there: who called hears of it, and later calls do not rely
/// on somebody whom nobody has woken.
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FailingWakeTest {
    private final Word word = new Word(0);

    @Test
    void aReleaseThatFailsLeavesNoFlag() {
        Semaphore semaphore = new Semaphore(word, new Word(0), new Word(0), SemaphoreRules.LOCAL);
        Waiter waiter = asleep(semaphore::acquire);
        fails(semaphore::release);
        assertThat(word.peek()).isEqualTo(1);
        semaphore.release();
        waiter.result();
        assertThat(semaphore.availablePermits()).isEqualTo(1);
    }

    @Test
    void aSetThatFailsLeavesNoFlag() {
        Event event = new Event(word, true, EventRules.LOCAL);
        Waiter waiter = asleep(event::await);
        fails(event::set);
        assertThat(word.peek() & EventRules.WOKEN).isZero();
        event.set();
        waiter.result();
    }

    /// Were the event left with a pass for each sleeper and one to spare, no later call would wake.
    @Test
    void twoSetsThatFailLeaveTheNextToWake() {
        Event event = new Event(word, true, EventRules.LOCAL);
        Waiter waiter = asleep(event::await);
        fails(event::set);
        fails(event::set);
        event.set();
        waiter.result();
        assertThat(event.isSet()).as("one is kept").isTrue();
        assertThat(word.peek() & EventRules.SLEEPERS).isZero();
    }

    @Test
    void aGateThatFailsToReleaseDoesWhenItIsSetAgain() {
        Event event = new Event(word, false, EventRules.LOCAL);
        int before = word.peek();
        Waiter waiter = asleep(event::await);
        fails(event::set);
        assertThat(event.isSet()).isTrue();
        event.set();
        waiter.result();
        event.reset();
        assertThat(event).hasToString("Event[manual-reset, not set]");
        assertThat(word.peek() - before).as("rounds").isEqualTo(4);
    }

    @Test
    void aGateThatFailsToReleaseDoesInTheNextRound() {
        Event event = new Event(word, false, EventRules.LOCAL);
        Waiter waiter = asleep(event::await);
        fails(event::set);
        event.reset();
        event.set();
        waiter.result();
    }

    @Test
    void theReleaseAfterOneThatFailedWakesWhoWantsSeveral() {
        Semaphore semaphore = new Semaphore(new Word(0), new Word(0), word, SemaphoreRules.LOCAL);
        Waiter waiter = asleep(() -> semaphore.acquire(2));
        fails(semaphore::release);
        semaphore.release();
        waiter.result();
        assertThat(semaphore.availablePermits()).isZero();
    }

    /// The second release has relied on the one who was woken for the first.
    @Test
    void whoFailsToPassOnGivesThePermitBack() {
        Semaphore semaphore = new Semaphore(word, new Word(0), new Word(0), SemaphoreRules.LOCAL);
        Waiter first = asleep(semaphore::acquire);
        Waiter second = asleep(semaphore::acquire);
        word.afterSleep.set(() -> {
            semaphore.release();
            word.failures.set(1);
        });
        semaphore.release();
        assertThat(first.thrown()).isInstanceOf(StackOverflowError.class).hasNoSuppressedExceptions();
        second.result();
        assertThat(semaphore).hasToString("Semaphore[permits=1]");
    }

    @Test
    void whoFailsToPassOnGivesThePassBack() {
        Event event = new Event(word, true, EventRules.LOCAL);
        Waiter first = asleep(event::await);
        Waiter second = asleep(event::await);
        word.afterSleep.set(() -> {
            event.set();
            word.failures.set(1);
        });
        event.set();
        assertThat(first.thrown()).isInstanceOf(StackOverflowError.class).hasNoSuppressedExceptions();
        second.result();
        assertThat(event).hasToString("Event[auto-reset, set]");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
    void theSignalAfterOneThatFailedWakes(boolean all) {
        PMutex mutex = new PMutex(new Word(0), PMutexRules.SHARED);
        PCondition condition = new PCondition(word, new Word(0), mutex);
        Waiter waiter = asleep(mutex, condition);
        mutex.lock();
        fails(all ? condition::signalAll : condition::signal);
        assertThat(condition).hasToString("PCondition[waiting=1, signalled=0]");
        condition.signal();
        mutex.unlock();
        waiter.result();
        assertThat(condition).hasToString("PCondition[waiting=0, signalled=0]");
    }

    /// Local signals wake after the unlock. Nobody has the lock then, to take them back.
    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    @SuppressWarnings("LockNotBeforeTry") // as above
    void theSignalAfterAnUnlockThatFailedToWakeDoes(boolean all, boolean thenAll) {
        PMutex mutex = new PMutex(new Word(0), PMutexRules.LOCAL);
        PCondition condition = new PCondition(word, new Word(0), mutex);
        Waiter waiter = asleep(mutex, condition);
        Runnable first = all ? condition::signalAll : condition::signal;
        Runnable second = thenAll ? condition::signalAll : condition::signal;
        mutex.lock();
        first.run();
        assertThat(condition).hasToString("PCondition[waiting=1, signalled=1]");
        fails(mutex::unlock);
        assertThat(mutex.isLocked()).isFalse();
        mutex.lock();
        second.run();
        mutex.unlock();
        waiter.result();
        assertThat(condition).hasToString("PCondition[waiting=0, signalled=0]");
    }

    @Test
    void theWaitAfterAnUnlockThatFailedToWakeDoes() {
        PMutex mutex = new PMutex(new Word(0), PMutexRules.LOCAL);
        PCondition condition = new PCondition(word, new Word(0), mutex);
        Waiter first = asleep(mutex, condition);
        signal(mutex, condition, () -> fails(mutex::unlock));
        Waiter second = asleep(mutex, condition);
        first.result();
        // From then on it is the unlock again that wakes.
        signal(mutex, condition, () -> fails(mutex::unlock));
        signal(mutex, condition, mutex::unlock);
        second.result();
    }

    /// It would hear of nothing, and who lets go of the lock knows nothing of it.
    @Test
    void aSignalDoesNotRelyOnAnUnlockThatIsAboutToFail() {
        PMutex mutex = new PMutex(new Word(0), PMutexRules.LOCAL);
        PCondition condition = new PCondition(word, new Word(0), mutex);
        Waiter waiter = asleep(mutex, condition);
        word.beforeWake.set(() -> {
            signal(mutex, condition, mutex::unlock);
            word.failures.set(1);
        });
        signal(mutex, condition, () -> assertThatThrownBy(mutex::unlock).isInstanceOf(StackOverflowError.class));
        waiter.result();
    }

    @SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop"}) // as above
    private Waiter asleep(PMutex mutex, PCondition condition) {
        return asleep(() -> {
            mutex.lock();
            condition.awaitUninterruptibly();
            mutex.unlock();
        });
    }

    @SuppressWarnings("LockNotBeforeTry") // as above
    private static void signal(PMutex mutex, PCondition condition, Runnable unlock) {
        mutex.lock();
        condition.signal();
        unlock.run();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @SuppressWarnings("LockNotBeforeTry") // as above
    void theUnlockAfterOneThatFailedWakes(boolean writer) {
        Word state = new Word(0);
        RwMutex mutex =
                new RwMutex(state, writer ? new Word(0) : word, writer ? word : new Word(0), RwMutexRules.LOCAL);
        Lock lock = writer ? mutex.writeLock() : mutex.readLock();
        mutex.writeLock().lock();
        Waiter waiter = asleep(() -> {
            lock.lock();
            lock.unlock();
        });
        fails(mutex.writeLock()::unlock);
        assertThat(mutex.readLock().tryLock()).as("nobody is stopped").isTrue();
        mutex.readLock().unlock();
        mutex.writeLock().lock();
        mutex.writeLock().unlock();
        waiter.result();
        assertThat(RwMutexRules.isHeld(state.peek())).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theRunAfterOneThatFailedToWakeDoes(boolean bodyFails) {
        Once once = new Once(word);
        AtomicReference<Waiter> waiter = new AtomicReference<>();
        AtomicInteger runs = new AtomicInteger();
        fails(() -> once.run(() -> {
            waiter.set(asleep(() -> once.run(runs::incrementAndGet)));
            word.failures.set(1);
            if (bodyFails) {
                throw new IllegalArgumentException("on purpose");
            }
        }));
        assertThat(once.isDone()).isEqualTo(!bodyFails);
        once.run(runs::incrementAndGet);
        waiter.get().result();
        assertThat(runs).hasValue(bodyFails ? 1 : 0);
    }

    @Test
    void whoComesAfterALeaderThatFailedWakesTheOthers() throws Exception {
        Barrier barrier = new Barrier(word, new Word(0), new Word(0), 2, false);
        Waiter waiter = asleep(barrier::await);
        fails(barrier::awaitUninterruptibly);
        Waiter next = asleep(barrier::await);
        waiter.result();
        assertThat(barrier.await()).isZero();
        next.result();
    }

    @Test
    void whoFindsABrokenBarrierWakesTheOthers() {
        Barrier barrier = new Barrier(word, new Word(0), new Word(0), 3, false);
        Waiter waiter = asleep(barrier::await);
        fails(() -> {
            Thread.currentThread().interrupt();
            barrier.await();
        });
        assertThat(barrier.isBroken()).isTrue();
        assertThatThrownBy(barrier::await).isInstanceOf(BrokenBarrierException.class);
        assertThat(waiter.thrown()).isInstanceOf(BrokenBarrierException.class);
    }

    @Test
    void theRoundAfterOneThatFailedToWakeDoes() {
        WaitGroup group = new WaitGroup(new Word(0), word);
        group.add(1);
        Waiter waiter = asleep(group::await);
        fails(group::done);
        assertThat(group.count()).isZero();
        group.add(1);
        group.done();
        waiter.result();
        assertThat(group).hasToString("WaitGroup[count=0]");
    }

    private void fails(Step call) {
        word.failures.set(1);
        assertThatThrownBy(call::run).isInstanceOf(StackOverflowError.class);
        assertThat(word.failures).hasValue(0);
    }

    /// A thread that sleeps on the word.
    private Waiter asleep(Step call) {
        Waiter waiter = Waiter.platform(() -> {
            call.run();
            return true;
        });
        Thread thread = waiter.thread();
        Await.until("asleep", () -> word.awaiting.contains(thread) && thread.getState() == Thread.State.WAITING);
        return waiter;
    }

    private interface Step {
        void run() throws Exception;
    }

    private static final class Word extends ModelWord {
        final Set<Thread> awaiting = ConcurrentHashMap.newKeySet();
        final AtomicInteger failures = new AtomicInteger();
        final AtomicReference<Runnable> afterSleep = new AtomicReference<>(() -> {});
        final AtomicReference<Runnable> beforeWake = new AtomicReference<>(() -> {});

        Word(int initial) {
            super(initial);
        }

        @Override
        public WaitResult awaitUntil(int expected, long deadlineNanos) throws InterruptedException {
            awaiting.add(Thread.currentThread());
            WaitResult result = super.awaitUntil(expected, deadlineNanos);
            afterSleep.getAndSet(() -> {}).run();
            return result;
        }

        @Override
        public WaitResult awaitUntilUninterruptibly(int expected, long deadlineNanos) {
            awaiting.add(Thread.currentThread());
            return super.awaitUntilUninterruptibly(expected, deadlineNanos);
        }

        /// All wakes come through here.
        @Override
        public int wake(int count) {
            beforeWake.getAndSet(() -> {}).run();
            if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                throw new StackOverflowError();
            }
            return super.wake(count);
        }
    }
}
