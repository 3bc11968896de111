package io.futex.bench.micro;

import io.futex.FutexWord;
import io.futex.WaitResult;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// Waits that have nothing to wait for.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
public class WaitBench {
    private final FutexWord word = FutexWord.local(0);

    /// The word holds another value.
    @Benchmark
    public WaitResult changed() throws InterruptedException {
        return word.await(1);
    }

    /// The permit is there.
    @Benchmark
    public void parkWithPermit() {
        LockSupport.unpark(Thread.currentThread());
        LockSupport.park();
    }
}
