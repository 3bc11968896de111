package io.futex.bench.micro;

import io.futex.sync.Event;
import io.futex.sync.PMutex;
import io.futex.sync.Semaphore;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// As [PermitBench] and [LockBench], over memory of the caller.
///
/// A class of its own: a program that has words of both kinds is compiled for both.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
public class CallersMemoryBench extends OldObjects {
    private static final long APART = 128;

    private final MemorySegment memory = Arena.ofAuto().allocate(4 * APART, APART);
    private final PMutex mutex = PMutex.local(memory, 0);
    private final Semaphore semaphore = Semaphore.local(memory, APART);
    private final Event turnstile = Event.local(memory, 2 * APART, true);
    private final Event gate = Event.local(memory, 3 * APART, false);
    private long counter;

    /// Everything is open.
    @Setup
    public void open() {
        semaphore.release();
        gate.set();
    }

    @Override
    void makeYoung() {
        counter = distance();
    }

    /// See [LockBench#pmutex()].
    @Benchmark
    public long pmutex() {
        mutex.lock();
        try {
            return counter++;
        } finally {
            mutex.unlock();
        }
    }

    /// See [PermitBench#semaphore()].
    @Benchmark
    public void semaphore() throws InterruptedException {
        semaphore.acquire();
        semaphore.release();
    }

    /// See [PermitBench#turnstile()].
    @Benchmark
    public void turnstile() throws InterruptedException {
        turnstile.set();
        turnstile.await();
    }

    /// See [PermitBench#gate()].
    @Benchmark
    public void gate() throws InterruptedException {
        gate.await();
    }
}
