package io.futex.bench.operation;

import io.futex.bench.peer.Request;
import io.futex.bench.report.Goal;
import io.futex.bench.report.Report;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.util.ArrayList;
import java.util.List;

/// How late a timed wait returns.
final class TimedWaits implements Operation {
    private static final String OURS = "";
    private static final String PARK = "parkNanos";
    private static final String FUTEX_WAIT = "FUTEX_WAIT";
    private static final String FUTEX2 = "futex_wait";
    private static final List<Long> NANOS = List.of(10_000L, 100_000L, 1_000_000L);
    private static final long GOAL_NANOS = 100_000;

    /// The shortest waits before, until everything is compiled.
    private static final int WARM_UP = 10_000;

    @Override
    public String name() {
        return "late";
    }

    @Override
    public String title() {
        return "lateness of a timed wait";
    }

    @Override
    public Report.Section run(Session session) {
        List<Row> rows = new ArrayList<>();
        Profile profile = session.profile();
        try (Contest contest = new Contest()
                .add(OURS, session::java, "kind", "futex")
                .add(PARK, session::java, "kind", "park")
                .add(FUTEX2, session::c, "call", "futex2")
                .add(FUTEX_WAIT, session::c, "call", "futex")) {
            contest.warmUp(Request.of("late")
                    .with("nanos", NANOS.getFirst())
                    .with("samples", Math.min(WARM_UP, 200 * profile.lateSamples())));
            for (long nanos : NANOS) {
                String label = "wait of " + Unit.TIME.format((double) nanos);
                session.progress().step(label);
                Results results = contest.run(
                        Request.of("late").with("nanos", nanos).with("samples", profile.lateSamples()),
                        profile.rounds());
                Row middle = row(label + ", p50", results, 0.5).bytes(results.median(OURS, "bytes"));
                rows.add(
                        nanos == GOAL_NANOS
                                ? middle.goal(Goal.atLeast("≥ 3 x less", middle.againstJava(), 3))
                                : middle);
                rows.add(row(label + ", p99", results, 0.99));
            }
        }
        return new Report.Section(
                title(),
                rows,
                List.of("C is futex_wait (system call 455), which has no timer slack; beside it FUTEX_WAIT, which has; "
                        + profile.lateSamples() + " waits of each length in each round"));
    }

    private static Row row(String label, Results results, double fraction) {
        return Row.of(label, Unit.TIME, results.quantile(OURS, "ns", fraction))
                .java(results.quantile(PARK, "ns", fraction))
                .c(results.quantile(FUTEX2, "ns", fraction))
                .beside(results.quantile(FUTEX_WAIT, "ns", fraction));
    }
}
