package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Signals, and who gets them.
@SuppressWarnings({
    "WaitNotInLoop", // the single wait is what is tested
    "LockNotBeforeTry" // what fails in between ends the test anyway
})
class PConditionTest extends PConditionFixture {
    // ---- signals

    @Test
    void mutexMakesConditionsOfItsOwn() {
        Condition made = mutex.newCondition();

        assertThat(made).isInstanceOf(PCondition.class).hasToString("PCondition[waiting=0, signalled=0]");
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(made::signal);
        mutex.lock();
        made.signal();
        made.signalAll();
        mutex.unlock();
        try (Arena arena = Arena.ofConfined()) {
            PMutex shared = PMutex.shared(arena.allocate(4), 0);
            assertThatExceptionOfType(UnsupportedOperationException.class)
                    .isThrownBy(shared::newCondition)
                    .withMessageContaining("PCondition.shared");
        }
    }

    @ParameterizedTest
    @EnumSource
    void signalEndsAWait(Form form) {
        for (boolean virtual : new boolean[] {false, true}) {
            Waiter waiter = start(virtual, form);
            awaitWaiting(1);
            signal();
            assertThat(waiter.result()).isEqualTo(true);
            assertThat(condition).hasToString("PCondition[waiting=0, signalled=0]");
        }
    }

    @Test
    void aSignalIsNotRemembered() throws InterruptedException {
        mutex.lock();
        condition.signal();
        condition.signalAll();
        assertThat(condition.await(1, TimeUnit.MILLISECONDS)).isFalse();
        mutex.unlock();
    }

    /// The signaller goes on with the lock: the signalled thread returns once it has it. In memory of the caller it
    /// looks for it meanwhile.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theLockIsHeldAgainBeforeTheReturn(boolean shared) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(20, 4);
            PMutex lock = shared ? PMutex.shared(memory, 0) : PMutex.local(memory, 0);
            PCondition changed = view(shared, memory, 4, lock);
            Waiter waiter = Waiter.platform(() -> {
                lock.lock();
                changed.awaitUninterruptibly();
                boolean held = lock.isHeldByCurrentThread();
                lock.unlock();
                return held;
            });
            awaitWaiting(changed, 1);
            lock.lock();
            changed.signal();
            assertThat(changed).hasToString("PCondition[waiting=1, signalled=1]");
            Await.until("the signalled thread wants the lock", () -> lock.waiters() == 1);
            assertThat(waiter.isDone()).isFalse();
            lock.unlock();
            assertThat(waiter.result()).isEqualTo(true);
        }
    }

    /// An unlock wakes for one of them; the other cannot be left to it.
    @Test
    void severalConditionsAreSignalledAtOnce() {
        PCondition second = new PCondition(mutex);
        PCondition third = new PCondition(mutex);
        List<Waiter> waiters = new ArrayList<>();
        for (PCondition each : List.of(condition, second, third)) {
            waiters.add(locked(() -> each.await(1, TimeUnit.DAYS)));
            awaitWaiting(each, 1);
        }
        mutex.lock();
        second.signal();
        condition.signal();
        third.signalAll();
        mutex.unlock();
        waiters.forEach(waiter -> assertThat(waiter.result()).isEqualTo(true));
    }

    /// The wait itself lets go of the lock.
    @Test
    void aWaitWakesWhomItsThreadHasSignalled() throws InterruptedException {
        Waiter waiter = locked(() -> {
            boolean signalled = condition.await(1, TimeUnit.DAYS);
            condition.signal();
            return signalled;
        });
        awaitWaiting(1);
        mutex.lock();
        condition.signal();
        assertThat(condition.await(1, TimeUnit.DAYS)).isTrue();
        mutex.unlock();
        assertThat(waiter.result()).isEqualTo(true);
    }

    /// Signals while all that wait have been sent one already say nothing.
    @Test
    void oneSignalEach() {
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiters.add(start(i == 1, Form.AWAIT));
        }
        awaitWaiting(3);
        mutex.lock();
        for (int i = 1; i <= 5; i++) {
            condition.signal();
            assertThat(condition).hasToString("PCondition[waiting=3, signalled=" + Math.min(i, 3) + "]");
        }
        mutex.unlock();
        waiters.forEach(Waiter::result);
        assertThat(condition).hasToString("PCondition[waiting=0, signalled=0]");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 500, 1000})
    void aThousandAreReleased(int virtual) {
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            waiters.add(start(i < virtual, Form.AWAIT));
        }
        awaitWaiting(1000);
        signalAll();
        waiters.forEach(Waiter::result);
        assertThat(condition).hasToString("PCondition[waiting=0, signalled=0]");
        assertThat(mutex).hasToString("PMutex[free]");
    }

    @Test
    void aThousandAreReleasedOneByOne() {
        List<Waiter> waiters = new ArrayList<>();
        AtomicInteger out = new AtomicInteger();
        for (int i = 0; i < 1000; i++) {
            waiters.add(Waiter.start(i % 2 == 0, () -> {
                mutex.lock();
                condition.awaitUninterruptibly();
                out.incrementAndGet();
                mutex.unlock();
                return null;
            }));
        }
        awaitWaiting(1000);
        for (int i = 1; i <= 1000; i++) {
            signal();
            int released = i;
            Await.until(released + " are out", () -> out.get() >= released);
        }
        waiters.forEach(Waiter::result);
    }

    /// Waiters that poll see each signal: those that it is not for go on waiting.
    @ParameterizedTest
    @EnumSource(PConditionStressTest.Place.class)
    void aSignalEndsOneWait(PConditionStressTest.Place place) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(64, 64);
            PMutex lock = place.mutex(memory);
            PCondition changed = place.condition(memory, 4, lock);
            AtomicInteger out = new AtomicInteger();
            List<Waiter> waiters = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                waiters.add(Waiter.start(i % 4 != 0, () -> {
                    lock.lock();
                    changed.awaitUninterruptibly();
                    out.incrementAndGet();
                    lock.unlock();
                    return null;
                }));
            }
            awaitWaiting(changed, 60);
            for (int ended = 0; ended < 20; ended += 4) {
                int before = ended;
                for (int i = 1; i <= 4; i++) {
                    lock.lock();
                    changed.signal();
                    lock.unlock();
                }
                Await.until("as many have ended", () -> out.get() >= before + 4);
                // Whoever polls has looked again by the time that two others have waited twice as long as a poll.
                for (int k = 0; k < 2; k++) {
                    assertThat(Waiter.virtual(() -> {
                                        lock.lock();
                                        boolean signalled = changed.await(2, TimeUnit.MILLISECONDS);
                                        lock.unlock();
                                        return signalled;
                                    })
                                    .result())
                            .isEqualTo(false);
                }
                assertThat(out).hasValue(ended + 4);
                assertThat(changed).hasToString("PCondition[waiting=" + (56 - ended) + ", signalled=0]");
            }
            lock.lock();
            assertThat(changed.waiters()).isEqualTo(40);
            changed.signalAll();
            lock.unlock();
            waiters.forEach(Waiter::result);
            assertThat(changed).hasToString("PCondition[waiting=0, signalled=0]");
        }
    }

    /// Two that have just begun, and may not be asleep yet, find one signal.
    @ParameterizedTest
    @EnumSource(PConditionStressTest.Place.class)
    void aSignalEndsOneOfTwoThatHaveJustBegun(PConditionStressTest.Place place) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(64, 64);
            PMutex lock = place.mutex(memory);
            PCondition changed = place.condition(memory, 4, lock);
            for (int round = 0; round < 200; round++) {
                List<Waiter> waiters = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    waiters.add(Waiter.start(round % 2 == 0, () -> {
                        lock.lock();
                        changed.awaitUninterruptibly();
                        lock.unlock();
                        return null;
                    }));
                }
                awaitWaiting(changed, 2);
                lock.lock();
                changed.signal();
                lock.unlock();
                Await.until("one has ended", () -> waiters.stream().anyMatch(Waiter::isDone));
                lock.lock();
                assertThat(changed.waiters()).isOne();
                changed.signal();
                lock.unlock();
                waiters.forEach(Waiter::result);
            }
        }
    }

    // ---- misuse

    @Test
    void needsTheLock() throws InterruptedException {
        for (Form form : Form.values()) {
            assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(() -> form.await(condition));
        }
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(condition::signal);
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(condition::signalAll);
        mutex.lock();
        Waiter other = Waiter.platform(() -> {
            condition.signal();
            return null;
        });
        assertThat(other.thrown()).isInstanceOf(IllegalMonitorStateException.class);
        mutex.unlock();
        assertThat(condition).hasToString("PCondition[waiting=0, signalled=0]");
    }

    @Test
    void refusesNull() {
        assertThatNullPointerException().isThrownBy(() -> new PCondition(null));
        assertThatNullPointerException().isThrownBy(() -> condition.await(1, null));
        assertThatNullPointerException().isThrownBy(() -> condition.awaitUninterruptibly(1, null));
        assertThatNullPointerException().isThrownBy(() -> condition.awaitUntil(null));
    }

    @Test
    void isSmall() {
        // A ConditionObject takes 24 bytes.
        assertThat(Signals.class.getDeclaredFields())
                .filteredOn(field -> !Modifier.isStatic(field.getModifiers()))
                .extracting(Field::getType)
                .containsExactly(PMutex.class, int.class);
        assertThat(PCondition.class.getDeclaredFields()).allMatch(field -> Modifier.isStatic(field.getModifiers()));
    }
}
