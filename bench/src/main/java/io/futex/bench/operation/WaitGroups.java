package io.futex.bench.operation;

import io.futex.bench.report.Report;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// WaitGroup: the round of one thread, and many waiters at once.
final class WaitGroups implements Operation {
    private static final String OURS = "";
    private static final String LATCH = "CountDownLatch";
    private static final String PHASER = "Phaser";

    @Override
    public String name() {
        return "wait-group";
    }

    @Override
    public String title() {
        return "WaitGroup";
    }

    @Override
    public Report.Section run(Session session) {
        List<Row> rows = new ArrayList<>();
        Map<String, MicroRunner.Measured> micro =
                MicroRunner.run(session, List.of("GroupBench.group", "GroupBench.latch", "GroupBench.phaser"));
        rows.add(Row.of("add, done, await: one thread", Unit.TIME, MicroRunner.time(micro, "GroupBench.group", OURS))
                .java(MicroRunner.time(micro, "GroupBench.latch", LATCH))
                .beside(MicroRunner.time(micro, "GroupBench.phaser", PHASER))
                .bytes(MicroRunner.bytes(micro, "GroupBench.group")));
        try (Contest contest = new Contest()
                .add(OURS, session::java, "kind", "wait-group")
                .add(LATCH, session::java, "kind", "latch")
                .add(PHASER, session::java, "kind", "phaser")) {
            contest.warmUp(Releases.warmUp());
            for (int waiters : session.profile().waiters()) {
                session.progress().step(waiters + " waiters");
                Results results = contest.run(
                        Releases.request(session, waiters), session.profile().rounds());
                rows.add(Row.of(
                                "done releases " + waiters + " waiters, the last one out",
                                Unit.TIME,
                                results.median(OURS, "ns"))
                        .java(results.median(LATCH, "ns"))
                        .beside(results.median(PHASER, "ns"))
                        .bytes(results.median(OURS, "bytes")));
            }
        }
        return new Report.Section(
                title(),
                rows,
                List.of(
                        "add(1), done(), await() by JMH against new CountDownLatch(1), countDown(), await(), since a latch "
                                + "cannot count up, and against register(), arriveAndDeregister(), awaitAdvance() of a Phaser"));
    }
}
