package io.futex.bench.operation;

import io.futex.bench.os.Placement;
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
        try (Contest contest = new Contest()
                .add(OURS, session::java, request -> request.with("file", session.file("linear-memory")))) {
            for (Placement placement : pinned(session.placements())) {
                for (String memory : MEMORIES) {
                    for (String[] sides : new String[][] {{JAVA, JAVA}, {JAVA, GUEST}, {GUEST, GUEST}}) {
                        rows.add(row(session, contest, placement, memory, sides));
                    }
                }
            }
        }
        return new Report.Section(
                title(),
                rows,
                List.of(
                        session.placementNote(),
                        "one way, half a round trip; the Java peer is LockSupport on a volatile field in the same JVM, "
                                + "right after; guests are compiled C in Endive's interpreter; nobody spins; two "
                                + "threads of one process",
                        "on one processor it is the calls that cost, on two the waking of a processor"));
    }

    /// Unpinned, a pair stays on one processor or on two for as long as the scheduler likes, which differ by ten times:
    /// the two halves of a window, ours and the peer's, would be told apart by that alone.
    private static List<Placement> pinned(List<Placement> all) {
        return all.size() == 1 ? all : all.subList(1, all.size());
    }

    private static Row row(Session session, Contest contest, Placement placement, String memory, String[] sides) {
        String label = label(sides[0]) + " to " + label(sides[1]) + ", " + place(memory) + ", " + placement.label();
        session.progress().step(label);
        Profile profile = session.profile();
        Request request = Request.of("guests")
                .with("memory", memory)
                .with("ping", sides[0])
                .with("pong", sides[1])
                .with("ping-cpu", placement.pingCpu())
                .with("pong-cpu", placement.pongCpu());
        contest.practise(request.with("millis", profile.warmUpMillis()), 1);
        Results results = contest.run(request.with("millis", 2 * profile.windowMillis()), profile.rounds());
        return Row.of(label, Unit.TIME, results.median(OURS, "ns")).java(results.median(OURS, "park-ns"));
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
