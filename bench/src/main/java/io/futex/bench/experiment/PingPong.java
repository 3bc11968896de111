package io.futex.bench.experiment;

import io.futex.bench.os.Affinity;
import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import java.util.HashMap;
import java.util.Map;

/// How long a message takes to the other side and back, when both sides sleep while they wait.
///
/// Parameters: `kind`, `ping-cpu`, `pong-cpu` (-1: left to the system), `millis`; between processes also `file`. With
/// `pong-other-cpu` the side that answers is moved there and back for as long as that takes; moving is not counted.
final class PingPong implements Experiment {
    private static final int BETWEEN_LOOKS = 8;
    private static final long MOVED_AFTER_NANOS = 20_000_000;

    /// Makes the other side, and the end at which one talks to it.
    interface Starter {
        Endpoint start(Request request) throws Exception;
    }

    private final Starter starter;
    private final Map<String, Endpoint> endpoints = new HashMap<>();

    PingPong(Starter starter) {
        this.starter = starter;
    }

    @Override
    public void run(Request request, Reply reply) throws Exception {
        String kind = request.text("kind");
        Endpoint endpoint = endpoints.get(kind);
        if (endpoint == null) {
            endpoint = starter.start(request);
            endpoints.put(kind, endpoint);
        }
        int ping = request.cpu("ping-cpu");
        int pong = request.cpu("pong-cpu");
        int other = request.cpu("pong-other-cpu");
        long nanos = request.number("millis") * 1_000_000;
        long stay = Math.min(MOVED_AFTER_NANOS, nanos / 2);
        long moves = other < 0 ? 0 : 2 * Math.max(1, Math.round(nanos / (2.0 * stay))) - 1; // as long here as there
        try {
            place(endpoint, ping, pong);
            Stay all = measure(endpoint, moves == 0 ? nanos : stay);
            for (long move = 1; move <= moves; move++) {
                place(endpoint, ping, move % 2 == 1 ? other : pong);
                all = all.and(measure(endpoint, stay));
            }
            reply.put("ns", (double) all.nanos / all.count);
            reply.put("round-trips", (double) all.count);
            reply.put("bytes", (double) all.bytes / all.count);
        } finally {
            Affinity.unpin(); // threads inherit it
        }
    }

    private static void place(Endpoint endpoint, int ping, int pong) throws Exception {
        if (!Affinity.isSupported()) {
            if (ping >= 0 || pong >= 0) {
                throw new UnsupportedOperationException("threads cannot be pinned on this system");
            }
            return;
        }
        endpoint.send(pong < 0 ? Endpoint.UNPIN : Endpoint.PIN + pong);
        endpoint.receive();
        Affinity.place(ping);
    }

    private static Stay measure(Endpoint endpoint, long nanos) throws Exception {
        long count = 0;
        long allocated = Allocation.bytes();
        long begin = System.nanoTime();
        long time = begin;
        for (; time - begin < nanos; time = System.nanoTime()) {
            exchange(endpoint);
            count += BETWEEN_LOOKS;
        }
        return new Stay(time - begin, count, Allocation.bytes() - allocated);
    }

    private record Stay(long nanos, long count, long bytes) {
        Stay and(Stay next) {
            return new Stay(nanos + next.nanos, count + next.count, bytes + next.bytes);
        }
    }

    /// A method of its own, so that it is compiled as a whole.
    private static void exchange(Endpoint endpoint) throws Exception {
        for (int i = 0; i < BETWEEN_LOOKS; i++) {
            endpoint.roundTrip();
        }
    }

    @Override
    public void close() {
        for (Endpoint endpoint : endpoints.values()) {
            try {
                endpoint.send(Endpoint.STOP);
                endpoint.close();
            } catch (Exception e) {
                // The other side is gone already.
            }
        }
    }
}
