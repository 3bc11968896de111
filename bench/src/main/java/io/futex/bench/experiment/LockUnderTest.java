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
            case "PMutex" -> pmutex(new PMutex());
            case "PMutex.memory" -> pmutex(PMutex.local(memory(), 0));
            case "PMutex.static" -> pmutexInSegment();
            case "ReentrantLock" -> reentrant();
            case "synchronized" -> monitor();
            case "Semaphore" -> semaphore(new Semaphore(1));
            case "Semaphore.memory" -> semaphoreInMemory();
            case "java.util.concurrent.Semaphore" -> jdkSemaphore(1);
            case "Semaphore-2" -> semaphore(new Semaphore(2));
            case "java.util.concurrent.Semaphore-2" -> jdkSemaphore(2);
            case "Event" -> event(Event.autoReset());
            case "Event.memory" -> event(Event.local(memory(), 0, true));
            default -> throw new IllegalArgumentException("no lock " + name);
        };
    }

    /// Whether one thread at a time is in a section.
    static boolean isExclusive(String name) {
        return !name.endsWith("-2");
    }

    private static MemorySegment memory() {
        return Arena.ofAuto().allocate(128, 128);
    }

    private static LockUnderTest pmutex(PMutex mutex) {
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
        MemorySegment segment = memory();
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

    private static LockUnderTest semaphoreInMemory() {
        Semaphore semaphore = Semaphore.local(memory(), 0);
        semaphore.release();
        return semaphore(semaphore);
    }

    private static LockUnderTest semaphore(Semaphore semaphore) {
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

    private static LockUnderTest event(Event turnstile) {
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
