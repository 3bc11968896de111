package io.futex.bench.operation;

import io.futex.bench.peer.Request;
import io.futex.bench.report.Figure;
import io.futex.bench.report.Goal;
import io.futex.bench.report.Report;
import io.futex.bench.report.Row;
import io.futex.bench.report.Statistics;
import io.futex.bench.report.Unit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Locks under contention.
final class Mutexes implements Operation {
    private static final String OURS = "";
    private static final String REENTRANT = "ReentrantLock";
    private static final String MONITOR = "synchronized";
    private static final String IN_SEGMENT = "static PMutex";
    private static final String POSIX = "pthread";
    private static final String THREE_STATE = "C three-state";
    private static final List<Integer> THREADS = List.of(1, 2, 4, 8, 16);

    @Override
    public String name() {
        return "mutex";
    }

    @Override
    public String title() {
        return "PMutex";
    }

    @Override
    public Report.Section run(Session session) throws IOException {
        List<Row> rows = new ArrayList<>();
        List<Double> factors = new ArrayList<>();
        double javaStep = session.javaStep();
        double cStep = session.programAbsence().isEmpty() ? session.cStep() : 1;
        try (Contest contest = contest(session, javaStep, cStep)) {
            warmUp(contest, session.profile());
            for (Profile.Lengths lengths : session.profile().sections()) {
                for (int threads : THREADS) {
                    List<Row> measured = measure(session, contest, lengths, threads);
                    rows.addAll(measured);
                    if (threads > 1 && !Double.isNaN(measured.get(0).againstJava())) {
                        factors.add(measured.get(0).againstJava());
                    }
                }
            }
        }
        double mean = factors.isEmpty()
                ? Double.NaN
                : Statistics.geometricMean(
                        factors.stream().mapToDouble(Double::doubleValue).toArray());
        Figure figure = factors.isEmpty() ? Figure.absent(OURS, "no lock was measured") : Figure.median(OURS, mean);
        rows.add(Row.of("geometric mean of vs Java, 2 to 16 threads", Unit.FACTOR, figure)
                .goal(Goal.atLeast("≥ 1.2", mean, 1.2)));
        return new Report.Section(title(), rows, notes(session, javaStep, cStep));
    }

    private static void warmUp(Contest contest, Profile profile) {
        contest.warmUp(request(new Profile.Lengths(0, 0), 1, profile.warmUpMillis()));
        contest.practise(request(new Profile.Lengths(400, 0), 4, 3 * profile.warmUpMillis()), 2);
        contest.practise(request(new Profile.Lengths(0, 0), 2, profile.warmUpMillis()), 1);
    }

    private static Contest contest(Session session, double javaStep, double cStep) {
        Contest contest = new Contest();
        add(contest, OURS, session::java, "PMutex", javaStep);
        add(contest, REENTRANT, session::java, "ReentrantLock", javaStep);
        add(contest, MONITOR, session::java, "synchronized", javaStep);
        if (session.profile().waits()) {
            add(contest, IN_SEGMENT, session::java, "PMutex.static", javaStep);
        }
        add(contest, POSIX, session::c, "pthread", cStep);
        add(contest, THREE_STATE, session::c, "three-state", cStep);
        return contest;
    }

    /// Each side gets the lengths in steps of its own.
    private static void add(Contest contest, String name, Contest.Maker maker, String lock, double step) {
        contest.add(
                name,
                maker,
                request -> request.with("lock", lock)
                        .with("inside", Math.round(request.number("inside-ns") / step))
                        .with("outside", Math.round(request.number("outside-ns") / step)));
    }

    private static Request request(Profile.Lengths lengths, int threads, long millis) {
        return Request.of("mutex")
                .with("threads", threads)
                .with("inside-ns", lengths.inside())
                .with("outside-ns", lengths.outside())
                .with("millis", millis);
    }

    private static List<Row> measure(Session session, Contest contest, Profile.Lengths lengths, int threads) {
        Profile profile = session.profile();
        String label = label(lengths) + ", " + threads + (threads == 1 ? " thread" : " threads");
        session.progress().step(label);
        Request request = request(lengths, threads, profile.windowMillis());
        Results results = contest.run(request, profile.rounds());
        List<Row> rows = new ArrayList<>();
        rows.add(throughput(label, results, profile.waits()));
        if (profile.waits() && threads > 1) {
            Results clocked = contest.run(request.with("clocked", 1), profile.rounds());
            rows.add(fairness("  longest wait", Unit.TIME, clocked, "longest-ns"));
            rows.add(fairness("  max/min sections of a thread", Unit.RATIO, results, "max-by-min"));
        }
        return rows;
    }

    private static Row throughput(String label, Results results, boolean withSegment) {
        Row row = Row.of(label, Unit.RATE, results.median(OURS, "ops-per-s"))
                .java(results.median(REENTRANT, "ops-per-s"))
                .c(results.median(POSIX, "ops-per-s"))
                .bytes(results.median(OURS, "bytes"))
                .beside(results.median(MONITOR, "ops-per-s"))
                .beside(results.median(THREE_STATE, "ops-per-s"));
        if (withSegment) {
            row = row.beside(results.median(IN_SEGMENT, "ops-per-s"));
        }
        return row.goal(Goal.atLeast("≥ 1.0 x Java", row.againstJava(), 1));
    }

    private static Row fairness(String label, Unit unit, Results results, String value) {
        Row row = Row.of(label, unit, results.median(OURS, value))
                .java(results.median(REENTRANT, value))
                .c(results.median(POSIX, value))
                .beside(results.median(MONITOR, value))
                .beside(results.median(THREE_STATE, value))
                .beside(results.median(IN_SEGMENT, value));
        return row.goal(Goal.atLeast("no worse than Java", row.againstJava(), 1));
    }

    private static String label(Profile.Lengths lengths) {
        String inside = lengths.inside() == 0 ? "empty" : Unit.TIME.format(lengths.inside()) + " inside";
        return lengths.outside() == 0 ? inside : inside + ", " + Unit.TIME.format(lengths.outside()) + " outside";
    }

    private static List<String> notes(Session session, double javaStep, double cStep) {
        List<String> notes = new ArrayList<>(List.of(
                "sections a second of all threads together, in windows of "
                        + session.profile().windowMillis()
                        + " ms in which all threads run; a plain counter in the section was checked after each; "
                        + "unpinned; lock objects old (after a GC), threads young; each lock in a JVM of its own",
                String.format(
                        Locale.ROOT,
                        "the work is a loop of shifts, %.3f ns a step in Java and %.3f ns in C",
                        javaStep,
                        cStep)));
        if (session.profile().waits()) {
            notes.add("the longest wait is the median over rounds of the longest of each, in windows of its own, since "
                    + "the clock takes time");
        }
        return notes;
    }
}
