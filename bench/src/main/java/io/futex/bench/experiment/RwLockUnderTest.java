package io.futex.bench.experiment;

import io.futex.sync.RwMutex;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;

/// Runs sections as a reader or as a writer. One kind a process, so that each is compiled as if it were the only one.
interface RwLockUnderTest {
    void read(RwSection section);

    void write(RwSection section);

    static RwLockUnderTest named(String name) {
        return switch (name) {
            case "RwMutex" -> of(new RwMutex());
            case "ReentrantReadWriteLock" -> of(new ReentrantReadWriteLock());
            case "StampedLock" -> stamped();
            default -> throw new IllegalArgumentException("no read-write lock " + name);
        };
    }

    private static RwLockUnderTest of(ReadWriteLock lock) {
        Lock readLock = lock.readLock();
        Lock writeLock = lock.writeLock();
        return new RwLockUnderTest() {
            @Override
            public void read(RwSection section) {
                readLock.lock();
                try {
                    section.read();
                } finally {
                    readLock.unlock();
                }
            }

            @Override
            public void write(RwSection section) {
                writeLock.lock();
                try {
                    section.write();
                } finally {
                    writeLock.unlock();
                }
            }
        };
    }

    private static RwLockUnderTest stamped() {
        StampedLock lock = new StampedLock();
        return new RwLockUnderTest() {
            @Override
            public void read(RwSection section) {
                long stamp = lock.readLock();
                try {
                    section.read();
                } finally {
                    lock.unlockRead(stamp);
                }
            }

            @Override
            public void write(RwSection section) {
                long stamp = lock.writeLock();
                try {
                    section.write();
                } finally {
                    lock.unlockWrite(stamp);
                }
            }
        };
    }
}
