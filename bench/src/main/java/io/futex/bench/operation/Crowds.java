package io.futex.bench.operation;

import io.futex.bench.os.Placement;
import io.futex.bench.peer.Request;
import io.futex.bench.report.Goal;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Rows of threads that do the same over and over, ours beside its like in the JDK.
final class Crowds {
    /// An operation may take this much longer than its like in the JDK.
    private static final double ALLOWED = 1.1;

    private Crowds() {}

    /// What one thread does.
    ///
    /// @param ours the benchmark of ours
    /// @param who the JDK's in the table
    /// @param theirs the benchmark of the JDK's
    record Alone(String label, String ours, String who, String theirs) {}

    /// One thread, by JMH.
    static List<Row> alone(Session session, Alone... pairs) {
        List<String> benchmarks = Stream.of(pairs)
                .flatMap(pair -> Stream.of(pair.ours, pair.theirs))
                .distinct()
                .toList();
        Map<String, MicroRunner.Measured> micro = MicroRunner.run(session, benchmarks);
        return Stream.of(pairs).map(pair -> alone(micro, pair)).toList();
    }

    private static Row alone(Map<String, MicroRunner.Measured> micro, Alone pair) {
        Row row = Row.of(pair.label, Unit.TIME, MicroRunner.time(micro, pair.ours, ""))
                .java(MicroRunner.time(micro, pair.theirs, pair.who))
                .bytes(MicroRunner.bytes(micro, pair.ours));
        return row.goal(Goal.atLeast("≤ 1.1 x its time", row.againstJava(), 1 / ALLOWED));
    }

    /// Empty sections, one thread inside at a time or as many as there are permits.
    ///
    /// @param ours the lock of ours
    /// @param theirs the lock of the JDK's
    /// @param who the JDK's in the table
    /// @param sizes how many threads, a row each
    static List<Row> locks(Session session, String what, String ours, String theirs, String who, List<Integer> sizes) {
        List<Row> rows = new ArrayList<>();
        Profile profile = session.profile();
        try (Contest contest =
                new Contest().add("", session::java, "lock", ours).add(who, session::java, "lock", theirs)) {
            // One JVM at a time: its code is compiled for the contention that it meets first.
            contest.practise(sections(4, 3 * profile.warmUpMillis()), 2);
            for (int threads : sizes) {
                String label = what + ", " + threads + " threads";
                session.progress().step(label);
                Results results = contest.run(sections(threads, profile.windowMillis()), profile.rounds());
                rows.add(goal(Row.of(label, Unit.RATE, results.median("", "ops-per-s"))
                        .java(results.median(who, "ops-per-s"))
                        .bytes(results.median("", "bytes"))));
            }
        }
        return rows;
    }

    private static Request sections(int threads, long millis) {
        return Request.of("mutex")
                .with("threads", threads)
                .with("inside", 0)
                .with("outside", 0)
                .with("millis", millis);
    }

    /// Throughput.
    ///
    /// @param experiment `passing` or `pairs`
    /// @param ours the kind of ours
    /// @param theirs the kind of the JDK's
    /// @param who the JDK's in the table
    /// @param sizes how many threads, a row each
    static List<Row> measure(
            Session session,
            String label,
            String experiment,
            String ours,
            String theirs,
            String who,
            List<Integer> sizes) {
        List<Row> rows = new ArrayList<>();
        Profile profile = session.profile();
        try (Contest contest = contest(session, ours, theirs, who)) {
            Request warmUp = Request.of(experiment).with("millis", profile.warmUpMillis());
            contest.warmUp(warmUp.with("threads", 2));
            contest.practise(warmUp.with("threads", 4), 4); // round trips are not compiled to the end before
            for (int threads : sizes) {
                String complete = label + ", " + threads + " threads";
                session.progress().step(complete);
                Request request = Request.of(experiment).with("threads", threads);
                Results results = contest.run(request.with("millis", profile.windowMillis()), profile.rounds());
                rows.add(goal(Row.of(complete, Unit.RATE, results.median("", "ops-per-s"))
                        .java(results.median(who, "ops-per-s"))
                        .bytes(results.median("", "bytes"))));
            }
        }
        return rows;
    }

    /// Two threads hand over to each other and back, wherever they may be placed.
    ///
    /// @param contest of ours and the JDK's
    /// @param who the JDK's in the table
    static List<Row> handOver(Session session, Contest contest, String label, String who) {
        List<Row> rows = new ArrayList<>();
        Profile profile = session.profile();
        Request request = Request.of("pingpong");
        contest.warmUp(request.with("millis", profile.warmUpMillis()));
        contest.practise(request.with("millis", profile.warmUpMillis()), 1);
        for (Placement placement : session.placements()) {
            session.progress().step(label + ", " + placement.label());
            Results results = HandOver.measure(
                    contest,
                    request.with("ping-cpu", placement.pingCpu()).with("pong-cpu", placement.pongCpu()),
                    placement,
                    profile);
            rows.add(goal(Row.of(label + ", " + placement.label(), Unit.TIME, results.median("", "ns"))
                    .java(results.median(who, "ns"))
                    .bytes(results.median("", "bytes"))));
        }
        return rows;
    }

    /// Many waiters at once.
    ///
    /// @param call that releases them, for the label; the others as above
    static List<Row> releases(Session session, String call, String ours, String theirs, String who) {
        List<Row> rows = new ArrayList<>();
        try (Contest contest = contest(session, ours, theirs, who)) {
            contest.warmUp(Releases.warmUp());
            for (int waiters : session.profile().waiters()) {
                String label = call + " releases " + waiters + " waiters, the last one out";
                session.progress().step(label);
                Results results = contest.run(
                        Releases.request(session, waiters), session.profile().rounds());
                rows.add(sooner(Row.of(label, Unit.TIME, results.median("", "ns"))
                        .java(results.median(who, "ns"))
                        .bytes(results.median("", "bytes"))));
            }
        }
        return rows;
    }

    /// Ours has no name in the table.
    static Contest contest(Session session, String ours, String theirs, String who) {
        return new Contest().add("", session::java, "kind", ours).add(who, session::java, "kind", theirs);
    }

    /// A time may be a tenth longer than the JDK's.
    static Row goal(Row row) {
        return row.goal(Goal.atLeast("≥ 0.91 x Java", row.againstJava(), 0.91));
    }

    /// Several waiters must be out sooner than by the JDK's.
    static Row sooner(Row row) {
        return row.goal(Goal.atLeast("≥ 1.0 x Java", row.againstJava(), 1));
    }
}
