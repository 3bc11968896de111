package io.futex.bench.experiment;

import io.futex.FutexWord;
import io.futex.bench.peer.Request;
import io.futex.sync.Barrier;
import io.futex.sync.Doorbell;
import io.futex.sync.Event;
import io.futex.sync.Once;
import io.futex.sync.PMutex;
import io.futex.sync.Parker;
import io.futex.sync.WaitGroup;
import java.lang.foreign.Arena;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Phaser;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/// One call that finds nothing to wait for. Each JVM of JMH makes one alone, as if there were no other.
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
public class SingleCall {
    private static final String YOUNG = "young ";
    private static final int FEW = 100;

    /// Which one.
    @Param("wake")
    public String call = "wake";

    /// Some megabytes between the objects of the thread and those that are measured, which come after.
    private byte[][] neighbours = {};

    private Call made = () -> {};

    /// What is measured lies in old objects, far from those of the threads, as the locks of most programs do. There a
    /// reference to a thread costs more to store. Only a young one is made after the objects have aged.
    @Setup
    public void make() {
        neighbours = new byte[16_384][1024];
        boolean young = call.startsWith(YOUNG);
        if (!young) {
            made = named(call);
        }
        System.gc();
        if (young) {
            made = named(call.substring(YOUNG.length()));
        }
    }

    /// Some megabytes, for ever.
    int neighbours() {
        return neighbours.length;
    }

    /// The call.
    @Benchmark
    public void run() throws Exception {
        made.run();
    }

    /// A few, without JMH.
    ///
    /// @return nanoseconds, which mean nothing
    public static double few(String call) throws Exception {
        Call made = named(call.replaceFirst("^" + YOUNG, ""));
        long begin = System.nanoTime();
        for (int i = 0; i < FEW; i++) {
            made.run();
        }
        return (double) (System.nanoTime() - begin) / FEW;
    }

    private static Call named(String name) {
        String rest = name.substring(name.indexOf(' ') + 1);
        return switch (name.substring(0, name.length() - rest.length()).strip()) {
            case "lock" -> new Section(MeasuredLock.named(rest), Section.counters(), Request.of("lock"));
            case "pass" -> openOrDone(rest);
            case "cross" -> Crossing.named(rest);
            default -> other(rest);
        };
    }

    /// What nobody has to wait for any more.
    private static Call openOrDone(String kind) {
        return switch (kind) {
            case "Event" -> open(Event.manualReset());
            case "Event.memory" -> open(Event.local(Arena.ofAuto().allocate(128, 128), 0, false));
            case "CountDownLatch" -> new CountDownLatch(0)::await;
            case "Once" -> {
                Once once = new Once();
                once.run(SingleCall::nothing);
                yield () -> once.run(SingleCall::nothing); // a constant, as in most programs
            }
            case "FutureTask" -> {
                FutureTask<String> task = new FutureTask<>(() -> "done");
                task.run();
                yield task::get;
            }
            default -> throw new IllegalArgumentException("nothing open or done is called " + kind);
        };
    }

    private static Call open(Event event) {
        event.set();
        return event::await;
    }

    private static void nothing() {}

    private static Call other(String name) {
        return switch (name) {
            case "wake" -> FutexWord.local(0)::wakeOne; // elided
            case "wake-shared" -> FutexWord.shared(Arena.ofAuto().allocate(128, 128), 0)::wakeOne; // a system call
            case "ring" -> new Doorbell()::ring;
            case "ring-shared" -> Doorbell.shared(Arena.ofAuto().allocate(128, 128), 0)::ring;
            case "unpark" -> () -> LockSupport.unpark(Thread.currentThread());
            case "wait-changed" -> changed(FutexWord.local(0));
            case "unpark-park" ->
                () -> {
                    LockSupport.unpark(Thread.currentThread());
                    LockSupport.park();
                };
            case "parker" -> parker(new Parker());
            case "wait-group" -> group(new WaitGroup());
            case "latch" ->
                () -> {
                    CountDownLatch latch = new CountDownLatch(1); // opens only once
                    latch.countDown();
                    latch.await();
                };
            case "phaser" -> phaser(new Phaser(1));
            case "signal" -> signal(new PMutex());
            case "jdk-signal" -> signal(new ReentrantLock());
            case "barrier" -> new Barrier(1)::await;
            case "cyclic-barrier" -> new CyclicBarrier(1)::await;
            default -> throw new IllegalArgumentException("no call " + name);
        };
    }

    private static Call changed(FutexWord word) {
        return () -> word.await(1);
    }

    private static Call parker(Parker parker) {
        return () -> {
            parker.unpark();
            parker.park();
        };
    }

    private static Call group(WaitGroup group) {
        return () -> {
            group.add(1);
            group.done();
            group.await();
        };
    }

    /// Its own party arrives last and so advances the phase.
    private static Call phaser(Phaser phaser) {
        return () -> {
            int phase = phaser.register();
            phaser.arriveAndDeregister();
            phaser.arrive();
            phaser.awaitAdvance(phase);
        };
    }

    /// That nobody waits for.
    private static Call signal(Lock lock) {
        Condition condition = lock.newCondition();
        return () -> {
            lock.lock();
            try {
                condition.signal();
            } finally {
                lock.unlock();
            }
        };
    }
}
