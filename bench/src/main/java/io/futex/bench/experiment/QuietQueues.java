package io.futex.bench.experiment;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import io.futex.shared.RegionLayout;
import io.futex.shared.SharedQueue;
import io.futex.shared.SharedRegion;
import io.futex.sync.Event;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/// Many queues between two processes with hardly anything in them: how long a message takes one way, and what the
/// receiving process costs while there is none.
///
/// Parameters: `strategy` (futex: a virtual thread asleep at each queue; else how one thread idles that polls them
/// all),
/// `file`, `millis` with a message now and then, `idle-millis`.
final class QuietQueues implements Experiment {
    static final int QUEUES = 200;

    private static final int CAPACITY = 16;
    private static final long GAP_NANOS = 10_000_000;
    private static final String LOG = "log";
    private static final String AWAKE = "awake";

    private static final RegionLayout LAYOUT = layout();

    private final Map<String, Receiver> kept = new HashMap<>();

    /// @param awake not set while it is another receiver's turn
    /// @param log the latencies, one by one
    private record Receiver(
            Process process, SharedRegion region, Event awake, List<SharedQueue> queues, SharedQueue log) {
        static Receiver of(String strategy, Path file) throws Exception {
            Files.deleteIfExists(file);
            SharedRegion region = SharedRegion.create(file, LAYOUT);
            Process process = OtherProcess.start(OtherProcess.RECEIVE, strategy, file);
            Receiver receiver = new Receiver(process, region, region.event(AWAKE), queuesOf(region), region.queue(LOG));
            receiver.awake.set();
            double unused = receiver.send();
            return receiver;
        }

        /// @return how long it took, in nanoseconds
        double send() throws InterruptedException {
            SharedQueue queue = queues.get(ThreadLocalRandom.current().nextInt(QUEUES));
            long claim = queue.claim();
            queue.record(claim).set(JAVA_LONG, 0, System.nanoTime());
            queue.commit(claim);
            long taken = log.tryTake(30, TimeUnit.SECONDS);
            if (taken == SharedQueue.NONE) {
                throw new IllegalStateException("no answer from " + process);
            }
            long latency = log.record(taken).get(JAVA_LONG, 0);
            log.release(taken);
            return latency;
        }

        private Duration processorTime() {
            return process.info().totalCpuDuration().orElseThrow();
        }
    }

    private static RegionLayout layout() {
        RegionLayout.Builder builder =
                RegionLayout.builder().event(AWAKE, false).queue(LOG, SharedQueue.Kind.MPMC, CAPACITY, Long.BYTES);
        IntStream.range(0, QUEUES).forEach(i -> builder.queue(name(i), SharedQueue.Kind.SPSC, CAPACITY, Long.BYTES));
        return builder.build();
    }

    private static String name(int queue) {
        return "queue-" + queue;
    }

    private static List<SharedQueue> queuesOf(SharedRegion region) {
        return IntStream.range(0, QUEUES).mapToObj(i -> region.queue(name(i))).toList();
    }

    @Override
    public void run(Request request, Reply reply) throws Exception {
        String strategy = request.text("strategy");
        Receiver receiver = kept.get(strategy);
        if (receiver == null) {
            receiver = Receiver.of(strategy, Path.of(request.text("file")));
            kept.put(strategy, receiver);
        }
        receiver.awake.set();
        reply.put("ns", messages(receiver, request.number("millis") * 1_000_000));
        Duration before = receiver.processorTime();
        long begin = System.nanoTime();
        TimeUnit.MILLISECONDS.sleep(request.number("idle-millis"));
        long used = receiver.processorTime().minus(before).toNanos();
        reply.put("idle-percent", 100.0 * used / (System.nanoTime() - begin));
        receiver.awake.reset();
    }

    private static double[] messages(Receiver receiver, long nanos) throws InterruptedException {
        double[] all = new double[(int) (nanos / GAP_NANOS) + 1];
        int count = 0;
        long begin = System.nanoTime();
        for (long next = begin; count < all.length && next - begin <= nanos; next += GAP_NANOS) {
            LockSupport.parkNanos(next - System.nanoTime());
            all[count++] = receiver.send();
        }
        return Arrays.copyOf(all, count);
    }

    @Override
    public void close() {
        for (Receiver receiver : kept.values()) {
            receiver.process.destroyForcibly().onExit().join();
            receiver.region.close();
        }
    }

    // ---- in the other process

    static void receive(String strategy, Path file) throws IOException, InterruptedException {
        SharedRegion region = SharedRegion.attach(file, LAYOUT);
        List<SharedQueue> queues = queuesOf(region);
        SharedQueue log = region.queue(LOG);
        if (strategy.equals("futex")) {
            for (SharedQueue queue : queues) {
                Thread.ofVirtual().start(() -> receiveAll(queue, log));
            }
            Thread.currentThread().join(); // for ever
        }
        IdleStrategies idling = IdleStrategies.of(strategy, MemorySegment.NULL, 0, false);
        for (Event awake = region.event(AWAKE); ; ) {
            awake.await();
            int found = 0;
            for (SharedQueue queue : queues) {
                long taken = queue.tryTake();
                if (taken != SharedQueue.NONE) {
                    report(queue, taken, log);
                    found++;
                }
            }
            idling.idle().accept(found);
        }
    }

    private static void receiveAll(SharedQueue queue, SharedQueue log) {
        try {
            for (; ; ) {
                report(queue, queue.take(), log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void report(SharedQueue queue, long taken, SharedQueue log) throws InterruptedException {
        long latency = System.nanoTime() - queue.record(taken).get(JAVA_LONG, 0);
        queue.release(taken);
        long claim = log.claim();
        log.record(claim).set(JAVA_LONG, 0, latency);
        log.commit(claim);
    }
}
