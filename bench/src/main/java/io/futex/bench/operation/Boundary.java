package io.futex.bench.operation;

import io.futex.bench.peer.Request;
import io.futex.bench.report.Figure;
import io.futex.bench.report.Report;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What crossing from Java to C costs, by each way that there is.
final class Boundary implements Operation {
    private static final String C = "C";
    private static final String PLAIN = "plain Java";
    private static final String PLAIN_BENCHMARK = "BoundaryBench.plain";

    /// Names for the table, and those of the methods of both benchmarks.
    private static final List<Way> WAYS = List.of(
            new Way("FFM", "ffm"),
            new Way("FFM critical", "ffmCritical"),
            new Way("JNA direct", "jnaDirect"),
            new Way("JNA interface", "jnaInterface"));

    /// @param method of the benchmarks
    private record Way(String name, String method) {}

    @Override
    public String name() {
        return "boundary";
    }

    @Override
    public String title() {
        return "crossing from Java to C";
    }

    @Override
    public boolean isQuick() {
        return false;
    }

    @Override
    public Report.Section run(Session session) {
        boolean isLinux = System.getProperty("os.name", "").startsWith("Linux");
        List<String> benchmarks = new ArrayList<>(List.of(PLAIN_BENCHMARK));
        WAYS.forEach(way -> benchmarks.add("BoundaryBench." + way.method));
        if (isLinux) {
            WAYS.forEach(way -> benchmarks.add("BoundaryWakeBench." + way.method));
        }
        Map<String, MicroRunner.Measured> micro = MicroRunner.run(session, benchmarks);
        Results c;
        try (Contest contest = new Contest().add(C, session::c, request -> request)) {
            c = contest.run(
                    Request.of("boundary").with("millis", session.profile().windowMillis()),
                    session.profile().rounds());
        }
        List<Row> rows = new ArrayList<>(rows("abs(int)", "BoundaryBench", micro, c.median(C, "abs")));
        List<String> notes = new ArrayList<>(List.of(
                "ours is FFM; abs of libc does next to nothing; plain Java is a method that does the same and is not "
                        + "inlined, C a call by a pointer; Java by JMH 1.37",
                "FFM critical is Linker.Option.critical(false); JNA direct is a registered native method, JNA "
                        + "interface a proxy"));
        if (isLinux) {
            rows.addAll(rows("FUTEX_WAKE, nobody waits", "BoundaryWakeBench", micro, c.median(C, "wake")));
            notes.add("a wake is one of a private word by libc's syscall; its plain Java is the method above");
        } else {
            notes.add("a futex wake is measured on Linux only");
        }
        return new Report.Section(title(), rows, notes);
    }

    /// The times, and what they are to that of a plain call: ours is FFM, the rest stands beside.
    private static List<Row> rows(String label, String benchmark, Map<String, MicroRunner.Measured> micro, Figure c) {
        Figure plain = MicroRunner.time(micro, PLAIN_BENCHMARK, PLAIN);
        String first = benchmark + "." + WAYS.getFirst().method;
        Row times = Row.of(label, Unit.TIME, MicroRunner.time(micro, first, ""))
                .java(plain)
                .c(c)
                .bytes(MicroRunner.bytes(micro, first));
        Row ratios = Row.of(label + ", times a plain call", Unit.RATIO, ratio(times.ours(), plain))
                .c(ratio(c, plain));
        for (Way way : WAYS.subList(1, WAYS.size())) {
            Figure time = MicroRunner.time(micro, benchmark + "." + way.method, way.name);
            times = times.beside(time);
            ratios = ratios.beside(ratio(time, plain));
        }
        return List.of(times, ratios);
    }

    private static Figure ratio(Figure time, Figure plain) {
        return !time.isPresent() || !plain.isPresent()
                ? Figure.absent(time.who(), time.isPresent() ? plain.absence() : time.absence())
                : Figure.median(time.who(), time.value() / plain.value());
    }
}
