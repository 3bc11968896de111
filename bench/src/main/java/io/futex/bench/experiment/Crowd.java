package io.futex.bench.experiment;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.futex.Futex;
import io.futex.bench.os.Proc;
import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Many virtual threads, each asleep on a word of its own in a mapped file, until somebody sets it and wakes.
///
/// Parameters: `action`: `gather` them (with `count`, `file`), measure while they `sleep` (with `millis`), `wake` them
/// from here, or `await` that another process has.
final class Crowd implements Experiment {
    private static final VarHandle WORD = JAVA_INT.varHandle();
    private static final long SETTLED_MILLIS = 100;
    private static final int MOST_LOOKS = 30; // who polls never settles
    private static final Duration SETTLED = Duration.ofMillis(10); // the clock's grain

    private final Futex futex = Futex.shared();
    private @Nullable Sleepers sleepers;

    @Override
    public void run(Request request, Reply reply) throws Exception {
        switch (request.text("action")) {
            case "gather" -> gather(request.count("count"), Path.of(request.text("file")), reply);
            case "sleep" -> sleep(request.number("millis"), reply);
            case "wake" -> {
                sleepers().wakeAll();
                sleepers().await(reply);
            }
            default -> sleepers().await(reply);
        }
    }

    private Sleepers sleepers() {
        if (sleepers == null) {
            throw new IllegalStateException("nobody was gathered");
        }
        return sleepers;
    }

    private void gather(int count, Path file, Reply reply) throws Exception {
        close();
        startCarriers();
        long threads = threads();
        long heap = heapAfterCollection();
        long resident = Proc.residentBytes().orElse(0L);
        Sleepers gathered = new Sleepers(count, file);
        sleepers = gathered;
        gathered.start();
        reply.put("threads", (double) (threads() - threads));
        reply.put("heap-bytes", (heapAfterCollection() - heap) / (double) count);
        reply.put("resident-bytes", (Proc.residentBytes().orElse(0L) - resident) / (double) count);
    }

    /// The threads that any virtual threads need are no part of the price.
    private static void startCarriers() throws InterruptedException {
        Thread[] some = new Thread[64];
        for (int i = 0; i < some.length; i++) {
            some[i] = Thread.startVirtualThread(() -> {
                for (long begin = System.nanoTime(); System.nanoTime() - begin < 1_000_000; ) {
                    Thread.onSpinWait();
                }
                try {
                    Thread.sleep(1);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
        for (Thread each : some) {
            each.join();
        }
    }

    private static long threads() {
        return Proc.field("/proc/self/status", "Threads").map(Long::parseLong).orElse(0L);
    }

    private static long heapAfterCollection() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static void sleep(long millis, Reply reply) throws InterruptedException {
        Duration before = processorTime();
        long begin = System.nanoTime();
        TimeUnit.MILLISECONDS.sleep(millis);
        long used = processorTime().minus(before).toNanos();
        reply.put("idle-percent", 100.0 * used / (System.nanoTime() - begin));
    }

    private static Duration processorTime() {
        return ProcessHandle.current().info().totalCpuDuration().orElseThrow();
    }

    @Override
    public void close() {
        if (sleepers != null) {
            sleepers.wakeAll();
            sleepers = null;
        }
    }

    private final class Sleepers {
        private final int count;
        private final MemorySegment words;
        private final AtomicInteger left;
        private final CountDownLatch allRan = new CountDownLatch(1);
        private volatile long end;

        Sleepers(int count, Path file) throws IOException {
            this.count = count;
            long bytes = (long) count * Integer.BYTES;
            Files.deleteIfExists(file); // others may still sleep on its words
            Files.write(file, new byte[Math.toIntExact(bytes)]);
            words = OtherProcess.map(file, bytes);
            left = new AtomicInteger(count);
        }

        /// Until all sleep: there is nothing left to do for this process, for a while.
        void start() throws InterruptedException {
            CountDownLatch begun = new CountDownLatch(count);
            for (long i = 0; i < count; i++) {
                long offset = i * Integer.BYTES;
                Thread.startVirtualThread(() -> {
                    begun.countDown();
                    sleepAt(offset);
                });
            }
            begun.await();
            Duration used = Duration.ofDays(1);
            for (int i = 0; i < MOST_LOOKS && used.compareTo(SETTLED) > 0; i++) {
                Duration before = processorTime();
                TimeUnit.MILLISECONDS.sleep(SETTLED_MILLIS);
                used = processorTime().minus(before);
            }
        }

        private void sleepAt(long offset) {
            while ((int) WORD.getAcquire(words, offset) == 0) {
                var unused = futex.waitUninterruptibly(words, offset, 0);
            }
            if (left.decrementAndGet() == 0) {
                end = System.nanoTime();
                allRan.countDown();
            }
        }

        void wakeAll() {
            for (long offset = 0; offset < words.byteSize(); offset += Integer.BYTES) {
                WORD.setRelease(words, offset, 1);
                futex.wakeOne(words, offset);
            }
        }

        void await(Reply reply) throws InterruptedException {
            if (!allRan.await(50, TimeUnit.SECONDS)) {
                throw new IllegalStateException(left + " of " + count + " still sleep");
            }
            reply.put("end-ns", (double) end);
        }
    }
}
