package io.futex.bench.operation;

import io.futex.bench.peer.Peer;
import io.futex.bench.peer.Request;
import io.futex.bench.report.Figure;
import io.futex.bench.report.Goal;
import io.futex.bench.report.Row;
import io.futex.bench.report.Statistics;
import io.futex.bench.report.Unit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;

/// Locks under contention.
final class Mutexes {
    private static final String REENTRANT = "ReentrantLock";

    private Mutexes() {}

    static List<String> run(Session session, List<Row> rows) throws IOException {
        double javaStep = step(session.java());
        double cStep = session.programAbsence().isEmpty() ? step(session.c()) : 1;
        Profile profile = session.profile();
        List<Double> factors = new ArrayList<>();
        try (Contest contest = contest(session, javaStep, cStep)) {
            contest.warmUp(request(new Profile.Lengths(0, 0), 1).with("millis", profile.warmUpMillis()));
            contest.practise(request(new Profile.Lengths(400, 0), 4).with("millis", 3 * profile.warmUpMillis()), 2);
            contest.practise(request(new Profile.Lengths(0, 0), 2).with("millis", profile.warmUpMillis()), 1);
            for (Profile.Lengths lengths : profile.sections()) {
                for (int threads : List.of(1, 2, 4, 8, 16)) {
                    double factor = measure(session, rows, contest, lengths, threads);
                    if (threads > 1 && !Double.isNaN(factor)) {
                        factors.add(factor);
                    }
                }
            }
        }
        double mean = Statistics.geometricMean(
                factors.stream().mapToDouble(Double::doubleValue).toArray());
        Figure figure = factors.isEmpty() ? Figure.absent("", "no lock was measured") : Figure.median("", mean);
        rows.add(Row.of("geometric mean of vs Java, 2 to 16 threads", Unit.FACTOR, figure)
                .goal(Goal.atLeast("≥ 1.2", mean, 1.2)));
        return notes(profile, javaStep, cStep);
    }

    /// How long a step of work takes.
    private static double step(Peer calibrated) throws IOException {
        try (Peer peer = calibrated) {
            return peer.run(Request.of("calibrate")).samples("step-ns")[0];
        }
    }

    private static Contest contest(Session session, double javaStep, double cStep) {
        return new Contest()
                .ours(session::java, lock("PMutex", javaStep))
                .java(REENTRANT, session::java, lock(REENTRANT, javaStep))
                .add("synchronized", session::java, lock("synchronized", javaStep))
                .c("pthread", session::c, lock("pthread", cStep))
                .add("C three-state", session::c, lock("three-state", cStep));
    }

    /// Each side gets the lengths in steps of its own.
    private static UnaryOperator<Request> lock(String lock, double step) {
        return request -> request.with("lock", lock)
                .with("inside", Math.round(request.number("inside-ns") / step))
                .with("outside", Math.round(request.number("outside-ns") / step));
    }

    private static Request request(Profile.Lengths lengths, int threads) {
        return Request.of("mutex")
                .with("threads", threads)
                .with("inside-ns", lengths.inside())
                .with("outside-ns", lengths.outside());
    }

    /// @return how many times better ours is than Java's
    private static double measure(
            Session session, List<Row> rows, Contest contest, Profile.Lengths lengths, int threads) {
        String label = label(lengths) + ", " + threads + (threads == 1 ? " thread" : " threads");
        Request request = request(lengths, threads);
        Results results = contest.run(session, label, request);
        Row row = contest.rate(label, results);
        rows.add(row.goal(Goal.atLeast("≥ 1.0 x Java", row.againstJava(), 1)));
        if (session.profile().waits() && threads > 1) {
            Results clocked = contest.run(session, label, request.with("clocked", 1));
            rows.add(fair(contest.row("  longest wait", Unit.TIME, clocked, "longest-ns")));
            rows.add(fair(contest.row("  max/min sections of a thread", Unit.RATIO, results, "max-by-min")));
        }
        return row.againstJava();
    }

    private static Row fair(Row row) {
        return row.goal(Goal.atLeast("no worse than Java", row.againstJava(), 1));
    }

    private static String label(Profile.Lengths lengths) {
        String inside = lengths.inside() == 0 ? "empty" : Unit.TIME.format(lengths.inside()) + " inside";
        return lengths.outside() == 0 ? inside : inside + ", " + Unit.TIME.format(lengths.outside()) + " outside";
    }

    private static List<String> notes(Profile profile, double javaStep, double cStep) {
        List<String> notes = new ArrayList<>(List.of(
                "sections a second of all threads together, in windows of " + profile.windowMillis()
                        + " ms in which all threads run; a plain counter in the section was checked after each; "
                        + "unpinned; lock objects old (after a GC), threads young; each lock in a JVM of its own",
                String.format(
                        Locale.ROOT,
                        "the work is a loop of shifts, %.3f ns a step in Java and %.3f ns in C",
                        javaStep,
                        cStep)));
        if (profile.waits()) {
            notes.add("the longest wait is the median over rounds of the longest of each, in windows of its own, since "
                    + "the clock takes time");
        }
        return notes;
    }
}
