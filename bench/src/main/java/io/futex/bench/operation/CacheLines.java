package io.futex.bench.operation;

import io.futex.bench.os.Placement;
import io.futex.bench.peer.Request;
import io.futex.bench.report.Report;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.util.ArrayList;
import java.util.List;

/// Two threads on two words: packed, from the slab, and on lines of their own.
final class CacheLines implements Operation {
    private static final String OURS = "";
    private static final String C = "C";

    @Override
    public String name() {
        return "sharing";
    }

    @Override
    public String title() {
        return "two threads count on two words";
    }

    @Override
    public Report.Section run(Session session) {
        List<Row> rows = new ArrayList<>();
        Placement apart = session.placements().getLast();
        Profile profile = session.profile();
        try (Contest contest =
                new Contest().add(OURS, session::java, "kind", "word").add(C, session::c, "kind", "word")) {
            Request request = Request.of("sharing")
                    .with("threads", 2)
                    .with("ping-cpu", apart.pingCpu())
                    .with("pong-cpu", apart.pongCpu());
            contest.warmUp(request.with("layout", "own-lines").with("millis", profile.warmUpMillis()));
            for (String layout : List.of("same-line", "slab", "own-lines")) {
                Results results = contest.run(
                        request.with("layout", layout).with("millis", profile.windowMillis()), profile.rounds());
                Row row = Row.of("getAndAdd, " + label(layout), Unit.TIME, results.median(OURS, "ns"));
                rows.add(layout.equals("slab") ? row : row.c(results.median(C, "ns")));
            }
        }
        return new Report.Section(
                title(),
                rows,
                List.of(apart.label()
                        + "; each thread on a word of its own; neighbours are two FutexWord.local(0) made one "
                        + "after the other, in a slab whose address is a constant"));
    }

    private static String label(String layout) {
        return switch (layout) {
            case "same-line" -> "on one cache line";
            case "slab" -> "neighbours of the slab";
            default -> "256 bytes apart";
        };
    }
}
