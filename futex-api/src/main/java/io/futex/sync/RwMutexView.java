package io.futex.sync;

import io.futex.internal.Deadline;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/// One of the two locks of a [RwMutex].
final class RwMutexView implements Lock {
    private final RwMutex mutex;
    private final boolean writes;

    RwMutexView(RwMutex mutex, boolean writes) {
        this.mutex = mutex;
        this.writes = writes;
    }

    @Override
    public void lock() {
        if (!tryOnce()) {
            lockSlowly(Synchronizer.DEFERRED);
        }
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
        Synchronizer.OBEYED.check();
        if (!tryOnce()) {
            lockSlowly(Synchronizer.OBEYED);
        }
    }

    @Override
    public boolean tryLock() {
        return writes ? mutex.tryWrite() : mutex.tryReadOnce();
    }

    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        Objects.requireNonNull(unit, "unit");
        Synchronizer.OBEYED.check();
        return time <= 0
                ? tryLock()
                : tryOnce() || mutex.lockSlowly(writes, Deadline.after(time, unit), Synchronizer.OBEYED);
    }

    @Override
    public void unlock() {
        if (writes) {
            mutex.unlockWrite();
        } else {
            mutex.unlockRead();
        }
    }

    @Override
    public Condition newCondition() {
        throw new UnsupportedOperationException("a RwMutex makes no conditions; a PMutex with a PCondition does");
    }

    @Override
    public String toString() {
        return Synchronizer.describe(writes ? "RwMutex.writeLock" : "RwMutex.readLock", mutex::state);
    }

    /// One try of who will wait otherwise.
    private boolean tryOnce() {
        return writes ? mutex.tryWrite() : mutex.tryRead();
    }

    private <X extends Exception> void lockSlowly(Interrupts<X> interrupts) throws X {
        mutex.requireNotWriter();
        var unused = mutex.lockSlowly(writes, Deadline.FOREVER, interrupts);
    }
}
