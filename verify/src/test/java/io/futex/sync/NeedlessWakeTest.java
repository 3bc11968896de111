package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.ModelWord;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where nobody waits nobody is woken, in shared words either, where each wake is a system call; and what is said to be
/// one write is one.
class NeedlessWakeTest {
    private int wakes;
    private int writes;

    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void event(boolean auto, boolean shared) throws Exception {
        Event event = new Event(new Word(), auto, shared ? EventRules.SHARED : EventRules.LOCAL);
        for (int i = 0; i < 10; i++) {
            assertThat(writesOf(event::set)).isOne();
            assertThat(writesOf(event::set)).isOne();
            event.await();
            event.awaitUninterruptibly(auto ? 0 : 1, TimeUnit.DAYS);
            assertThat(writesOf(event::reset)).isEqualTo(auto ? 0 : 1);
            event.set();
            assertThat(writesOf(event::reset)).isOne();
        }
        assertThat(wakes).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void semaphore(boolean shared) throws Exception {
        Semaphore semaphore = new Semaphore(
                new Word(), new Word(), new Word(), shared ? SemaphoreRules.SHARED : SemaphoreRules.LOCAL);
        for (int i = 0; i < 10; i++) {
            assertThat(writesOf(semaphore::release)).isOne();
            assertThat(writesOf(() -> semaphore.release(3))).isOne();
            semaphore.acquire();
            semaphore.acquire(2);
            assertThat(semaphore.tryAcquire(2)).isFalse();
            assertThat(semaphore.drainPermits()).isOne();
        }
        assertThat(wakes).isZero();
    }

    @Test
    void parker() {
        Parker parker = new Parker(new Word());
        for (int i = 0; i < 10; i++) {
            assertThat(writesOf(parker::unpark)).isOne();
            parker.unpark();
            parker.park();
            assertThat(parker.park(0, TimeUnit.DAYS)).isFalse();
        }
        assertThat(wakes).isZero();
    }

    @Test
    void waitGroup() throws Exception {
        WaitGroup group = new WaitGroup(new Word(), new Word());
        for (int i = 0; i < 10; i++) {
            group.add(2);
            assertThat(writesOf(group::done)).isOne();
            assertThat(writesOf(group::done)).isOne();
            group.await();
        }
        assertThat(wakes).isZero();
    }

    @Test
    void once() {
        Once once = new Once(new Word());
        once.run(() -> {});
        once.run(() -> {});
        assertThat(wakes).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void mutexAndCondition(boolean shared) {
        PMutex mutex = new PMutex(new Word(), PMutexRules.of(shared));
        PCondition condition = new PCondition(new Word(), new Word(), mutex);
        for (int i = 0; i < 10; i++) {
            mutex.lock();
            try {
                assertThat(writesOf(condition::signal)).isZero();
                assertThat(writesOf(condition::signalAll)).isZero();
            } finally {
                assertThat(writesOf(mutex::unlock)).isOne();
            }
        }
        assertThat(wakes).isZero();
    }

    /// Where nobody else can come in between, a signal wakes within the lock; else the unlock does, for all its
    /// signals.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop"}) // what fails in between ends the test anyway
    void signalsWakeOnceTheLockIsFree(boolean shared) {
        PMutex mutex = new PMutex(new Word(), PMutexRules.of(shared));
        Word sequence = new Word();
        PCondition condition = new PCondition(sequence, new Word(), mutex);
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiters.add(Waiter.platform(() -> {
                mutex.lock();
                condition.awaitUninterruptibly();
                mutex.unlock();
                return null;
            }));
        }
        Await.until("all wait", () -> condition.toString().contains("waiting=3"));
        waiters.forEach(waiter -> Await.until("asleep", () -> waiter.thread().getState() == Thread.State.WAITING));
        wakes = 0; // they have had the lock one after the other
        mutex.lock();
        condition.signal();
        condition.signal();
        condition.signalAll();
        condition.signalAll();
        assertThat(wakes).isEqualTo(shared ? 3 : 0);
        mutex.unlock();
        assertThat(sequence.wakes).isEqualTo(shared ? 3 : 1);
        waiters.forEach(Waiter::result);
        assertThat(condition).hasToString("PCondition[waiting=0, signalled=0]");
    }

    private int writesOf(Runnable call) {
        int before = writes;
        call.run();
        return writes - before;
    }

    private final class Word extends ModelWord {
        private int wakes;

        Word() {
            super(0);
        }

        @Override
        public int wake(int count) {
            this.wakes++;
            NeedlessWakeTest.this.wakes++;
            return super.wake(count);
        }

        @Override
        public int compareAndExchange(int expected, int newValue) {
            int witness = super.compareAndExchange(expected, newValue);
            writes += witness == expected ? 1 : 0; // a wrong guess writes nothing
            return witness;
        }

        @Override
        public int getAndAdd(int delta) {
            writes++;
            return super.getAndAdd(delta);
        }

        @Override
        public void set(int newValue) {
            writes++;
            super.set(newValue);
        }

        @Override
        public void setPlain(int newValue) {
            writes++;
            super.setPlain(newValue);
        }
    }
}
