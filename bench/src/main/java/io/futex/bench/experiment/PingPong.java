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
        int ping = (int) request.number("ping-cpu", -1);
        int pong = (int) request.number("pong-cpu", -1);
        int other = (int) request.number("pong-other-cpu", -1);
        long nanos = request.number("millis") * 1_000_000;
        long stay = Math.min(MOVED_AFTER_NANOS, nanos / 2);
        long moves = other < 0 ? 0 : 2 * Math.max(1, Math.round(nanos / (2.0 * stay))) - 1; // as long here as there
        try {
            place(line, ping, pong);
            Window all = measure(line, moves == 0 ? nanos : stay);
            for (long move = 1; move <= moves; move++) {
                place(line, ping, move % 2 == 1 ? other : pong);
                all = all.and(measure(line, stay));
            }
            reply.put("ns", (double) all.nanos / all.count);
            reply.put("round-trips", (double) all.count);
            reply.put("bytes", (double) all.bytes / all.count);
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

    private static Window measure(Line line, long nanos) throws Exception {
        long count = 0;
        long allocated = Allocation.bytes();
        long begin = System.nanoTime();
        long time = begin;
        for (; time - begin < nanos; time = System.nanoTime()) {
            exchange(line);
            count += BETWEEN_LOOKS;
        }
        return new Window(time - begin, count, Allocation.bytes() - allocated);
    }

    private record Window(long nanos, long count, long bytes) {
        Window and(Window next) {
            return new Window(nanos + next.nanos, count + next.count, bytes + next.bytes);
        }
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
