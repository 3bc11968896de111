package io.futex.bench.operation;

import io.futex.bench.peer.Request;
import io.futex.bench.report.Goal;
import io.futex.bench.report.Report;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Read-write locks, alone and under contention, and their size.
final class RwMutexes implements Operation {
    private static final String OURS = "";
    private static final String REENTRANT = "ReentrantReadWriteLock";
    private static final String STAMPED = "StampedLock";
    private static final int IN_SEGMENT = 10_000_000;
    private static final List<Integer> THREADS = List.of(2, 4, 8);
    private static final List<Integer> WRITERS = List.of(0, 10, 100);

    @Override
    public String name() {
        return "rw-mutex";
    }

    @Override
    public String title() {
        return "RwMutex";
    }

    @Override
    public boolean isQuick() {
        return false;
    }

    @Override
    public Report.Section run(Session session) {
        List<Row> rows = new ArrayList<>();
        Profile profile = session.profile();
        try (Contest contest = new Contest()
                .add(OURS, session::java, "lock", "RwMutex")
                .add(REENTRANT, session::java, "lock", REENTRANT)
                .add(STAMPED, session::java, "lock", STAMPED)) {
            contest.warmUp(request(1, 10, profile.warmUpMillis()));
            contest.practise(request(2, 10, profile.warmUpMillis()), 1);
            contest.practise(request(4, 100, profile.warmUpMillis()), 1);
            rows.add(measure(session, contest, "one thread reads", 1, 0));
            rows.add(measure(session, contest, "one thread writes", 1, 100));
            for (int threads : THREADS) {
                for (int writers : WRITERS) {
                    String label = threads + " threads, " + writers + " % writes";
                    rows.add(measure(session, contest, label, threads, writers));
                }
            }
        }
        rows.addAll(Crowds.releases(session, "write unlock", "rw-mutex", "jdk-rw-lock", REENTRANT));
        size(session, rows);
        return new Report.Section(title(), rows, notes(profile));
    }

    private static Request request(int threads, int writers, long millis) {
        return Request.of("rw-lock")
                .with("threads", threads)
                .with("writers", writers)
                .with("millis", millis);
    }

    private static Row measure(Session session, Contest contest, String label, int threads, int writers) {
        Profile profile = session.profile();
        session.progress().step(label);
        Results results = contest.run(request(threads, writers, profile.windowMillis()), profile.rounds());
        return Crowds.goal(Row.of(label, Unit.RATE, results.median(OURS, "ops-per-s"))
                .java(results.median(REENTRANT, "ops-per-s"))
                .bytes(results.median(OURS, "bytes"))
                .beside(results.median(STAMPED, "ops-per-s")));
    }

    private static void size(Session session, List<Row> rows) {
        session.progress().step("size");
        int count = session.profile().locks();
        try (Contest contest = new Contest()
                .add(
                        OURS,
                        session::java,
                        request -> request.with("kind", "rw-segment").with("count", IN_SEGMENT))
                .add(REENTRANT, session::java, "kind", "reentrant-rw")) {
            Results results = contest.run(Request.of("footprint").with("count", count), 1);
            Row row = Row.of("a lock, in a segment", Unit.BYTES, results.median(OURS, "bytes-each"))
                    .java(results.median(REENTRANT, "bytes-each"));
            // The resident set counts pages, and whatever the process grew meanwhile.
            rows.add(row.goal(Goal.atMost("12 B (+5 %)", row.ours().value(), 12.6)));
        }
    }

    private static List<String> notes(Profile profile) {
        return List.of(
                "sections a second of all threads together, in windows of " + profile.windowMillis()
                        + " ms in which all threads run; a section compares two counters, or counts both up; unpinned; "
                        + "lock objects old (after a GC), threads young; each lock in a JVM of its own",
                "releases: readers; from before the unlock to the moment at which the last one has let go of the lock; "
                        + "all waiters asleep",
                String.format(
                        Locale.ROOT,
                        "bytes: growth of the resident set by %,d locks in a segment, some of them used; used "
                                + "heap after a GC for %,d objects, the reference to the object not counted",
                        IN_SEGMENT,
                        profile.locks()));
    }
}
