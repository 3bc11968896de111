package io.futex.bench.operation;

import io.futex.bench.os.Placement;
import io.futex.bench.peer.Request;
import io.futex.bench.report.Goal;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.util.List;
import java.util.Locale;

/// Words that come and go, the size of what stays, and what a shared cache line costs.
final class Memory {
    private static final long MOST_IN_SEGMENT = 10_000_000;

    /// Slabs pile up to 32 MiB before a collection is asked for; the rest is room for the heap of a fresh JVM.
    private static final double MOST_GROWTH = 64 << 20;

    private Memory() {}

    static List<String> run(Session session, List<Row> rows) {
        words(session, rows);
        rows.add(size(
                session,
                "a lock, in a segment",
                4,
                inSegment(session, "segment")
                        .java("ReentrantLock", session::java, "kind", "reentrant")
                        .add("PMutex object (heap)", session::java, "kind", "object")));
        return List.of(
                "growth is that of the resident set of a fresh JVM, heap included; beside it the peak",
                sizeNote(session));
    }

    private static void words(Session session, List<Row> rows) {
        String label = String.format(
                Locale.ROOT, "%,d words made and dropped, ", session.profile().words());
        session.progress().step(label);
        // Once: a second run would not start from a fresh process.
        try (Contest contest = new Contest()
                .ours(session::java, "kind", "word")
                .java("AtomicInteger", session::java, "kind", "atomic")) {
            Results results = contest.run(
                    Request.of("words").with("count", session.profile().words()), 1);
            rows.add(contest.row(label + "each", Unit.TIME, results, "ns"));
            Row growth = Row.of(label + "growth", Unit.BYTES, results.median(Contest.OURS, "grown-bytes"))
                    .beside(results.median(Contest.OURS, "peak-bytes").named("peak"));
            rows.add(growth.goal(Goal.atMost("≤ 64 MiB", growth.ours().value(), MOST_GROWTH)));
        }
    }

    private static long inSegment(Session session) {
        return Math.min(MOST_IN_SEGMENT, 10L * session.profile().locks());
    }

    /// Ours, many of them in one segment; add the peers.
    static Contest inSegment(Session session, String kind) {
        return new Contest()
                .ours(session::java, request -> request.with("kind", kind).with("count", inSegment(session)));
    }

    /// The bytes that each takes.
    ///
    /// @param bytes of ours; the resident set counts pages, and whatever the process grew meanwhile
    static Row size(Session session, String label, int bytes, Contest peers) {
        session.progress().step(label);
        try (Contest contest = peers) {
            Request request =
                    Request.of("footprint").with("count", session.profile().locks());
            Row row = contest.row(label, Unit.BYTES, contest.run(request, 1), "bytes-each");
            return row.goal(Goal.atMost(bytes + " B (+5 %)", row.ours().value(), 1.05 * bytes));
        }
    }

    static String sizeNote(Session session) {
        return String.format(
                Locale.ROOT,
                "bytes: growth of the resident set by %,d in a segment, some of them used; used heap after a GC for "
                        + "%,d objects, the reference to the object not counted",
                inSegment(session),
                session.profile().locks());
    }

    /// Two threads on two words: packed, from the slab, and on lines of their own.
    static List<String> sharing(Session session, List<Row> rows) {
        Placement apart = session.placements().getLast();
        try (Contest contest = new Contest().ours(session::java, "kind", "word").c(session::c, "kind", "word")) {
            Request request = Request.of("sharing")
                    .with("threads", 2)
                    .with("ping-cpu", apart.pingCpu())
                    .with("pong-cpu", apart.pongCpu());
            contest.warmUp(request.with("layout", "own-lines")
                    .with("millis", session.profile().warmUpMillis()));
            for (String layout : List.of("same-line", "slab", "own-lines")) {
                String label = "getAndAdd, "
                        + switch (layout) {
                            case "same-line" -> "on one cache line";
                            case "slab" -> "neighbours of the slab";
                            default -> "256 bytes apart";
                        };
                Results results = contest.run(session, label, request.with("layout", layout));
                rows.add(
                        layout.equals("slab")
                                ? Row.of(label, Unit.TIME, results.median(Contest.OURS, "ns"))
                                : contest.row(label, Unit.TIME, results, "ns"));
            }
        }
        return List.of(apart.label()
                + "; each thread on a word of its own; neighbours are two FutexWord.local(0) made one after the "
                + "other, in a slab whose address is a constant");
    }
}
