package io.futex.bench.operation;

import io.futex.bench.peer.Request;
import io.futex.bench.report.Goal;
import io.futex.bench.report.Report;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Words that come and go, and the size of locks.
final class Memory implements Operation {
    private static final String OURS = "";
    private static final String ATOMIC = "AtomicInteger";
    private static final String REENTRANT = "ReentrantLock";
    private static final int IN_SEGMENT = 10_000_000;

    /// Slabs pile up to 32 MiB before a collection is asked for; the rest is room for the heap of a fresh JVM.
    private static final double MOST_GROWTH = 64 << 20;
    private static final String OBJECT = "PMutex object (heap)";

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public String title() {
        return "memory";
    }

    @Override
    public Report.Section run(Session session) {
        List<Row> rows = new ArrayList<>();
        words(session, rows);
        locks(session, rows);
        return new Report.Section(
                title(),
                rows,
                List.of(
                        "growth is that of the resident set of a fresh JVM, heap included; beside it the peak",
                        String.format(
                                Locale.ROOT,
                                "bytes of a lock: growth of the resident set by %,d locks in a segment; used heap after a "
                                        + "GC for %,d objects, the reference to the object not counted",
                                IN_SEGMENT,
                                session.profile().locks())));
    }

    private static void words(Session session, List<Row> rows) {
        long count = session.profile().words();
        String label = String.format(Locale.ROOT, "%,d words made and dropped, ", count);
        session.progress().step(label);
        // Once: a second run would not start from a fresh process.
        try (Contest contest =
                new Contest().add(OURS, session::java, "kind", "word").add(ATOMIC, session::java, "kind", "atomic")) {
            Results results = contest.run(Request.of("words").with("count", count), 1);
            rows.add(Row.of(label + "each", Unit.TIME, results.median(OURS, "ns"))
                    .java(results.median(ATOMIC, "ns")));
            Row growth = Row.of(label + "growth", Unit.BYTES, results.median(OURS, "grown-bytes"))
                    .beside(results.median(OURS, "peak-bytes").named("peak"));
            rows.add(growth.goal(Goal.atMost("≤ 64 MiB", growth.ours().value(), MOST_GROWTH)));
        }
    }

    private static void locks(Session session, List<Row> rows) {
        int count = session.profile().locks();
        session.progress().step("locks");
        try (Contest contest = new Contest()
                .add(
                        OURS,
                        session::java,
                        request -> request.with("kind", "segment").with("count", IN_SEGMENT))
                .add(OBJECT, session::java, "kind", "object")
                .add(REENTRANT, session::java, "kind", "reentrant")) {
            Results results = contest.run(Request.of("footprint").with("count", count), 1);
            Row row = Row.of("a lock, in a segment", Unit.BYTES, results.median(OURS, "bytes-each"))
                    .java(results.median(REENTRANT, "bytes-each"))
                    .beside(results.median(OBJECT, "bytes-each"));
            // The resident set counts pages, and whatever the process grew meanwhile.
            rows.add(row.goal(Goal.atMost("4 B (+5 %)", row.ours().value(), 4.2)));
        }
    }
}
