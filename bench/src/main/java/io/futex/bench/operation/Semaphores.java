package io.futex.bench.operation;

import io.futex.bench.operation.Crowds.Alone;
import io.futex.bench.peer.Request;
import io.futex.bench.report.Goal;
import io.futex.bench.report.Report;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Semaphore, Event, Once and Parker: in one thread that never waits, and among several.
final class Semaphores implements Operation {
    private static final String OURS = "";
    private static final String SEMAPHORE = "Semaphore";
    private static final String JDK = "java.util.concurrent.Semaphore";
    private static final String LATCH = "CountDownLatch";
    private static final String TASK = "FutureTask";
    private static final String SUPPORT = "LockSupport";
    private static final List<Integer> THREADS = List.of(2, 4, 8);
    private static final int IN_SEGMENT = 10_000_000;

    @Override
    public String name() {
        return "semaphore";
    }

    @Override
    public String title() {
        return "Semaphore, Event, Once, Parker";
    }

    @Override
    public boolean isQuick() {
        return false;
    }

    @Override
    public Report.Section run(Session session) {
        List<Row> rows = new ArrayList<>(Crowds.alone(
                session,
                new Alone(
                        "Semaphore: acquire, release", "PermitBench.semaphore", SEMAPHORE, "PermitBench.jdkSemaphore"),
                new Alone(
                        "auto-reset Event: set, await", "PermitBench.turnstile", SEMAPHORE, "PermitBench.jdkSemaphore"),
                new Alone("manual-reset Event: await when set", "PermitBench.gate", LATCH, "PermitBench.latch"),
                new Alone("Once: run when done", "PermitBench.once", TASK, "PermitBench.futureTask"),
                new Alone("Parker: unpark, park", "PermitBench.parker", SUPPORT, "PermitBench.lockSupport")));
        rows.addAll(Crowds.locks(session, "Semaphore as a lock", "Semaphore", JDK, SEMAPHORE, THREADS));
        rows.addAll(Crowds.locks(session, "Semaphore of 2 permits", "Semaphore-2", JDK + "-2", SEMAPHORE, THREADS));
        rows.addAll(Crowds.locks(session, "Event as a lock", "Event", JDK, SEMAPHORE, THREADS));
        rows.addAll(Crowds.measure(
                session, "manual-reset Event: await when set", "passing", "Event", "CountDownLatch", LATCH, THREADS));
        rows.addAll(Crowds.measure(session, "Once: run when done", "passing", "Once", "FutureTask", TASK, THREADS));
        try (Contest contest = Crowds.contest(session, "parker", "park", SUPPORT)) {
            rows.addAll(Crowds.handOver(session, contest, "Parker: round trip", SUPPORT));
        }
        rows.addAll(Crowds.measure(
                session, "Parker: round trips in pairs", "pairs", "parker", "park", SUPPORT, List.of(4, 8)));
        rows.addAll(Crowds.releases(session, "Event.set", "event", "latch", LATCH));
        rows.addAll(Crowds.releases(session, "Semaphore.release(n)", "semaphore", "jdk-semaphore", SEMAPHORE));
        rows.addAll(Crowds.releases(session, "Once: the end of the body", "once", "future-task", TASK));
        rows.add(size(session));
        return new Report.Section(
                title(),
                rows,
                List.of(
                        "the first rows by JMH: one thread, which finds what it asks for",
                        "as a lock: sections a second of all threads together, empty sections, one thread inside at a "
                                + "time, checked by a plain counter; each kind in a JVM of its own; of 2 permits: the "
                                + "same with two threads inside, not checked",
                        "when set or done, and in pairs: operations a second of all threads together; half of the "
                                + "threads of a row in pairs play with the other half, each pair on one processor",
                        session.placementNote(),
                        "releases: from before the one call, or the end of the body, to the moment at which the last "
                                + "thread is out of its await; all waiters asleep; unpinned",
                        String.format(
                                Locale.ROOT,
                                "bytes: growth of the resident set by %,d semaphores in a segment, some of them "
                                        + "used; used heap after a GC for %,d objects, the reference not counted",
                                IN_SEGMENT,
                                session.profile().locks())));
    }

    private static Row size(Session session) {
        session.progress().step("size");
        try (Contest contest = new Contest()
                .add(
                        OURS,
                        session::java,
                        request -> request.with("kind", "semaphore-segment").with("count", IN_SEGMENT))
                .add(SEMAPHORE, session::java, "kind", "jdk-semaphore")) {
            Request request =
                    Request.of("footprint").with("count", session.profile().locks());
            Results results = contest.run(request, 1);
            Row row = Row.of("a semaphore, in a segment", Unit.BYTES, results.median(OURS, "bytes-each"))
                    .java(results.median(SEMAPHORE, "bytes-each"));
            // The resident set counts pages, and whatever the process grew meanwhile.
            return row.goal(Goal.atMost("16 B (+5 %)", row.ours().value(), 16.8));
        }
    }
}
