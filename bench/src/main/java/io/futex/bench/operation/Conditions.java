package io.futex.bench.operation;

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
        rows.add(Crowds.goal(
                Row.of("lock, signal, unlock: one thread", Unit.TIME, MicroRunner.time(micro, "MeetBench.signal", OURS))
                        .java(MicroRunner.time(micro, "MeetBench.jdkSignal", REENTRANT))
                        .bytes(MicroRunner.bytes(micro, "MeetBench.signal"))));
        try (Contest contest = new Contest()
                .add(OURS, session::java, "kind", "condition")
                .add(REENTRANT, session::java, "kind", "jdk-condition")) {
            rows.addAll(Crowds.handOver(session, contest, "signal, await: round trip", REENTRANT));
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
                                + "change; in pairs: each with a lock of its own and on one processor, round trips a "
                                + "second of all",
                        session.placementNote(),
                        "one thread: old objects, as for PMutex",
                        "signalAll: from before the lock is taken for it to the moment at which the last thread has "
                                + "let go of the lock after its await; all waiters asleep"));
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
}
