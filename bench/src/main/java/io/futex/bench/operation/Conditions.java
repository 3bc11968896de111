package io.futex.bench.operation;

import io.futex.bench.os.Placement;
import io.futex.bench.peer.Request;
import io.futex.bench.report.Goal;
import io.futex.bench.report.Report;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// PCondition: a signal for nobody, for one, and for many.
final class Conditions implements Operation {
    private static final String OURS = "";
    private static final String REENTRANT = "ReentrantLock's";

    @Override
    public String name() {
        return "condition";
    }

    @Override
    public String title() {
        return "PCondition";
    }

    @Override
    public boolean isQuick() {
        return false;
    }

    @Override
    public Report.Section run(Session session) {
        List<Row> rows = new ArrayList<>();
        Map<String, MicroRunner.Measured> micro =
                MicroRunner.run(session, List.of("MeetBench.signal", "MeetBench.jdkSignal"));
        rows.add(goal(
                Row.of("lock, signal, unlock: one thread", Unit.TIME, MicroRunner.time(micro, "MeetBench.signal", OURS))
                        .java(MicroRunner.time(micro, "MeetBench.jdkSignal", REENTRANT))
                        .bytes(MicroRunner.bytes(micro, "MeetBench.signal"))));
        try (Contest contest = new Contest()
                .add(OURS, session::java, "kind", "condition")
                .add(REENTRANT, session::java, "kind", "jdk-condition")) {
            rows.addAll(handOver(session, contest));
            rows.addAll(Crowds.measure(
                    session,
                    "signal, await: round trips in pairs",
                    "pairs",
                    "condition",
                    "jdk-condition",
                    REENTRANT,
                    List.of(4, 8)));
            contest.warmUp(Releases.warmUp());
            for (int waiters : session.profile().waiters()) {
                rows.add(signalAll(session, contest, waiters));
            }
        }
        return new Report.Section(
                title(),
                rows,
                List.of(
                        "round trip: two threads change a field under the lock in turns, signal, and await the other's "
                                + "change; in pairs: unpinned, each with a lock of its own, round trips a second of all",
                        session.placementNote(),
                        "one thread: old objects, as for PMutex",
                        "signalAll: from before the lock is taken for it to the moment at which the last thread has "
                                + "let go of the lock after its await; all waiters asleep"));
    }

    private static List<Row> handOver(Session session, Contest contest) {
        List<Row> rows = new ArrayList<>();
        Profile profile = session.profile();
        Request request = Request.of("pingpong");
        contest.warmUp(request.with("millis", profile.warmUpMillis()));
        contest.practise(request.with("millis", profile.warmUpMillis()), 1);
        for (Placement placement : session.placements()) {
            session.progress().step("hand-over, " + placement.label());
            Results results = HandOver.measure(
                    contest,
                    request.with("ping-cpu", placement.pingCpu()).with("pong-cpu", placement.pongCpu()),
                    placement,
                    profile);
            rows.add(goal(
                    Row.of("signal, await: round trip, " + placement.label(), Unit.TIME, results.median(OURS, "ns"))
                            .java(results.median(REENTRANT, "ns"))
                            .bytes(results.median(OURS, "bytes"))));
        }
        return rows;
    }

    private static Row signalAll(Session session, Contest contest, int waiters) {
        session.progress().step(waiters + " waiters");
        Results results = contest.run(
                Releases.request(session, waiters), session.profile().rounds());
        return Crowds.sooner(
                Row.of("signalAll for " + waiters + " waiters, the last one out", Unit.TIME, results.median(OURS, "ns"))
                        .java(results.median(REENTRANT, "ns"))
                        .bytes(results.median(OURS, "bytes")));
    }

    private static Row goal(Row row) {
        return row.goal(Goal.atLeast("≥ 0.91 x Java", row.againstJava(), 0.91));
    }
}
