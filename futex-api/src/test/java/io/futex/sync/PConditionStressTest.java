package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
import io.futex.contract.Scale;
import io.futex.contract.Seed;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Signals among random timeouts and interrupts: none may be lost, or somebody sleeps for ever.
@SuppressWarnings({
    "LockNotBeforeTry", // what fails in between ends the test anyway
    "ThreadPriorityCheck" // yield: whoever has the processor, the outcome is the same
})
@ExtendWith(Seed.class)
@Timeout(120)
class PConditionStressTest {
    private static final int ROUNDS = Scale.of(400, 100_000);
    private static final int ITEMS = Scale.of(8_000, 1_000_000);

    private final long seed = Seed.VALUE;

    enum Place {
        FRESH,
        LOCAL,
        SHARED;

        PMutex mutex(MemorySegment memory) {
            return switch (this) {
                case FRESH -> new PMutex();
                case LOCAL -> PMutex.local(memory, 0);
                case SHARED -> PMutex.shared(memory, 0);
            };
        }

        PCondition condition(MemorySegment memory, long offset, PMutex mutex) {
            return switch (this) {
                case FRESH -> new PCondition(mutex);
                case LOCAL -> PCondition.local(memory, offset, mutex);
                case SHARED -> PCondition.shared(memory, offset, mutex);
            };
        }
    }

    /// One signal for two that wait, one of which is about to be interrupted or to give up. If that one says that it
    /// was not signalled, the other one was.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @SuppressWarnings("WaitNotInLoop") // whether a single signal arrives is the question
    void aSignalGoesToOneOfTwo(boolean virtual) {
        PMutex mutex = new PMutex();
        PCondition condition = new PCondition(mutex);
        SplittableRandom random = new SplittableRandom(seed);
        for (int round = 0; round < ROUNDS; round++) {
            boolean timed = random.nextBoolean();
            int micros = random.nextInt(200);
            Waiter steady = Waiter.start(random.nextBoolean(), () -> {
                mutex.lock();
                condition.awaitUninterruptibly();
                mutex.unlock();
                return null;
            });
            awaitWaiting(condition, 1);
            Waiter fickle = Waiter.start(virtual, () -> {
                mutex.lock();
                try {
                    if (timed) {
                        return condition.await(micros, TimeUnit.MICROSECONDS);
                    }
                    condition.await();
                    return true;
                } catch (InterruptedException e) {
                    return false;
                } finally {
                    mutex.unlock();
                }
            });
            if (timed) {
                Await.until("both wait or have", () -> condition.toString().contains("waiting=2") || fickle.isDone());
                pause(random.nextInt(20 * micros + 1));
            } else {
                awaitWaiting(condition, 2);
                pause(random.nextInt(2000));
                fickle.thread().interrupt();
                pause(random.nextInt(200));
            }
            signal(mutex, condition);
            if ((Boolean) fickle.result()) {
                signal(mutex, condition);
            }
            steady.awaitDone();
            assertThat(steady.thrown()).as("seed %d", seed).isNull();
            assertThat(condition).as("seed %d", seed).hasToString("PCondition[waiting=0, signalled=0]");
        }
    }

    /// Two begin to wait while the unlock wakes the one that was signalled. Where both kinds of thread do not wait in
    /// one queue, as on Linux, the wake may be for one of the two.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoComesLateTakesNoWake(boolean virtual) {
        PMutex mutex = new PMutex(); // the same for all rounds: which kind comes first is by turns
        PCondition condition = new PCondition(mutex);
        MemorySegment sequence = condition.words.segment.asSlice(condition.at, Integer.BYTES);
        for (int round = 0; round < ROUNDS / 2; round++) {
            Late late = new Late(mutex, condition);
            Waiter first = Waiter.start(virtual, late::first);
            first.awaitAsleep(sequence);
            Waiter same = Waiter.start(virtual, late::comeLate);
            Waiter other = Waiter.start(!virtual, late::comeLate);
            Await.until("both look", () -> late.looking.get() == 2);
            late.mutex.lock();
            late.ready = true;
            late.condition.signal();
            late.mutex.unlock();
            for (Waiter waiter : List.of(first, same, other)) {
                waiter.awaitDone();
                assertThat(waiter.thrown()).as("round %d", round).isNull();
            }
            assertThat(late.condition).hasToString("PCondition[waiting=0, signalled=0]");
        }
    }

    private static final class Late {
        final PMutex mutex;
        final PCondition condition;
        final AtomicInteger looking = new AtomicInteger();
        volatile boolean ready;
        boolean over;

        Late(PMutex mutex, PCondition condition) {
            this.mutex = mutex;
            this.condition = condition;
        }

        Object first() {
            mutex.lock();
            while (!ready) {
                condition.awaitUninterruptibly();
            }
            over = true;
            condition.signalAll();
            mutex.unlock();
            return true;
        }

        Object comeLate() {
            looking.incrementAndGet();
            while (!ready) {
                Thread.yield();
            }
            mutex.lock();
            while (!over) {
                condition.awaitUninterruptibly();
            }
            mutex.unlock();
            return true;
        }
    }

    private static void awaitWaiting(PCondition condition, int count) {
        Await.until(count + " wait", () -> condition.toString().contains("waiting=" + count));
    }

    private static void signal(PMutex mutex, PCondition condition) {
        mutex.lock();
        condition.signal();
        mutex.unlock();
    }

    private static void pause(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }

    /// A bounded buffer with two conditions, signalled one by one.
    @ParameterizedTest
    @EnumSource
    void boundedBufferKeepsMoving(Place place) throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(64, 64);
            PMutex mutex = place.mutex(memory);
            Buffer buffer = new Buffer(mutex, place.condition(memory, 4, mutex), place.condition(memory, 20, mutex));
            AtomicLong sum = new AtomicLong();
            PMutexThreads threads = new PMutexThreads();
            int producers = 3;
            for (int p = 0; p < producers; p++) {
                boolean virtual = p == 0 && place != Place.SHARED;
                SplittableRandom random = new SplittableRandom(seed + p);
                threads.start(virtual ? Thread.ofVirtual() : Thread.ofPlatform(), () -> {
                    for (int i = 1; i <= ITEMS / producers; i++) {
                        while (!buffer.put(i, random)) {
                            Thread.onSpinWait();
                        }
                    }
                });
                SplittableRandom other = new SplittableRandom(seed - 1 - p);
                threads.start(virtual ? Thread.ofVirtual() : Thread.ofPlatform(), () -> {
                    for (int i = 1; i <= ITEMS / producers; i++) {
                        int item;
                        while ((item = buffer.take(other)) == 0) {
                            Thread.onSpinWait();
                        }
                        sum.addAndGet(item);
                    }
                });
            }
            SplittableRandom random = new SplittableRandom(seed - 100);
            while (threads.anyAlive()) {
                threads.all().get(random.nextInt(2 * producers)).interrupt();
                LockSupport.parkNanos(random.nextInt(100_000));
            }
            threads.join();
            long each = ITEMS / producers;
            assertThat(sum.get()).as("seed %d", seed).isEqualTo(producers * (each * (each + 1) / 2));
            assertThat(buffer.notEmpty).as("seed %d", seed).hasToString("PCondition[waiting=0, signalled=0]");
            assertThat(buffer.notFull).as("seed %d", seed).hasToString("PCondition[waiting=0, signalled=0]");
        }
    }

    private record Buffer(PMutex mutex, PCondition notEmpty, PCondition notFull, Queue<Integer> items) {
        private static final int CAPACITY = 2;

        Buffer(PMutex mutex, PCondition notEmpty, PCondition notFull) {
            this(mutex, notEmpty, notFull, new ArrayDeque<>());
        }

        boolean put(int item, SplittableRandom random) {
            mutex.lock();
            try {
                while (items.size() == CAPACITY) {
                    if (!await(notFull, random)) {
                        return false; // without a look: who was not signalled owes nothing to anybody
                    }
                }
                items.add(item);
                notEmpty.signal();
                return true;
            } finally {
                mutex.unlock();
            }
        }

        int take(SplittableRandom random) {
            mutex.lock();
            try {
                while (items.isEmpty()) {
                    if (!await(notEmpty, random)) {
                        return 0;
                    }
                }
                notFull.signal();
                return items.remove();
            } finally {
                mutex.unlock();
            }
        }

        @SuppressWarnings("WaitNotInLoop") // the callers loop
        private static boolean await(PCondition condition, SplittableRandom random) {
            try {
                switch (random.nextInt(4)) {
                    case 0 -> {
                        return condition.await(random.nextInt(100), TimeUnit.MICROSECONDS);
                    }
                    // Zero may be a signal that came late: no reason to give up without a look.
                    case 1 -> condition.awaitNanos(random.nextInt(100_000));
                    case 2 -> condition.awaitUninterruptibly();
                    default -> condition.await();
                }
                return true;
            } catch (InterruptedException e) {
                return false;
            }
        }
    }
}
