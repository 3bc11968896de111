package io.futex.bench.report;

import java.util.List;

/// A report as a run would give it.
final class Samples {
    private Samples() {}

    static Report report() {
        Row good = Row.of("wake", Unit.TIME, Figure.median("", 5))
                .java(Figure.median("unpark", 10))
                .c(Figure.median("C", 100))
                .bytes(Figure.median("", 0.01))
                .beside(Figure.median("other", 7));
        Row bad = Row.of("wait, \"quoted\" & <more>", Unit.TIME, Figure.median("", 200))
                .c(Figure.absent("C", "no cc"));
        Report report = new Report();
        report.fact("system", "test");
        report.fact("load", "0.5");
        report.add(new Report.Section(
                "calls",
                List.of(
                        good.goal(Goal.atLeast("10 x", good.againstC(), 10)),
                        bad.goal(Goal.atLeast("10 x", bad.againstC(), 10))
                                .goal(Goal.atMost("100", bad.ours().value(), 100))),
                List.of("a note")));
        return report;
    }

    /// With rows that are drawn.
    static Report drawn() {
        Report report = report();
        Row row = Row.of("empty, 2 threads", Unit.RATE, Figure.median("", 80e6, 75e6, 90e6))
                .java(Figure.median("ReentrantLock", 40e6, 41e6, 60e6))
                .c(Figure.median("pthread", 30e6))
                .beside(Figure.median("C three-state <&>", 20e6))
                .beside(Figure.absent("synchronized", "not here"));
        Row alone = Row.of("empty, 16 threads", Unit.RATE, Figure.median("", Double.POSITIVE_INFINITY));
        report.add(new Report.Section(
                "PMutex",
                List.of(row.goal(Goal.atLeast("≥ 1.0 x Java", row.againstJava(), 1)), alone),
                List.of("windows of a second")));
        return report;
    }
}
