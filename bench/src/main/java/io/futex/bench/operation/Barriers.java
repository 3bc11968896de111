package io.futex.bench.operation;

import io.futex.bench.peer.Request;
import io.futex.bench.report.Report;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Barrier: trips of one thread and of several.
final class Barriers implements Operation {
    private static final String OURS = "";
    private static final String CYCLIC = "CyclicBarrier";
    private static final List<Integer> THREADS = List.of(2, 4, 8);

    @Override
    public String name() {
        return "barrier";
    }

    @Override
    public String title() {
        return "Barrier";
    }

    @Override
    public boolean isQuick() {
        return false;
    }

    @Override
    public Report.Section run(Session session) {
        List<Row> rows = new ArrayList<>();
        Map<String, MicroRunner.Measured> micro =
                MicroRunner.run(session, List.of("MeetBench.barrier", "MeetBench.cyclicBarrier"));
        rows.add(Crowds.goal(Row.of("await: one party", Unit.TIME, MicroRunner.time(micro, "MeetBench.barrier", OURS))
                .java(MicroRunner.time(micro, "MeetBench.cyclicBarrier", CYCLIC))
                .bytes(MicroRunner.bytes(micro, "MeetBench.barrier"))));
        Profile profile = session.profile();
        try (Contest contest = new Contest()
                .add(OURS, session::java, "kind", "Barrier")
                .add(CYCLIC, session::java, "kind", "CyclicBarrier")) {
            contest.warmUp(request(2, profile.warmUpMillis()));
            contest.practise(request(4, profile.warmUpMillis()), 1);
            for (int threads : THREADS) {
                session.progress().step(threads + " threads");
                Results results = contest.run(request(threads, profile.windowMillis()), profile.rounds());
                rows.add(Crowds.goal(
                        Row.of("trips of " + threads + " threads", Unit.RATE, results.median(OURS, "ops-per-s"))
                                .java(results.median(CYCLIC, "ops-per-s"))
                                .bytes(results.median(OURS, "bytes"))));
            }
        }
        return new Report.Section(
                title(),
                rows,
                List.of("one party by JMH; the others: generations a second, as many parties as threads, nothing to do "
                        + "in between, in windows of " + profile.windowMillis() + " ms; unpinned"));
    }

    private static Request request(int threads, long millis) {
        return Request.of("meeting").with("threads", threads).with("millis", millis);
    }
}
