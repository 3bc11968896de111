package io.futex.bench.operation;

import io.futex.bench.peer.Request;
import io.futex.bench.report.Report;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.util.ArrayList;
import java.util.List;

/// Hand-overs between Java threads and WebAssembly guests, on each kind of memory.
final class Guests implements Operation {
    private static final String OURS = "";
    private static final List<String> MEMORIES = List.of("endive", "own", "file");
    private static final String JAVA = "java";
    private static final String GUEST = "guest";

    @Override
    public String name() {
        return "wasm";
    }

    @Override
    public String title() {
        return "hand-over with WebAssembly guests";
    }

    @Override
    public boolean isQuick() {
        return false;
    }

    @Override
    public Report.Section run(Session session) {
        List<Row> rows = new ArrayList<>();
        Profile profile = session.profile();
        try (Contest contest = new Contest()
                .add(OURS, session::java, request -> request.with("file", session.file("linear-memory")))) {
            for (String memory : MEMORIES) {
                for (String[] sides : new String[][] {{JAVA, JAVA}, {JAVA, GUEST}, {GUEST, GUEST}}) {
                    String label = label(sides[0]) + " to " + label(sides[1]) + ", " + place(memory);
                    session.progress().step(label);
                    Request request = Request.of("guests")
                            .with("memory", memory)
                            .with("ping", sides[0])
                            .with("pong", sides[1]);
                    contest.practise(request.with("millis", profile.warmUpMillis()), 1);
                    Results results = contest.run(request.with("millis", 2 * profile.windowMillis()), profile.rounds());
                    rows.add(
                            Row.of(label, Unit.TIME, results.median(OURS, "ns")).java(results.median(OURS, "park-ns")));
                }
            }
        }
        return new Report.Section(
                title(),
                rows,
                List.of(
                        "one way, half a round trip; the Java peer is LockSupport on a volatile field in the same JVM, right "
                                + "after; guests are compiled C in Endive's interpreter; nobody spins; unpinned, two threads of "
                                + "one process"));
    }

    private static String label(String side) {
        return side.equals(JAVA) ? "Java" : GUEST;
    }

    private static String place(String memory) {
        return switch (memory) {
            case "endive" -> "Endive's own memory";
            case "own" -> "SharedWasmMemory";
            default -> "SharedWasmMemory over a file";
        };
    }
}
