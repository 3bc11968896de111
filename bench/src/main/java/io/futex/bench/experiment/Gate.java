package io.futex.bench.experiment;

import io.futex.FutexWord;
import io.futex.sync.Event;
import io.futex.sync.PMutex;
import io.futex.sync.RwMutex;
import io.futex.sync.Semaphore;
import io.futex.sync.WaitGroup;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// Holds threads until it is opened; used round after round.
///
/// @param close before the first thread of a round comes
/// @param pass waits until it is open
/// @param open releases all who wait
record Gate(Call close, Call pass, Call open) {
    /// One of a kind.
    ///
    /// @param waiters how many threads come each round
    static Gate named(String kind, int waiters) {
        return switch (kind) {
            case "word" -> of(FutexWord.local(0));
            case "wait-group" -> of(new WaitGroup());
            case "latch" -> {
                CountDownLatch[] latch = new CountDownLatch[1]; // a fresh one each time, since it opens only once
                yield new Gate(
                        () -> latch[0] = new CountDownLatch(1), () -> latch[0].await(), () -> latch[0].countDown());
            }
            case "phaser" -> of(new Phaser(1), new AtomicInteger());
            case "event" -> of(Event.manualReset());
            case "semaphore" -> of(new Semaphore(0), waiters);
            case "jdk-semaphore" -> of(new java.util.concurrent.Semaphore(0), waiters);
            case "rw-mutex" -> of(new RwMutex());
            case "jdk-rw-lock" -> of(new ReentrantReadWriteLock());
            case "condition" -> ofCondition(new PMutex());
            case "jdk-condition" -> ofCondition(new ReentrantLock());
            default -> throw new IllegalArgumentException("no gate " + kind);
        };
    }

    private static Gate of(FutexWord word) {
        return new Gate(
                () -> word.set(1),
                () -> {
                    while (word.get() == 1) {
                        word.await(1);
                    }
                },
                () -> {
                    word.set(0);
                    word.wakeAll();
                });
    }

    /// A group of one task.
    private static Gate of(WaitGroup group) {
        return new Gate(() -> group.add(1), group::await, group::done);
    }

    /// One party arrives, the others await the advance.
    private static Gate of(Phaser phaser, AtomicInteger phase) {
        return new Gate(
                () -> phase.set(phaser.getPhase()),
                () -> phaser.awaitAdvanceInterruptibly(phase.get()),
                phaser::arrive);
    }

    private static Gate of(Event event) {
        return new Gate(event::reset, event::await, event::set);
    }

    /// A permit for each waiter, all at once; afterwards none is left.
    private static Gate of(Semaphore semaphore, int waiters) {
        return new Gate(() -> {}, semaphore::acquire, () -> semaphore.release(waiters));
    }

    private static Gate of(java.util.concurrent.Semaphore semaphore, int waiters) {
        return new Gate(() -> {}, semaphore::acquire, () -> semaphore.release(waiters));
    }

    /// A writer keeps readers out, and lets all of them in by its unlock.
    @SuppressWarnings("LockNotBeforeTry") // there is nothing to do inside
    private static Gate of(ReadWriteLock lock) {
        Lock readLock = lock.readLock();
        return new Gate(
                lock.writeLock()::lock,
                () -> {
                    readLock.lock();
                    readLock.unlock();
                },
                lock.writeLock()::unlock);
    }

    /// A condition, and a plain field under its lock.
    private static Gate ofCondition(Lock lock) {
        Condition opened = lock.newCondition();
        boolean[] closed = new boolean[1];
        return new Gate(
                locked(lock, () -> closed[0] = true),
                locked(lock, () -> {
                    while (closed[0]) {
                        opened.await();
                    }
                }),
                locked(lock, () -> {
                    closed[0] = false;
                    opened.signalAll();
                }));
    }

    private static Call locked(Lock lock, Call call) {
        return () -> {
            lock.lock();
            try {
                call.run();
            } finally {
                lock.unlock();
            }
        };
    }
}
