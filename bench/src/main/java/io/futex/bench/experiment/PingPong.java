package io.futex.bench.experiment;

import io.futex.bench.os.Affinity;
import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import java.util.HashMap;
import java.util.Map;

/// How long a message takes to the other side and back, when both sides sleep while they wait.
///
/// Parameters: `kind`, `ping-cpu`, `pong-cpu` (-1: left to the system), `millis`; between processes also `file`.
final class PingPong implements Experiment {
    private static final int BETWEEN_LOOKS = 8;

    private final Partners partners;
    private final Map<String, Line> lines = new HashMap<>();

    PingPong(Partners partners) {
        this.partners = partners;
    }

    @Override
    public void run(Request request, Reply reply) throws Exception {
        String kind = request.text("kind");
        Line line = lines.get(kind);
        if (line == null) {
            line = partners.start(request, Thread.currentThread());
            lines.put(kind, line);
        }
        place(line, (int) request.number("ping-cpu", -1), (int) request.number("pong-cpu", -1));
        try {
            measure(line, request.number("millis") * 1_000_000, reply);
        } finally {
            if (Affinity.isSupported()) {
                Affinity.unpin(); // threads inherit it
            }
        }
    }

    private static void place(Line line, int ping, int pong) throws Exception {
        if (!Affinity.isSupported()) {
            if (ping >= 0 || pong >= 0) {
                throw new UnsupportedOperationException("threads cannot be pinned on this system");
            }
            return;
        }
        line.send(pong < 0 ? Line.UNPIN : Line.PIN + pong);
        line.receive();
        if (ping >= 0) {
            Affinity.pin(ping);
        }
    }

    private static void measure(Line line, long nanos, Reply reply) throws Exception {
        long count = 0;
        long allocated = Allocation.bytes();
        long begin = System.nanoTime();
        long time = begin;
        for (; time - begin < nanos; time = System.nanoTime()) {
            exchange(line);
            count += BETWEEN_LOOKS;
        }
        allocated = Allocation.bytes() - allocated;
        reply.put("ns", (double) (time - begin) / count);
        reply.put("round-trips", (double) count);
        reply.put("bytes", (double) allocated / count);
    }

    /// A method of its own, so that it is compiled as a whole.
    private static void exchange(Line line) throws Exception {
        for (int i = 0; i < BETWEEN_LOOKS; i++) {
            line.send(Line.PING);
            line.receive();
        }
    }

    @Override
    public void close() {
        for (Line line : lines.values()) {
            try {
                line.send(Line.STOP);
                line.close();
            } catch (Exception e) {
                // The other side is gone already.
            }
        }
    }
}
