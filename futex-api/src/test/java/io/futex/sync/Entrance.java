package io.futex.sync;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;

/// What somebody may have to wait for: a lock, permits, an event.
interface Entrance {
    boolean tryNow();

    boolean tryFor(long timeout, TimeUnit unit) throws InterruptedException;

    void enter() throws InterruptedException;

    void enterUninterruptibly();

    /// Whether the thread, which has begun to wait for it, sleeps.
    boolean isWaitedFor(Thread thread);

    /// The one of a lock for which one thread waits at most.
    static Entrance of(Lock lock, BooleanSupplier isWaitedFor) {
        return new Entrance() {
            @Override
            public boolean tryNow() {
                return lock.tryLock();
            }

            @Override
            public boolean tryFor(long timeout, TimeUnit unit) throws InterruptedException {
                return lock.tryLock(timeout, unit);
            }

            @Override
            public void enter() throws InterruptedException {
                lock.lockInterruptibly();
            }

            @Override
            public void enterUninterruptibly() {
                lock.lock();
            }

            @Override
            public boolean isWaitedFor(Thread thread) {
                return isWaitedFor.getAsBoolean();
            }
        };
    }

    /// How somebody tries to get in.
    enum Way {
        TRY,
        TRY_FOR_NO_TIME,
        TRY_FOR_A_WHILE,
        TRY_INTERRUPTED,
        TRY_FOR_A_DAY,
        INTERRUPTIBLY,
        INTERRUPTIBLY_INTERRUPTED,
        UNINTERRUPTIBLY,
        UNINTERRUPTIBLY_INTERRUPTED;

        /// Whether it is a wait without an end while the entrance is closed.
        boolean mayWait() {
            return this == TRY_FOR_A_DAY || this == INTERRUPTIBLY || !isInterruptible();
        }

        /// Whether an interrupt ends the wait.
        boolean isInterruptible() {
            return this != UNINTERRUPTIBLY && this != UNINTERRUPTIBLY_INTERRUPTED;
        }

        boolean enter(Entrance entrance, long nanos) throws InterruptedException {
            if (name().endsWith("_INTERRUPTED")) {
                Thread.currentThread().interrupt();
            }
            switch (this) {
                case TRY -> {
                    return entrance.tryNow();
                }
                case TRY_FOR_NO_TIME -> {
                    return entrance.tryFor(nanos % 2 == 0 ? Long.MIN_VALUE : 0, TimeUnit.NANOSECONDS);
                }
                case TRY_FOR_A_WHILE, TRY_INTERRUPTED -> {
                    return entrance.tryFor(nanos, TimeUnit.NANOSECONDS);
                }
                case TRY_FOR_A_DAY -> {
                    return entrance.tryFor(1, TimeUnit.DAYS);
                }
                case INTERRUPTIBLY, INTERRUPTIBLY_INTERRUPTED -> entrance.enter();
                case UNINTERRUPTIBLY, UNINTERRUPTIBLY_INTERRUPTED -> entrance.enterUninterruptibly();
            }
            return true;
        }
    }
}
