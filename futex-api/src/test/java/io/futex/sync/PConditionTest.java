package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Await;
import io.futex.contract.Seed;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@SuppressWarnings({
    "WaitNotInLoop", // the single wait is what is tested
    "LockNotBeforeTry", // what fails in between ends the test anyway
    "JavaUtilDate" // the interface has it
})
@ExtendWith(Seed.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PConditionTest {
    private final PMutex mutex = new PMutex();
    private final PCondition condition = new PCondition(mutex);

    /// Every way to wait. The timed ones have a day.
    enum Form {
        AWAIT,
        UNINTERRUPTIBLY,
        NANOS,
        TIMED,
        TIMED_UNINTERRUPTIBLY,
        DATE;

        boolean isInterruptible() {
            return this != UNINTERRUPTIBLY && this != TIMED_UNINTERRUPTIBLY;
        }

        /// @return whether signalled
        boolean await(Condition condition) throws InterruptedException {
            switch (this) {
                case AWAIT -> condition.await();
                case UNINTERRUPTIBLY -> condition.awaitUninterruptibly();
                case NANOS -> {
                    return condition.awaitNanos(TimeUnit.DAYS.toNanos(1)) > 0;
                }
                case TIMED -> {
                    return condition.await(1, TimeUnit.DAYS);
                }
                case TIMED_UNINTERRUPTIBLY -> {
                    return ((PCondition) condition).awaitUninterruptibly(1, TimeUnit.DAYS);
                }
                case DATE -> {
                    return condition.awaitUntil(new Date(System.currentTimeMillis() + TimeUnit.DAYS.toMillis(1)));
                }
            }
            return true;
        }
    }

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    private Waiter start(boolean virtual, Form form) {
        return Waiter.start(virtual, () -> {
            mutex.lock();
            try {
                return form.await(condition);
            } finally {
                assertThat(mutex.isHeldByCurrentThread()).isTrue();
                mutex.unlock();
            }
        });
    }

    /// Waits until so many threads wait, without the lock.
    private void awaitWaiting(int count) {
        awaitWaiting(condition, count);
        mutex.lock();
        mutex.unlock();
    }

    private static void awaitWaiting(PCondition condition, int count) {
        Await.until(count + " wait", () -> condition.toString().contains("waiting=" + count + ","));
    }

    private void signal() {
        mutex.lock();
        condition.signal();
        mutex.unlock();
    }

    private void signalAll() {
        mutex.lock();
        condition.signalAll();
        mutex.unlock();
    }

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

    // ---- waiting for what the signals are about

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void waitsForWhatTheSignalsAreAbout(int form) {
        for (boolean virtual : new boolean[] {false, true}) {
            AtomicInteger value = new AtomicInteger();
            AtomicInteger looks = new AtomicInteger();
            BooleanSupplier ready = () -> {
                assertThat(mutex.isHeldByCurrentThread()).isTrue();
                looks.incrementAndGet();
                return value.get() == 2;
            };
            Waiter waiter = Waiter.start(virtual, () -> {
                mutex.lock();
                try {
                    return awaitReady(form, ready);
                } finally {
                    mutex.unlock();
                }
            });
            awaitWaiting(1);
            value.set(1);
            signal();
            Await.until("it has looked again", () -> looks.get() >= 2);
            awaitWaiting(1);
            assertThat(waiter.isDone()).isFalse();
            value.set(2);
            signal();
            assertThat(waiter.result()).isEqualTo(true);
            assertThat(looks).hasValue(3);
            assertThat(condition).hasToString("PCondition[waiting=0, signalled=0]");
        }
    }

    private boolean awaitReady(int form, BooleanSupplier ready) throws InterruptedException {
        switch (form) {
            case 0 -> condition.await(ready);
            case 1 -> condition.awaitUninterruptibly(ready);
            case 2 -> {
                return condition.await(ready, 1, TimeUnit.DAYS);
            }
            default -> {
                return condition.awaitUninterruptibly(ready, 1, TimeUnit.DAYS);
            }
        }
        return true;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void whatHoldsAlreadyIsNotWaitedFor(int form) throws InterruptedException {
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(() -> awaitReady(form, () -> true));
        mutex.lock();
        assertThat(awaitReady(form, () -> true)).isTrue();
        Thread.currentThread().interrupt();
        assertThat(awaitReady(form, () -> true)).isTrue(); // nothing to wait for, so nothing to interrupt
        assertThat(Thread.interrupted()).isTrue();
        IllegalArgumentException failure = new IllegalArgumentException();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> awaitReady(form, () -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThatNullPointerException().isThrownBy(() -> awaitReady(form, null));
        mutex.unlock();
    }

    @Test
    void aWaitForSomethingEndsByTimeOrInterrupt() throws InterruptedException {
        AtomicInteger looks = new AtomicInteger();
        BooleanSupplier never = () -> looks.incrementAndGet() < 0;
        mutex.lock();
        for (long nanos : new long[] {-1, 0, 1, 100_000, 5_000_000}) {
            long start = System.nanoTime();
            assertThat(condition.await(never, nanos, TimeUnit.NANOSECONDS)).isFalse();
            assertThat(condition.awaitUninterruptibly(never, nanos, TimeUnit.NANOSECONDS))
                    .isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(2 * nanos);
        }
        assertThat(looks).hasValue(20);
        assertThat(condition.await(() -> looks.incrementAndGet() == 22, 0, TimeUnit.DAYS))
                .as("looks once more")
                .isTrue();
        for (boolean timed : new boolean[] {false, true}) {
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> {
                if (timed) {
                    condition.await(never, 1, TimeUnit.DAYS);
                } else {
                    condition.await(never);
                }
            });
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
            assertThat(mutex.isHeldByCurrentThread()).isTrue();
        }
        mutex.unlock();
        assertThat(condition).hasToString("PCondition[waiting=0, signalled=0]");
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

    // ---- interrupts

    @ParameterizedTest
    @EnumSource
    void interruptEndsAWaitOrIsKept(Form form) {
        for (boolean virtual : new boolean[] {false, true}) {
            Waiter waiter = start(virtual, form);
            awaitWaiting(1);
            waiter.thread().interrupt();
            if (form.isInterruptible()) {
                assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
                assertThat(waiter.interruptedAfter()).isFalse();
            } else {
                signal();
                assertThat(waiter.result()).isEqualTo(true);
                assertThat(waiter.interruptedAfter()).isTrue();
            }
            assertThat(condition).hasToString("PCondition[waiting=0, signalled=0]");
        }
    }

    @ParameterizedTest
    @EnumSource
    void pendingInterruptComesFirst(Form form) throws InterruptedException {
        if (!form.isInterruptible()) {
            return;
        }
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> form.await(condition)); // no lock
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        mutex.lock();
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> form.await(condition));
        assertThat(mutex.isHeldByCurrentThread()).isTrue();
        mutex.unlock();
    }

    /// Signalled, then interrupted while it waits for the lock: that is a return, and the status is kept.
    @Test
    void interruptAfterTheSignalIsKept() {
        Waiter waiter = start(false, Form.AWAIT);
        awaitWaiting(1);
        mutex.lock();
        condition.signal();
        waiter.thread().interrupt();
        mutex.unlock();
        assertThat(waiter.result()).isEqualTo(true);
        assertThat(waiter.interruptedAfter()).isTrue();
    }

    // ---- time

    @Test
    void timedWaitsAreNeverEarly() throws InterruptedException {
        mutex.lock();
        for (long nanos : new long[] {1, 1_000, 50_000, 1_000_000, 20_000_000}) {
            long start = System.nanoTime();
            assertThat(condition.awaitNanos(nanos)).isLessThanOrEqualTo(0);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
            start = System.nanoTime();
            assertThat(condition.await(nanos, TimeUnit.NANOSECONDS)).isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
            start = System.nanoTime();
            assertThat(condition.awaitUninterruptibly(nanos, TimeUnit.NANOSECONDS))
                    .isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
        }
        Date date = new Date(System.currentTimeMillis() + 20);
        assertThat(condition.awaitUntil(date)).isFalse();
        assertThat(System.currentTimeMillis()).isGreaterThanOrEqualTo(date.getTime());
        assertThat(mutex.isHeldByCurrentThread()).isTrue();
        mutex.unlock();
        assertThat(condition).hasToString("PCondition[waiting=0, signalled=0]");
    }

    @Test
    void noTimeIsOneLook() throws InterruptedException {
        mutex.lock();
        assertThat(condition.await(0, TimeUnit.DAYS)).isFalse();
        assertThat(condition.await(Long.MIN_VALUE, TimeUnit.DAYS)).isFalse();
        assertThat(condition.awaitUninterruptibly(-1, TimeUnit.DAYS)).isFalse();
        assertThat(condition.awaitNanos(0)).isLessThanOrEqualTo(0);
        assertThat(condition.awaitNanos(Long.MIN_VALUE)).isEqualTo(Long.MIN_VALUE);
        assertThat(condition.awaitUntil(new Date(0))).isFalse();
        assertThat(condition.awaitUntil(new Date(Long.MIN_VALUE))).isFalse();
        mutex.unlock();
    }

    @Test
    void theLongestTimeIsForEver() {
        List<Waiter> waiters = new ArrayList<>();
        waiters.add(locked(() -> condition.await(Long.MAX_VALUE, TimeUnit.DAYS)));
        waiters.add(locked(() -> condition.awaitUninterruptibly(Long.MAX_VALUE, TimeUnit.NANOSECONDS)));
        waiters.add(locked(() -> condition.awaitNanos(Long.MAX_VALUE) > 0));
        waiters.add(locked(() -> condition.awaitUntil(new Date(Long.MAX_VALUE))));
        awaitWaiting(4);
        signalAll();
        waiters.forEach(waiter -> assertThat(waiter.result()).isEqualTo(true));
    }

    private Waiter locked(Waiter.Call<Boolean> call) {
        return Waiter.platform(() -> {
            mutex.lock();
            try {
                return call.run();
            } finally {
                mutex.unlock();
            }
        });
    }

    @Test
    void whatIsLeftIsTold() {
        Waiter waiter = Waiter.platform(() -> {
            mutex.lock();
            try {
                return condition.awaitNanos(TimeUnit.DAYS.toNanos(1));
            } finally {
                mutex.unlock();
            }
        });
        awaitWaiting(1);
        signal();
        assertThat((Long) waiter.result()).isPositive().isLessThan(TimeUnit.DAYS.toNanos(1));
    }

    // ---- memory of the caller

    @Test
    void livesInMemoryOfTheCaller() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(64, 8);
            for (boolean shared : new boolean[] {false, true}) {
                long at = shared ? 32 : 4;
                // Two views of all: an owner is known to one view of a mutex only.
                PMutex one = shared ? PMutex.shared(memory, at) : PMutex.local(memory, at);
                PMutex two = shared ? PMutex.shared(memory, at) : PMutex.local(memory, at);
                PCondition ones = view(shared, memory, at + 4, one);
                PCondition twos = view(shared, memory, at + 4, two);
                Waiter waiter = Waiter.platform(() -> {
                    one.lock();
                    ones.awaitUninterruptibly();
                    one.unlock();
                    return null;
                });
                awaitWaiting(twos, 1);
                two.lock();
                assertThat(memory.get(ValueLayout.JAVA_INT, at + 8)).isEqualTo(1);
                twos.signal();
                two.unlock();
                waiter.result();
                assertThat(memory.get(ValueLayout.JAVA_INT, at + 4)).isEqualTo(1);
                assertThat(memory.get(ValueLayout.JAVA_LONG_UNALIGNED, at + 8)).isZero();
                assertThat(memory.get(ValueLayout.JAVA_LONG_UNALIGNED, at + 16)).isZero();
            }
            assertThat(memory.get(ValueLayout.JAVA_INT, 0)).isZero();
        }
        assertThat(PCondition.LAYOUT_BYTES).isEqualTo(16);
    }

    private static PCondition view(boolean shared, MemorySegment memory, long offset, PMutex mutex) {
        return shared ? PCondition.shared(memory, offset, mutex) : PCondition.local(memory, offset, mutex);
    }

    @Test
    void refusesPlacesThatAreNone() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(24, 4);
            PMutex shared = PMutex.shared(memory, 20);
            assertThatIllegalArgumentException().isThrownBy(() -> PCondition.local(memory.asReadOnly(), 0, mutex));
            assertThatIllegalArgumentException().isThrownBy(() -> PCondition.shared(memory.asReadOnly(), 0, shared));
            assertThatIllegalArgumentException().isThrownBy(() -> PCondition.local(memory, 2, mutex));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> PCondition.local(MemorySegment.ofArray(new int[8]), 0, mutex));
            assertThatThrownBy(() -> PCondition.local(memory, 12, mutex)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> PCondition.local(memory, -4, mutex)).isInstanceOf(IndexOutOfBoundsException.class);
            assertThatNullPointerException().isThrownBy(() -> PCondition.local(null, 0, mutex));
            assertThatNullPointerException().isThrownBy(() -> PCondition.local(memory, 0, null));
            assertThatNullPointerException().isThrownBy(() -> PCondition.shared(memory, 0, null));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> PCondition.shared(memory, 0, mutex))
                    .withMessageContaining("shared mutex");
        }
    }

    @Test
    void saysWhyItCannotBeRead() {
        PCondition closed;
        PCondition foreign;
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(20, 4);
            closed = PCondition.local(memory, 4, PMutex.local(memory, 0));
            assertThat(closed).hasToString("PCondition[waiting=0, signalled=0]");
        }
        assertThat(closed).hasToString("PCondition[closed]");
        assertThatExceptionOfType(IllegalMonitorStateException.class).isThrownBy(closed::signal);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(20, 4);
            foreign = PCondition.local(memory, 4, PMutex.local(memory, 0));
            assertThat(Waiter.platform(foreign::toString).result()).isEqualTo("PCondition[of another thread]");
        }
    }

    /// Preset a step below what can be counted.
    @Test
    void tooManyWaitersAreRefused() throws InterruptedException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(16, 4);
            PCondition full = PCondition.local(memory, 0, mutex);
            memory.set(ValueLayout.JAVA_INT, 4, Integer.MAX_VALUE - 1);
            mutex.lock();
            assertThat(full.await(1, TimeUnit.MICROSECONDS)).isFalse();
            assertThat(full.waiters()).isEqualTo(Integer.MAX_VALUE - 1);
            memory.set(ValueLayout.JAVA_INT, 4, Integer.MAX_VALUE);
            assertThatThrownBy(full::await)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("2 147 483 647");
            assertThat(mutex.isHeldByCurrentThread()).isTrue();
            full.signalAll(); // of that many, and the sequence passes beyond its sign
            full.signal();
            mutex.unlock();
            assertThat(full).hasToString("PCondition[waiting=2147483647, signalled=2147483647]");
            assertThat(memory.get(ValueLayout.JAVA_INT, 0)).isEqualTo(Integer.MAX_VALUE);
        }
    }

    /// The sequence comes round, and so does what it is compared with.
    @ParameterizedTest
    @ValueSource(ints = {-3, Integer.MAX_VALUE - 2})
    void theSequenceComesRound(int sequence) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(16, 4);
            memory.set(ValueLayout.JAVA_INT, 0, sequence);
            memory.set(ValueLayout.JAVA_INT, 12, sequence - 1);
            PCondition round = PCondition.local(memory, 0, mutex);
            List<Waiter> waiters = new ArrayList<>();
            AtomicInteger out = new AtomicInteger();
            for (int i = 0; i < 8; i++) {
                waiters.add(Waiter.start(i % 2 == 0, () -> {
                    mutex.lock();
                    round.awaitUninterruptibly();
                    out.incrementAndGet();
                    mutex.unlock();
                    return null;
                }));
            }
            awaitWaiting(round, 8);
            for (int i = 1; i <= 6; i++) {
                mutex.lock();
                round.signal();
                mutex.unlock();
                int ended = i;
                Await.until(ended + " have ended", () -> out.get() >= ended);
                assertThat(out).hasValue(ended);
            }
            mutex.lock();
            round.signalAll();
            mutex.unlock();
            waiters.forEach(Waiter::result);
            assertThat(memory.get(ValueLayout.JAVA_INT, 0)).isEqualTo(sequence + 8);
        }
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

    // ---- against a condition that is known to be right

    /// One thread waits in a random way, another signals and interrupts it in a random order, one event after the
    /// other has settled; both kinds of condition must agree on what came of it.
    @Test
    void behavesAsThatOfReentrantLock() {
        long seed = Seed.VALUE;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 150; i++) {
            long script = random.nextLong();
            ReentrantLock model = new ReentrantLock();
            PMutex ours = new PMutex();
            String expected = play(model, model.newCondition(), new SplittableRandom(script));
            assertThat(play(ours, ours.newCondition(), new SplittableRandom(script)))
                    .as("seed %d, round %d", seed, i)
                    .isEqualTo(expected);
        }
    }

    private static String play(Lock lock, Condition condition, SplittableRandom random) {
        Form form = Form.values()[random.nextInt(4)];
        boolean interruptFirst = random.nextInt(8) == 0;
        boolean shortTime = form == Form.NANOS && random.nextBoolean();
        boolean early = random.nextInt(4) == 0;
        boolean waits = !shortTime && !(interruptFirst && form.isInterruptible());
        AtomicInteger stage = new AtomicInteger();
        Waiter waiter = Waiter.platform(() -> {
            if (early) {
                condition.signal(); // throws
            }
            if (interruptFirst) {
                Thread.currentThread().interrupt();
            }
            lock.lock();
            stage.set(1);
            try {
                return shortTime ? condition.awaitNanos(1000) > 0 : form.await(condition);
            } finally {
                lock.unlock();
            }
        });
        if (waits && !early) {
            Await.until("it waits", () -> stage.get() == 1);
            lock.lock(); // has been let go of by the wait
            int event = random.nextInt(form.isInterruptible() ? 4 : 3);
            switch (event) {
                case 0 -> condition.signal();
                case 1 -> condition.signalAll();
                case 2 -> {
                    condition.signal();
                    waiter.thread().interrupt(); // too late: signalled already
                }
                default -> waiter.thread().interrupt();
            }
            lock.unlock();
        }
        Throwable thrown = waiter.thrown();
        String outcome = thrown == null ? "returned " + waiter.result() : "threw " + thrown.getClass();
        return outcome + (waiter.interruptedAfter() ? ", interrupted" : "");
    }
}
