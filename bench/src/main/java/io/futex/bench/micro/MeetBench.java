package io.futex.bench.micro;

import io.futex.sync.Barrier;
import io.futex.sync.PMutex;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// Condition and barrier of one thread, which never has to wait.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
public class MeetBench extends OldObjects {
    private final Lock mutex = new PMutex();
    private final Condition condition = mutex.newCondition();
    private final Lock jdkLock = new ReentrantLock();
    private final Condition jdkCondition = jdkLock.newCondition();
    private final Barrier barrier = new Barrier(1);
    private final CyclicBarrier cyclicBarrier = new CyclicBarrier(1);

    /// A signal that nobody waits for.
    @Benchmark
    public void signal() {
        mutex.lock();
        try {
            condition.signal();
        } finally {
            mutex.unlock();
        }
    }

    /// The JDK's.
    @Benchmark
    public void jdkSignal() {
        jdkLock.lock();
        try {
            jdkCondition.signal();
        } finally {
            jdkLock.unlock();
        }
    }

    /// A barrier of one party.
    @Benchmark
    public int barrier() throws InterruptedException, BrokenBarrierException {
        return barrier.await();
    }

    /// The JDK's.
    @Benchmark
    public int cyclicBarrier() throws InterruptedException, BrokenBarrierException {
        return cyclicBarrier.await();
    }
}
