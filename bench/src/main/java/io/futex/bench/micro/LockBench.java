package io.futex.bench.micro;

import io.futex.Futex;
import io.futex.sync.PMutex;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// Locks that nobody else wants, with a plain counter inside.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
public class LockBench extends OldObjects {
    private final PMutex mutex = new PMutex();
    private final Futex futex = Futex.local();
    private final MemorySegment segment = Arena.ofAuto().allocate(Integer.BYTES, 128);
    private final ReentrantLock lock = new ReentrantLock();
    private final Object monitor = new Object();
    private ReentrantLock young = lock;
    private long counter;

    @Override
    void makeYoung() {
        young = new ReentrantLock();
        counter = distance();
    }

    /// Ours.
    @Benchmark
    public long pmutex() {
        mutex.lock();
        try {
            return counter++;
        } finally {
            mutex.unlock();
        }
    }

    /// Ours without an object.
    @Benchmark
    public long pmutexInSegment() {
        PMutex.lock(futex, segment, 0);
        try {
            return counter++;
        } finally {
            PMutex.unlock(futex, segment, 0);
        }
    }

    /// The JDK's.
    @Benchmark
    public long reentrantLock() {
        lock.lock();
        try {
            return counter++;
        } finally {
            lock.unlock();
        }
    }

    /// The JDK's, of the age of the thread: its note of the owner then costs less.
    @Benchmark
    public long youngReentrantLock() {
        young.lock();
        try {
            return counter++;
        } finally {
            young.unlock();
        }
    }

    /// The JVM's.
    @Benchmark
    public long monitor() {
        synchronized (monitor) {
            return counter++;
        }
    }
}
