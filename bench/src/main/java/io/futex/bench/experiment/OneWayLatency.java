package io.futex.bench.experiment;

import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// How long messages take one way, at a steady pace, and what the consumer costs meanwhile and when there are none.
///
/// Parameters: those of [MeasuredQueue#start]; `millis` of the steady pace, `idle-millis`, `burst` (how many messages
/// as fast as they go; none if 0).
final class OneWayLatency implements Experiment {
    /// 2 000 a second; by a fifth earlier or later, so that no strategy sleeps in step with them.
    private static final long GAP_NANOS = 500_000;

    private static final long JITTER_NANOS = 100_000;

    /// Then the consumer is gone.
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    private final Map<String, MeasuredQueue> kept = new HashMap<>();
    private long sent;

    @Override
    public void run(Request request, Reply reply) throws Exception {
        String key = request.text("queue") + " " + request.text("strategy");
        MeasuredQueue queue = kept.get(key);
        if (queue == null) {
            queue = MeasuredQueue.start(request);
            kept.put(key, queue);
        } else {
            queue.log().wake();
        }
        sent = queue.log().received();
        ConsumerLog.Mark begin = mark(queue);
        reply.put("send-ns", pace(queue, request.number("millis") * 1_000_000));
        reply.put("ns", queue.log().latencies());
        ConsumerLog.Mark paced = mark(queue);
        reply.put("busy-percent", paced.percentSince(begin));
        TimeUnit.MILLISECONDS.sleep(request.number("idle-millis"));
        reply.put("idle-percent", mark(queue).percentSince(paced));
        long burst = request.number("burst");
        if (burst > 0) {
            long nanos = System.nanoTime();
            send(queue, ConsumerLog.FILLER, burst);
            reply.put("burst-ns", (double) (System.nanoTime() - nanos) / burst);
        }
        send(queue, ConsumerLog.REST, 1);
    }

    /// Sends for so long; how long each call took.
    private double[] pace(MeasuredQueue queue, long nanos) {
        double[] sends = new double[(int) (nanos / (GAP_NANOS - JITTER_NANOS)) + 1];
        int count = 0;
        long begin = System.nanoTime();
        long next = begin;
        for (long now = begin; now - begin < nanos && count < sends.length; now = System.nanoTime()) {
            queue.send().accept(now);
            sends[count++] = System.nanoTime() - now;
            next += GAP_NANOS + ThreadLocalRandom.current().nextLong(-JITTER_NANOS, JITTER_NANOS);
            LockSupport.parkNanos(next - System.nanoTime());
        }
        drain(queue, count);
        return Arrays.copyOf(sends, count);
    }

    private ConsumerLog.Mark mark(MeasuredQueue queue) {
        send(queue, ConsumerLog.MARK, 1);
        return queue.log().mark();
    }

    /// As fast as they go, until all have been received.
    private void send(MeasuredQueue queue, long message, long count) {
        for (long i = 0; i < count; i++) {
            queue.send().accept(message);
        }
        drain(queue, count);
    }

    /// Waits until everything has been received.
    ///
    /// @param more messages sent since the last time
    private void drain(MeasuredQueue queue, long more) {
        sent += more;
        long begin = System.nanoTime();
        while (queue.log().received() < sent) {
            Thread.onSpinWait();
            if (System.nanoTime() - begin > PATIENCE_NANOS) {
                throw new IllegalStateException("received " + queue.log().received() + " of " + sent + " messages");
            }
        }
    }

    @Override
    public void close() {
        for (MeasuredQueue queue : kept.values()) {
            queue.log().wake();
            queue.send().accept(ConsumerLog.STOP);
        }
    }
}
