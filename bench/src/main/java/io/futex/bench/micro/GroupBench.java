package io.futex.bench.micro;

import io.futex.sync.WaitGroup;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// One task comes, ends, and is waited for, all in one thread.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
public class GroupBench {
    private final WaitGroup group = new WaitGroup();
    private final Phaser phaser = new Phaser(1);

    /// Ours.
    @Benchmark
    public void group() throws InterruptedException {
        group.add(1);
        group.done();
        group.await();
    }

    /// A latch opens only once.
    @Benchmark
    public void latch() throws InterruptedException {
        CountDownLatch latch = new CountDownLatch(1);
        latch.countDown();
        latch.await();
    }

    /// Its own party arrives last and so advances the phase.
    @Benchmark
    public int phaser() {
        int phase = phaser.register();
        phaser.arriveAndDeregister();
        phaser.arrive();
        return phaser.awaitAdvance(phase);
    }
}
