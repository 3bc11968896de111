package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.channel.Channel;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What an object keeps on the heap, all that it refers to included: at most half as much again as its sibling in
/// `java.util.concurrent`.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class HeapSizeTest {
    private static final double MOST = 1.5;

    private static final int OBJECTS = 20_000;

    /// For each object its share of a block of words, and of what else the JVM does meanwhile.
    private static final double SHARE_BYTES = 4;

    /// The least counts, since others may be at work.
    private static final int TRIES = 2;

    private static final PMutex MUTEX = new PMutex();
    private static final ReentrantLock LOCK = new ReentrantLock();

    private record Pair(Supplier<Object> ours, Supplier<Object> theirs) {}

    static Stream<Named<Pair>> pairs() {
        return Stream.of(
                pair("PMutex", PMutex::new, ReentrantLock::new),
                pair("PCondition", MUTEX::newCondition, LOCK::newCondition),
                pair("RwMutex", RwMutex::new, ReentrantReadWriteLock::new),
                pair("Semaphore", () -> new Semaphore(1), () -> new java.util.concurrent.Semaphore(1)),
                pair("Event, manual", Event::manualReset, () -> new CountDownLatch(1)),
                pair("Event, auto", Event::autoReset, () -> new java.util.concurrent.Semaphore(0)),
                pair("WaitGroup", WaitGroup::new, () -> new CountDownLatch(1)),
                pair("Once", Once::new, () -> new FutureTask<>(() -> "")),
                pair("Barrier", () -> new Barrier(2), () -> new CyclicBarrier(2)),
                pair("Parker", Parker::new, () -> new java.util.concurrent.Semaphore(0)),
                pair("Doorbell", Doorbell::new, () -> new java.util.concurrent.Semaphore(0)),
                // Without a buffer it is five times a SynchronousQueue: see docs/decisions/channels.md.
                pair("Channel, buffered", () -> Channel.buffered(64), () -> new ArrayBlockingQueue<>(64)));
    }

    private static Named<Pair> pair(String name, Supplier<Object> ours, Supplier<Object> theirs) {
        return Named.of(name, new Pair(ours, theirs));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    void isNotMuchLargerThanItsSibling(Pair pair) {
        double theirs = bytesOf(pair.theirs);
        double ours = bytesOf(pair.ours);
        assertThat(ours).as("beside %.1f bytes", theirs).isBetween(8.0, MOST * theirs + SHARE_BYTES);
    }

    private static double bytesOf(Supplier<Object> fresh) {
        double least = Double.MAX_VALUE;
        for (int i = 0; i <= TRIES; i++) { // the first one also pays for classes
            Object[] objects = new Object[OBJECTS];
            long before = used();
            for (int k = 0; k < OBJECTS; k++) {
                objects[k] = fresh.get();
            }
            least = Math.min(least, (used() - before) / (double) OBJECTS);
            assertThat(objects[i]).isNotNull(); // so they are all still there
        }
        return least;
    }

    private static long used() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
