package io.futex.bench.micro;

import io.futex.sync.Event;
import io.futex.sync.Once;
import io.futex.sync.Parker;
import io.futex.sync.Semaphore;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// Semaphore, Event, Once and Parker in one thread, which never has to wait.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
public class PermitBench {
    private final Semaphore semaphore = new Semaphore(1);
    private final java.util.concurrent.Semaphore jdkSemaphore = new java.util.concurrent.Semaphore(1);
    private final Event turnstile = Event.autoReset();
    private final Event gate = Event.manualReset();
    private final CountDownLatch latch = new CountDownLatch(1);
    private final Once once = new Once();
    private final FutureTask<String> task = new FutureTask<>(() -> "done");
    private final Parker parker = new Parker();

    /// Everything is open and done.
    @Setup
    public void open() {
        gate.set();
        latch.countDown();
        once.run(task);
    }

    /// Ours.
    @Benchmark
    public void semaphore() throws InterruptedException {
        semaphore.acquire();
        semaphore.release();
    }

    /// The JDK's.
    @Benchmark
    public void jdkSemaphore() throws InterruptedException {
        jdkSemaphore.acquire();
        jdkSemaphore.release();
    }

    /// An auto-reset event, whose like in the JDK is a semaphore.
    @Benchmark
    public void turnstile() throws InterruptedException {
        turnstile.set();
        turnstile.await();
    }

    /// A manual-reset event that is set.
    @Benchmark
    public void gate() throws InterruptedException {
        gate.await();
    }

    /// A latch that is open.
    @Benchmark
    public void latch() throws InterruptedException {
        latch.await();
    }

    /// Done already.
    @Benchmark
    public void once() {
        once.run(task);
    }

    /// Done already.
    @Benchmark
    public String futureTask() throws InterruptedException, ExecutionException {
        return task.get();
    }

    /// Ours.
    @Benchmark
    public void parker() {
        parker.unpark();
        parker.park();
    }

    /// The JDK's.
    @Benchmark
    public void lockSupport() {
        LockSupport.unpark(Thread.currentThread());
        LockSupport.park();
    }
}
