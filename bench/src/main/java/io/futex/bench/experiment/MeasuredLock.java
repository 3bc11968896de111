package io.futex.bench.experiment;

import io.futex.Futex;
import io.futex.shared.RobustMutex;
import io.futex.sync.Event;
import io.futex.sync.PMutex;
import io.futex.sync.RwMutex;
import io.futex.sync.Semaphore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.concurrent.locks.StampedLock;

/// Runs sections one at a time, or as many as read. One kind a process, so that each is compiled as if it were
/// the only one.
interface MeasuredLock {
    void run(Section section);

    static MeasuredLock named(String name) {
        return switch (name) {
            case "PMutex" -> of(new PMutex());
            case "PMutex.memory" -> of(PMutex.local(memory(), 0));
            case "PMutex.static" -> {
                Futex futex = Futex.local();
                MemorySegment segment = memory();
                yield of(() -> PMutex.lock(futex, segment, 0), () -> PMutex.unlock(futex, segment, 0));
            }
            case "RobustMutex" -> {
                RobustMutex mutex = RobustMutex.over(file(channel()), 0);
                yield of(mutex::lock, mutex::unlock);
            }
            case "FileLock" -> of(channel());
            case "ReentrantLock" -> of(new ReentrantLock());
            case "synchronized" -> ofMonitor(new Object());
            case "Semaphore" -> of(new Semaphore(1));
            case "Semaphore.memory" -> {
                Semaphore semaphore = Semaphore.local(memory(), 0);
                semaphore.release();
                yield of(semaphore);
            }
            case "java.util.concurrent.Semaphore" -> of(new java.util.concurrent.Semaphore(1));
            case "Event" -> of(Event.autoReset());
            case "Event.memory" -> of(Event.local(memory(), 0, true));
            case "RwMutex" -> of(new RwMutex());
            case "ReentrantReadWriteLock" -> of(new ReentrantReadWriteLock());
            case "StampedLock" -> of(new StampedLock());
            default -> throw new IllegalArgumentException("no lock " + name);
        };
    }

    private static MemorySegment memory() {
        return Arena.ofAuto().allocate(128, 128);
    }

    private static FileChannel channel() {
        try {
            Path file = Files.createTempFile("futex", ".lock");
            file.toFile().deleteOnExit();
            return FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MemorySegment file(FileChannel channel) {
        try {
            return channel.map(FileChannel.MapMode.READ_WRITE, 0, RobustMutex.LAYOUT_BYTES, Arena.ofAuto());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MeasuredLock of(FileChannel channel) {
        return section -> {
            try {
                FileLock lock = channel.lock();
                try {
                    section.inside();
                } finally {
                    lock.release();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    private static MeasuredLock of(Lock lock) {
        return section -> {
            lock.lock();
            try {
                section.inside();
            } finally {
                lock.unlock();
            }
        };
    }

    private static MeasuredLock of(Runnable acquire, Runnable release) {
        return section -> {
            acquire.run();
            try {
                section.inside();
            } finally {
                release.run();
            }
        };
    }

    private static MeasuredLock of(Semaphore semaphore) {
        return of(semaphore::acquireUninterruptibly, semaphore::release);
    }

    private static MeasuredLock of(java.util.concurrent.Semaphore semaphore) {
        return of(semaphore::acquireUninterruptibly, semaphore::release);
    }

    private static MeasuredLock of(Event turnstile) {
        turnstile.set();
        return of(turnstile::awaitUninterruptibly, turnstile::set);
    }

    private static MeasuredLock ofMonitor(Object monitor) {
        return section -> {
            synchronized (monitor) {
                section.inside();
            }
        };
    }

    private static MeasuredLock of(ReadWriteLock lock) {
        Lock readLock = lock.readLock();
        Lock writeLock = lock.writeLock();
        return section -> {
            if (section.writes()) {
                writeLock.lock();
                try {
                    section.write();
                } finally {
                    writeLock.unlock();
                }
            } else {
                readLock.lock();
                try {
                    section.read();
                } finally {
                    readLock.unlock();
                }
            }
        };
    }

    private static MeasuredLock of(StampedLock lock) {
        return section -> {
            boolean writes = section.writes();
            long stamp = writes ? lock.writeLock() : lock.readLock();
            try {
                if (writes) {
                    section.write();
                } else {
                    section.read();
                }
            } finally {
                if (writes) {
                    lock.unlockWrite(stamp);
                } else {
                    lock.unlockRead(stamp);
                }
            }
        };
    }
}
