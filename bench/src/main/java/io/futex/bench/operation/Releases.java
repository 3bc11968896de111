package io.futex.bench.operation;

import io.futex.bench.peer.Request;
import io.futex.bench.report.Goal;
import io.futex.bench.report.Report;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.util.ArrayList;
import java.util.List;

/// Many waiters at once, by the bare word.
final class Releases implements Operation {
    private static final String OURS = "";
    private static final String LATCH = "CountDownLatch";
    private static final String C = "C";

    @Override
    public String name() {
        return "release";
    }

    @Override
    public String title() {
        return "release of many waiters";
    }

    @Override
    public Report.Section run(Session session) {
        List<Row> rows = new ArrayList<>();
        try (Contest contest = new Contest()
                .add(OURS, session::java, "kind", "word")
                .add(LATCH, session::java, "kind", "latch")
                .add(C, session::c, "kind", "word")) {
            contest.warmUp(warmUp());
            for (int waiters : session.profile().waiters()) {
                session.progress().step(waiters + " waiters");
                Results results =
                        contest.run(request(session, waiters), session.profile().rounds());
                Row row = Row.of(waiters + " waiters, the last one out", Unit.TIME, results.median(OURS, "ns"))
                        .java(results.median(LATCH, "ns"))
                        .c(results.median(C, "ns"))
                        .bytes(results.median(OURS, "bytes"));
                rows.add(waiters < 1000 ? row : row.goal(Goal.atLeast("≥ 5 x sooner", row.againstJava(), 5)));
            }
        }
        return new Report.Section(
                title(),
                rows,
                List.of(
                        "from before FutexWord.wakeAll, countDown or FUTEX_WAKE to the moment at which the last thread is "
                                + "out of its await; all waiters asleep; median of "
                                + session.profile().releaseRounds() + " releases in each round; unpinned"));
    }

    /// All waiters shall sleep: on two processors ten that look for 0.2 ms before need more than a millisecond.
    static Request request(Session session, int waiters) {
        return Request.of("release")
                .with("waiters", waiters)
                .with("rounds", session.profile().releaseRounds())
                .with("settle-us", 4000 + 20L * waiters);
    }

    static Request warmUp() {
        return Request.of("release").with("waiters", 20).with("rounds", 100).with("settle-us", 100);
    }
}
