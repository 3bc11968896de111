package io.futex.bench.operation;

import io.futex.bench.os.Placement;
import io.futex.bench.peer.Peer;
import io.futex.bench.peer.Request;
import io.futex.bench.report.Figure;
import io.futex.bench.report.Goal;
import io.futex.bench.report.Report;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/// Ping-pong: the time of a round trip when both sides sleep while they wait.
final class HandOver implements Operation {
    private static final String OURS = "";
    private static final String C = "C";
    private static final String UNINTERRUPTIBLE = "uninterruptible";
    private static final String BARE = "bare FFM";
    private static final String LOOK = "look, then wait";

    /// Who plays.
    enum Sides {
        THREADS("ping-pong", "two threads", "ping-pong of two threads", "pingpong", 1.1),
        PROCESSES("processes", "two processes", "ping-pong of two processes over a mapped file", "processes", 1.15);

        final String label;
        private final String operation;
        private final String title;
        private final String experiment;
        private final double goal;

        Sides(String operation, String label, String title, String experiment, double goal) {
            this.operation = operation;
            this.label = label;
            this.title = title;
            this.experiment = experiment;
            this.goal = goal;
        }
    }

    private final Sides sides;

    HandOver(Sides sides) {
        this.sides = sides;
    }

    @Override
    public String name() {
        return sides.operation;
    }

    @Override
    public String title() {
        return sides.title;
    }

    @Override
    public Report.Section run(Session session) {
        List<Row> rows = new ArrayList<>();
        try (Contest contest = contest(session)) {
            Profile profile = session.profile();
            boolean warm = false;
            for (Placement placement : session.placements()) {
                session.progress().step(placement.label());
                Request request = request(sides, placement);
                if (!warm) {
                    contest.warmUp(request.with("millis", profile.warmUpMillis()));
                    contest.practise(request.with("millis", profile.warmUpMillis()), 1);
                    warm = true;
                }
                rows.add(row(placement, measure(contest, request, placement, profile)));
            }
        }
        return new Report.Section(sides.title, rows, notes(session));
    }

    static Request request(Sides sides, Placement placement) {
        Request request = Request.of(sides.experiment)
                .with("ping-cpu", placement.pingCpu())
                .with("pong-cpu", placement.pongCpu());
        return placement.pongOtherCpu() < 0 ? request : request.with("pong-other-cpu", placement.pongOtherCpu());
    }

    /// Where the scheduler puts an unpinned pair it leaves it for a while, on one core or on two, which differ greatly:
    /// so more and shorter windows.
    static Results measure(Contest contest, Request request, Placement placement, Profile profile) {
        return measure(contest, request, placement, profile.windowMillis(), profile.rounds());
    }

    static Results measure(Contest contest, Request request, Placement placement, long millis, int rounds) {
        return placement.equals(Placement.UNPINNED)
                ? contest.run(request.with("millis", (millis + 1) / 2), 2 * rounds + 1)
                : contest.run(request.with("millis", millis), rounds);
    }

    private Contest contest(Session session) {
        Contest contest = new Contest();
        add(contest, session, OURS, "futex");
        add(contest, session, UNINTERRUPTIBLE, "futex-uninterruptible");
        add(contest, session, BARE, "bare");
        if (sides == Sides.THREADS) {
            add(contest, session, "park", "park");
        } else {
            add(contest, session, LOOK, "futex-look");
            for (String kind : List.of("pipe", "socket", "poll", "spin")) {
                add(contest, session, kind, kind);
            }
        }
        return contest.add(C, () -> withFile(session), request -> request.with("file", session.file("c")));
    }

    private static Peer withFile(Session session) throws IOException {
        Files.write(session.file("c"), new byte[4096]);
        return session.c();
    }

    static void add(Contest contest, Session session, String name, String kind) {
        contest.add(name, session::java, request -> request.with("kind", kind).with("file", session.file(kind)));
    }

    private Row row(Placement placement, Results results) {
        Row row = Row.of("round trip, " + placement.label(), Unit.TIME, results.median(OURS, "ns"))
                .c(results.median(C, "ns"))
                .bytes(results.median(OURS, "bytes"))
                .beside(results.median(UNINTERRUPTIBLE, "ns"))
                .beside(results.median(BARE, "ns"));
        row = sides == Sides.THREADS ? againstPark(row, results) : againstOthers(row, results);
        return row.goal(Goal.atMost("≤ " + sides.goal + " x C", 1 / row.againstC(), sides.goal));
    }

    private static Row againstPark(Row row, Results results) {
        Row complete = row.java(results.median("park", "ns"));
        return complete.goal(Goal.atLeast("faster than park", complete.againstJava(), 1));
    }

    private static Row againstOthers(Row row, Results results) {
        Row complete = againstChannels(row.beside(results.median(LOOK, "ns")), results);
        return complete.goal(Goal.atLeast("≥ 3 x faster than Java", complete.againstJava(), 3));
    }

    /// The fastest of those that sleep stands in the column of Java.
    static Row againstChannels(Row row, Results results) {
        List<Figure> channels = Stream.of("pipe", "socket", "poll")
                .map(kind -> results.median(kind, "ns"))
                .sorted(Comparator.comparingDouble(Figure::value)) // NaN last
                .toList();
        return row.java(channels.get(0))
                .beside(channels.get(1))
                .beside(channels.get(2))
                .beside(results.median("spin", "ns"));
    }

    private List<String> notes(Session session) {
        List<String> notes = new ArrayList<>(List.of(session.placementNote()));
        notes.add("bare FFM is the system call alone through a method handle: what a JVM pays at least");
        if (sides == Sides.THREADS) {
            notes.add("ours is FutexWord.local with the interruptible await; C is FUTEX_WAIT and FUTEX_WAKE; "
                    + "park is LockSupport on a volatile field; nobody spins");
        } else {
            notes.add(
                    "two JVMs, or two C processes; socket is a Unix-domain socket; poll sleeps by parkNanos(1) between "
                            + "looks at the same mapped word; spin is Thread.onSpinWait and takes a whole core on both sides, so "
                            + "it is no peer for the goal; look, then wait is ours after up to 12 us of the same: the second "
                            + "design for that goal, which wins on two cores and loses on one");
        }
        return notes;
    }
}
