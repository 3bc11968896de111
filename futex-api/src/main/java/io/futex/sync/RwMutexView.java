package io.futex.sync;

import io.futex.internal.Deadline;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/// One of the two locks of a [RwMutex].
abstract class RwMutexView implements Lock {
    final RwMutex mutex;

    RwMutexView(RwMutex mutex) {
        this.mutex = mutex;
    }

    /// One try as a newcomer.
    abstract boolean tryOnce();

    abstract boolean lockSlowly(long deadline, boolean interruptible) throws InterruptedException;

    @Override
    public final void lock() {
        if (!tryOnce()) {
            lockUninterruptibly();
        }
    }

    private void lockUninterruptibly() {
        mutex.requireNotWriter();
        try {
            lockSlowly(Deadline.FOREVER, false);
        } catch (InterruptedException e) {
            throw Synchronizer.cannotHappen(e);
        }
    }

    @Override
    public final void lockInterruptibly() throws InterruptedException {
        Synchronizer.throwIfInterrupted();
        if (!tryOnce()) {
            mutex.requireNotWriter();
            lockSlowly(Deadline.FOREVER, true);
        }
    }

    @Override
    public final boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        Objects.requireNonNull(unit, "unit");
        Synchronizer.throwIfInterrupted();
        return time <= 0 ? tryLock() : tryOnce() || lockSlowly(Deadline.after(time, unit), true);
    }

    @Override
    public final Condition newCondition() {
        throw new UnsupportedOperationException("a RwMutex makes no conditions; a PMutex with a PCondition does");
    }

    static final class Reading extends RwMutexView {
        Reading(RwMutex mutex) {
            super(mutex);
        }

        @Override
        boolean tryOnce() {
            return mutex.tryRead();
        }

        @Override
        boolean lockSlowly(long deadline, boolean interruptible) throws InterruptedException {
            return mutex.readSlowly(deadline, interruptible);
        }

        @Override
        public boolean tryLock() {
            return mutex.tryReadOnce();
        }

        @Override
        public void unlock() {
            mutex.unlockRead();
        }

        @Override
        public String toString() {
            return Synchronizer.describe("RwMutex.readLock", mutex::state);
        }
    }

    static final class Writing extends RwMutexView {
        Writing(RwMutex mutex) {
            super(mutex);
        }

        @Override
        boolean tryOnce() {
            return mutex.tryWrite();
        }

        @Override
        boolean lockSlowly(long deadline, boolean interruptible) throws InterruptedException {
            return mutex.writeSlowly(deadline, interruptible);
        }

        @Override
        public boolean tryLock() {
            return mutex.tryWrite();
        }

        @Override
        public void unlock() {
            mutex.unlockWrite();
        }

        @Override
        public String toString() {
            return Synchronizer.describe("RwMutex.writeLock", mutex::state);
        }
    }
}
