package io.futex.bench.experiment;

import io.futex.Futex;
import io.futex.sync.Event;
import io.futex.sync.PMutex;
import io.futex.sync.Semaphore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantLock;

/// Runs sections one at a time, or two. One kind a process, so that each is compiled as if it were the only one.
interface LockUnderTest {
    void run(Section section);

    static LockUnderTest named(String name) {
        return switch (name) {
            case "PMutex" -> pmutex();
            case "PMutex.static" -> pmutexInSegment();
            case "ReentrantLock" -> reentrant();
            case "synchronized" -> monitor();
            case "Semaphore" -> semaphore(1);
            case "java.util.concurrent.Semaphore" -> jdkSemaphore(1);
            case "Semaphore-2" -> semaphore(2);
            case "java.util.concurrent.Semaphore-2" -> jdkSemaphore(2);
            case "Event" -> event();
            default -> throw new IllegalArgumentException("no lock " + name);
        };
    }

    /// Whether one thread at a time is in a section.
    static boolean isExclusive(String name) {
        return !name.endsWith("-2");
    }

    private static LockUnderTest pmutex() {
        PMutex mutex = new PMutex();
        return section -> {
            mutex.lock();
            try {
                section.inside();
            } finally {
                mutex.unlock();
            }
        };
    }

    private static LockUnderTest pmutexInSegment() {
        Futex futex = Futex.local();
        MemorySegment segment = Arena.ofAuto().allocate(Integer.BYTES, 128);
        return section -> {
            PMutex.lock(futex, segment, 0);
            try {
                section.inside();
            } finally {
                PMutex.unlock(futex, segment, 0);
            }
        };
    }

    private static LockUnderTest reentrant() {
        ReentrantLock lock = new ReentrantLock();
        return section -> {
            lock.lock();
            try {
                section.inside();
            } finally {
                lock.unlock();
            }
        };
    }

    private static LockUnderTest semaphore(int permits) {
        Semaphore semaphore = new Semaphore(permits);
        return section -> {
            semaphore.acquireUninterruptibly();
            try {
                section.inside();
            } finally {
                semaphore.release();
            }
        };
    }

    private static LockUnderTest jdkSemaphore(int permits) {
        java.util.concurrent.Semaphore semaphore = new java.util.concurrent.Semaphore(permits);
        return section -> {
            semaphore.acquireUninterruptibly();
            try {
                section.inside();
            } finally {
                semaphore.release();
            }
        };
    }

    private static LockUnderTest event() {
        Event turnstile = Event.autoReset();
        turnstile.set();
        return section -> {
            turnstile.awaitUninterruptibly();
            try {
                section.inside();
            } finally {
                turnstile.set();
            }
        };
    }

    private static LockUnderTest monitor() {
        Object monitor = new Object();
        return section -> {
            synchronized (monitor) {
                section.inside();
            }
        };
    }
}
