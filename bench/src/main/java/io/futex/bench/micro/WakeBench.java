package io.futex.bench.micro;

import io.futex.FutexWord;
import io.futex.sync.Doorbell;
import java.lang.foreign.Arena;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// Wakes that find nobody.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
public class WakeBench {
    private final FutexWord local = FutexWord.local(0);
    private final FutexWord shared = FutexWord.shared(Arena.ofAuto().allocate(Integer.BYTES, 128), 0);

    private final Doorbell ownBell = new Doorbell();
    private final Doorbell sharedBell = Doorbell.shared(Arena.ofAuto().allocate(Integer.BYTES, 128), 0);

    /// The wake is elided.
    @Benchmark
    public int local() {
        return local.wakeOne();
    }

    /// A system call: another process might wait.
    @Benchmark
    public int shared() {
        return shared.wakeOne();
    }

    /// For threads of this JVM.
    @Benchmark
    public void ring() {
        ownBell.ring();
    }

    /// No system call: who sleeps has said so.
    @Benchmark
    public void ringShared() {
        sharedBell.ring();
    }

    /// Of a thread that is not parked.
    @Benchmark
    public void unpark() {
        LockSupport.unpark(Thread.currentThread());
    }
}
