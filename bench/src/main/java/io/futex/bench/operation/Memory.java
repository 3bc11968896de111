package io.futex.bench.operation;

import io.futex.bench.peer.Request;
import io.futex.bench.report.Goal;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.util.List;
import java.util.Locale;

/// The size of a lock.
final class Memory {
    private static final int BYTES = 4;
    private static final long MOST_IN_SEGMENT = 10_000_000;

    private Memory() {}

    static List<String> run(Session session, List<Row> rows) {
        int objects = session.profile().locks();
        long inSegment = Math.min(MOST_IN_SEGMENT, 10L * objects);
        String label = "a lock, in a segment";
        session.progress().step(label);
        try (Contest contest = new Contest()
                .ours(session::java, request -> request.with("kind", "segment").with("count", inSegment))
                .java("ReentrantLock", session::java, "kind", "reentrant")
                .add("PMutex object (heap)", session::java, "kind", "object")) {
            // Once: a second run would not start from a fresh process.
            Results results = contest.run(Request.of("footprint").with("count", objects), 1);
            Row row = contest.row(label, Unit.BYTES, results, "bytes-each");
            // The resident set counts pages, and whatever the process grew meanwhile.
            rows.add(row.goal(Goal.atMost(BYTES + " B (+5 %)", row.ours().value(), 1.05 * BYTES)));
        }
        return List.of(String.format(
                Locale.ROOT,
                "bytes: growth of the resident set by %,d in a segment, all of them used; used heap after a GC for "
                        + "%,d objects, the reference to the object not counted",
                inSegment,
                objects));
    }
}
