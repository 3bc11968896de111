package io.futex.bench.experiment;

import io.futex.FutexWord;
import io.futex.sync.Event;
import io.futex.sync.Once;
import io.futex.sync.PMutex;
import io.futex.sync.RwMutex;
import io.futex.sync.Semaphore;
import io.futex.sync.WaitGroup;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Phaser;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;

/// Holds threads until it is released; used round after round.
interface Barrier {
    /// Before the first thread of a round comes.
    void prepare();

    void await() throws InterruptedException;

    void release();

    /// One of a kind.
    ///
    /// @param waiters how many threads await each release
    static Barrier named(String kind, int waiters) {
        return switch (kind) {
            case "word" -> new Word();
            case "wait-group" -> new Group();
            case "latch" -> new Latch();
            case "phaser" -> new Phases();
            case "event" -> new Flag();
            case "semaphore" -> new Permits(waiters);
            case "jdk-semaphore" -> new JdkPermits(waiters);
            case "rw-mutex" -> new Readers(new RwMutex());
            case "jdk-rw-lock" -> new Readers(new ReentrantReadWriteLock());
            case "once" -> new Body(Body::once);
            case "future-task" -> new Body(Body::task);
            case "condition" -> new Signals(new PMutex());
            case "jdk-condition" -> new Signals(new ReentrantLock());
            default -> throw new IllegalArgumentException("no barrier " + kind);
        };
    }

    /// The bare word: 1 while closed.
    final class Word implements Barrier {
        private final FutexWord word = FutexWord.local(0);

        @Override
        public void prepare() {
            word.set(1);
        }

        @Override
        public void await() throws InterruptedException {
            while (word.get() == 1) {
                word.await(1);
            }
        }

        @Override
        public void release() {
            word.set(0);
            word.wakeAll();
        }
    }

    /// A group of one task.
    final class Group implements Barrier {
        private final WaitGroup group = new WaitGroup();

        @Override
        public void prepare() {
            group.add(1);
        }

        @Override
        public void await() throws InterruptedException {
            group.await();
        }

        @Override
        public void release() {
            group.done();
        }
    }

    /// An event that stays set.
    final class Flag implements Barrier {
        private final Event event = Event.manualReset();

        @Override
        public void prepare() {
            event.reset();
        }

        @Override
        public void await() throws InterruptedException {
            event.await();
        }

        @Override
        public void release() {
            event.set();
        }
    }

    /// A permit for each waiter, all at once; afterwards none is left.
    final class Permits implements Barrier {
        private final Semaphore semaphore = new Semaphore(0);
        private final int waiters;

        Permits(int waiters) {
            this.waiters = waiters;
        }

        @Override
        public void prepare() {}

        @Override
        public void await() throws InterruptedException {
            semaphore.acquire();
        }

        @Override
        public void release() {
            semaphore.release(waiters);
        }
    }

    /// The same by the JDK.
    final class JdkPermits implements Barrier {
        private final java.util.concurrent.Semaphore semaphore = new java.util.concurrent.Semaphore(0);
        private final int waiters;

        JdkPermits(int waiters) {
            this.waiters = waiters;
        }

        @Override
        public void prepare() {}

        @Override
        public void await() throws InterruptedException {
            semaphore.acquire();
        }

        @Override
        public void release() {
            semaphore.release(waiters);
        }
    }

    /// A fresh latch each round, since it opens only once.
    final class Latch implements Barrier {
        private volatile CountDownLatch latch = new CountDownLatch(1);

        @Override
        public void prepare() {
            latch = new CountDownLatch(1);
        }

        @Override
        public void await() throws InterruptedException {
            latch.await();
        }

        @Override
        public void release() {
            latch.countDown();
        }
    }

    /// One party arrives, the others await the advance.
    final class Phases implements Barrier {
        private final Phaser phaser = new Phaser(1);
        private volatile int phase;

        @Override
        public void prepare() {
            phase = phaser.getPhase();
        }

        @Override
        public void await() throws InterruptedException {
            var unused = phaser.awaitAdvanceInterruptibly(phase);
        }

        @Override
        public void release() {
            var unused = phaser.arrive();
        }
    }

    /// A condition, and a plain field under its lock.
    final class Signals implements Barrier {
        private final Lock lock;
        private final Condition opened;
        private boolean closed;

        Signals(Lock lock) {
            this.lock = lock;
            this.opened = lock.newCondition();
        }

        @Override
        public void prepare() {
            lock.lock();
            try {
                closed = true;
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void await() throws InterruptedException {
            lock.lock();
            try {
                while (closed) {
                    opened.await();
                }
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void release() {
            lock.lock();
            try {
                closed = false;
                opened.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /// A writer keeps readers out, and lets all of them in by its unlock.
    final class Readers implements Barrier {
        private final ReadWriteLock lock;

        Readers(ReadWriteLock lock) {
            this.lock = lock;
        }

        @Override
        @SuppressWarnings("LockNotBeforeTry") // unlocked by release()
        public void prepare() {
            lock.writeLock().lock();
        }

        @Override
        @SuppressWarnings("LockNotBeforeTry") // there is nothing to do inside
        public void await() {
            lock.readLock().lock();
            lock.readLock().unlock();
        }

        @Override
        public void release() {
            lock.writeLock().unlock();
        }
    }

    /// A body that one thread runs, and all wait for the end of; a fresh one each round.
    final class Body implements Barrier {
        /// What runs it.
        interface Place {
            void run();

            void await() throws InterruptedException;
        }

        private final Function<Runnable, Place> maker;
        private volatile Place place;
        private volatile boolean begun;
        private volatile boolean mayEnd;

        Body(Function<Runnable, Place> maker) {
            this.maker = maker;
            this.place = maker.apply(this::body);
        }

        static Place once(Runnable body) {
            Once once = new Once();
            return new Place() {
                @Override
                public void run() {
                    once.run(body);
                }

                @Override
                public void await() {
                    once.run(body);
                }
            };
        }

        static Place task(Runnable body) {
            FutureTask<String> task = new FutureTask<>(body, "done");
            return new Place() {
                @Override
                public void run() {
                    task.run();
                }

                @Override
                public void await() throws InterruptedException {
                    try {
                        String unused = task.get();
                    } catch (ExecutionException e) {
                        throw new IllegalStateException(e);
                    }
                }
            };
        }

        /// It spins, so that it ends as soon as it may.
        private void body() {
            begun = true;
            while (!mayEnd) {
                Thread.onSpinWait();
            }
        }

        @Override
        public void prepare() {
            begun = false;
            mayEnd = false;
            Place fresh = maker.apply(this::body);
            place = fresh;
            Thread.ofPlatform().daemon().start(fresh::run);
            while (!begun) {
                Thread.onSpinWait();
            }
        }

        @Override
        public void await() throws InterruptedException {
            place.await();
        }

        @Override
        public void release() {
            mayEnd = true;
        }
    }
}
