package io.futex.bench.operation;

import io.futex.bench.os.Affinity;
import io.futex.bench.os.Placement;
import io.futex.bench.peer.Request;
import io.futex.bench.report.Goal;
import io.futex.bench.report.Report;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Round trips by placement: a Doorbell beside what looks never, always, or for ever, and beside what the system has.
final class Doorbells implements Operation {
    private static final String OURS = "";
    private static final String BARE = "bare wait";
    private static final String LOOK = "always look";
    private static final String FLAG = "look + flag";

    /// Long enough for moves every 20 ms, short enough for so many cells.
    private static final long MOST_MILLIS = 120;

    private static final long MOST_WARM_UP_MILLIS = 300;

    private static final Profile.Micro RINGS = new Profile.Micro(3, 2, 200);

    private final boolean brief;

    Doorbells() {
        this(false);
    }

    private Doorbells(boolean brief) {
        this.brief = brief;
    }

    @Override
    public String name() {
        return "doorbell";
    }

    @Override
    public String title() {
        return brief ? "Doorbell" : "Doorbell by placement";
    }

    /// One row: two processes, each on a processor of its own if there are two.
    @Override
    public Operation brief() {
        return new Doorbells(true);
    }

    @Override
    public Report.Section run(Session session) {
        List<Row> rows = new ArrayList<>();
        if (brief) {
            rows.addAll(rows(
                    session,
                    HandOver.Sides.PROCESSES,
                    List.of(session.placements().getLast())));
        } else {
            List<Placement> placements = session.placements();
            if (Affinity.allowed().size() > 1) {
                placements.add(Placement.moved(Affinity.allowed()));
            }
            rows.addAll(rows(session, HandOver.Sides.THREADS, placements));
            rows.addAll(rows(session, HandOver.Sides.PROCESSES, placements));
            rows.addAll(rings(session));
        }
        return new Report.Section(
                title(),
                rows,
                List.of(
                        session.placementNote(),
                        "round trips of one word, as fast as they go; a mapped file between processes; bare wait makes "
                                + "the system call at once, and so a wake for each message; always look is the same after "
                                + "12 us of looks; look + flag does so too, but who sends wakes only who sleeps",
                        "poll sleeps by parkNanos(1) between looks; spin takes a whole processor on both sides, so it is "
                                + "no peer; the Java peer is the fastest of those that sleep"));
    }

    private List<Row> rows(Session session, HandOver.Sides sides, List<Placement> placements) {
        List<Row> rows = new ArrayList<>();
        Profile profile = session.profile();
        try (Contest contest = new Contest()) {
            kinds().forEach((name, kind) -> HandOver.add(contest, session, name, kind));
            Request warm = HandOver.request(sides, placements.getFirst())
                    .with("millis", Math.min(profile.warmUpMillis(), MOST_WARM_UP_MILLIS));
            contest.warmUp(warm);
            contest.practise(warm, 1);
            for (Placement placement : placements) {
                session.progress().step(sides.label + ", " + placement.label());
                long millis = Math.min(profile.windowMillis(), MOST_MILLIS);
                Results results = HandOver.measure(
                        contest, HandOver.request(sides, placement), placement, millis, profile.rounds());
                rows.add(row(sides.label + ", " + placement.label(), results));
            }
        }
        return rows;
    }

    private static Map<String, String> kinds() {
        Map<String, String> kinds = new LinkedHashMap<>();
        kinds.put(OURS, "doorbell");
        kinds.put(BARE, "futex");
        kinds.put(LOOK, "futex-look");
        kinds.put(FLAG, "look-flag");
        for (String kind : List.of("pipe", "socket", "poll", "spin")) {
            kinds.put(kind, kind);
        }
        return kinds;
    }

    private static Row row(String label, Results results) {
        Row row = Row.of(label, Unit.TIME, results.median(OURS, "ns"))
                .bytes(results.median(OURS, "bytes"))
                .beside(results.median(BARE, "ns"))
                .beside(results.median(LOOK, "ns"))
                .beside(results.median(FLAG, "ns"));
        double better = Math.min(
                results.median(BARE, "ns").value(), results.median(FLAG, "ns").value());
        return HandOver.againstChannels(row, results)
                .goal(Goal.atMost("≤ 1.2 x bare or look + flag", row.ours().value() / better, 1.2));
    }

    private static List<Row> rings(Session session) {
        Profile.Micro all = session.profile().micro();
        Profile.Micro micro = new Profile.Micro(
                Math.min(all.forks(), RINGS.forks()),
                Math.min(all.iterations(), RINGS.iterations()),
                Math.min(all.millis(), RINGS.millis()));
        Map<String, MicroRunner.Measured> measured =
                MicroRunner.run(session, micro, List.of("WakeBench.ring", "WakeBench.ringShared", "WakeBench.shared"));
        return List.of(
                Row.of("ring, nobody sleeps, local", Unit.TIME, MicroRunner.time(measured, "WakeBench.ring", OURS))
                        .bytes(MicroRunner.bytes(measured, "WakeBench.ring")),
                Row.of(
                                "ring, nobody sleeps, shared",
                                Unit.TIME,
                                MicroRunner.time(measured, "WakeBench.ringShared", OURS))
                        .bytes(MicroRunner.bytes(measured, "WakeBench.ringShared"))
                        .beside(MicroRunner.time(measured, "WakeBench.shared", "wakeOne, nobody waits")));
    }
}
