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
/// Parameters: those of [Conveyor#start]; `millis` of the steady pace, `idle-millis`, `burst` (how many messages as
/// fast as they go; none if 0).
final class Delivery implements Experiment {
    /// 2 000 a second; by a fifth earlier or later, so that no strategy sleeps in step with them.
    private static final long GAP_NANOS = 500_000;

    private static final long JITTER_NANOS = 100_000;

    /// Then the consumer is gone.
    private static final long PATIENCE_NANOS = 30_000_000_000L;

    private final Map<String, Conveyor> kept = new HashMap<>();
    private long sent;

    @Override
    public void run(Request request, Reply reply) throws Exception {
        String key = request.text("queue") + " " + request.text("strategy");
        Conveyor conveyor = kept.get(key);
        if (conveyor == null) {
            conveyor = Conveyor.start(request);
            kept.put(key, conveyor);
        } else {
            conveyor.receipts().wake();
        }
        sent = conveyor.receipts().received();
        Receipts.Mark begin = mark(conveyor);
        reply.put("send-ns", pace(conveyor, request.number("millis") * 1_000_000));
        reply.put("ns", conveyor.receipts().latencies());
        Receipts.Mark paced = mark(conveyor);
        reply.put("busy-percent", paced.percentSince(begin));
        TimeUnit.MILLISECONDS.sleep(request.number("idle-millis"));
        reply.put("idle-percent", mark(conveyor).percentSince(paced));
        if (request.number("burst") > 0) {
            reply.put("burst-ns", burst(conveyor, request.number("burst")));
        }
        order(conveyor, Receipts.REST);
    }

    /// Sends for so long; how long each call took.
    private double[] pace(Conveyor conveyor, long nanos) {
        double[] sends = new double[(int) (nanos / (GAP_NANOS - JITTER_NANOS)) + 1];
        int count = 0;
        long begin = System.nanoTime();
        long next = begin;
        for (long now = begin; now - begin < nanos && count < sends.length; now = System.nanoTime()) {
            conveyor.send(now);
            sends[count++] = System.nanoTime() - now;
            next += GAP_NANOS + ThreadLocalRandom.current().nextLong(-JITTER_NANOS, JITTER_NANOS);
            LockSupport.parkNanos(next - System.nanoTime());
        }
        drain(conveyor, count);
        return Arrays.copyOf(sends, count);
    }

    /// The time of a message.
    private double burst(Conveyor conveyor, long count) {
        long begin = System.nanoTime();
        for (long i = 0; i < count; i++) {
            conveyor.send(Receipts.FILLER);
        }
        drain(conveyor, count);
        return (double) (System.nanoTime() - begin) / count;
    }

    private Receipts.Mark mark(Conveyor conveyor) {
        order(conveyor, Receipts.MARK);
        return conveyor.receipts().mark();
    }

    private void order(Conveyor conveyor, long order) {
        conveyor.send(order);
        drain(conveyor, 1);
    }

    /// Waits until everything has been received.
    ///
    /// @param more messages sent since the last time
    private void drain(Conveyor conveyor, long more) {
        sent += more;
        long begin = System.nanoTime();
        while (conveyor.receipts().received() < sent) {
            Thread.onSpinWait();
            if (System.nanoTime() - begin > PATIENCE_NANOS) {
                throw new IllegalStateException(
                        "received " + conveyor.receipts().received() + " of " + sent + " messages");
            }
        }
    }

    @Override
    public void close() {
        for (Conveyor conveyor : kept.values()) {
            conveyor.receipts().wake();
            conveyor.send(Receipts.STOP);
        }
    }
}
