package io.futex.bench.operation;

import io.futex.bench.peer.Request;
import io.futex.bench.report.Figure;
import io.futex.bench.report.Goal;
import io.futex.bench.report.Report;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Consumers of other libraries, waiting by those libraries' own strategies and by ours.
final class Adapters implements Operation {
    private static final String OURS = "";

    /// Who takes less than this while there is nothing to do is a peer; who takes more burns a processor.
    private static final double MOST_IDLE_PERCENT = 5;

    private static final int MOST_ROUNDS = 3;
    private static final long MOST_MILLIS = 600;
    private static final long BURST = 200_000;

    /// @param label for the table
    /// @param queue as the experiment names it
    /// @param ours the name of our strategy there
    /// @param strategies the library's own
    private record Library(String label, String queue, String ours, List<String> strategies) {}

    private static final List<String> AGRONA =
            List.of("BusySpin", "Yielding", "Backoff", "Sleeping-1us", "SleepingMillis-1");
    private static final List<Library> LIBRARIES = List.of(
            new Library("Agrona, one process", "ring", "futex", AGRONA),
            new Library("Agrona, two processes", "file", "futex", AGRONA),
            new Library(
                    "Disruptor",
                    "disruptor",
                    "futex",
                    List.of("BusySpin", "Yielding", "Sleeping", "Blocking", "LiteBlocking")),
            new Library(
                    "Chronicle",
                    "ring",
                    "Pauser.futex",
                    List.of("Pauser.busy", "Pauser.balanced", "Pauser.sleepy", "Pauser.millis-1", "LongPauser")));

    @Override
    public String name() {
        return "adapters";
    }

    @Override
    public String title() {
        return "consumers of Agrona, Disruptor, Chronicle";
    }

    @Override
    public boolean isQuick() {
        return false;
    }

    @Override
    public Report.Section run(Session session) {
        List<Row> rows = new ArrayList<>();
        for (Library library : LIBRARIES) {
            session.progress().step(library.label);
            rows.addAll(rows(library, measure(session, library)));
        }
        return new Report.Section(
                title(),
                rows,
                List.of(
                        "one producer, 2 000 messages a second with a jitter of 20 %, one consumer; nothing is pinned; two "
                                + "processes share a mapped file; the processor time is that of the consumer's thread, of one processor",
                        "send is one publication and its signal at that pace; a burst is " + burst(session.profile())
                                + " messages as fast as they go, by message",
                        "the Java peer is the best of those strategies of the library that take less than 5 % while "
                                + "there is nothing to do",
                        "Chronicle's pausers wait for Agrona's ring; where there are few processors the library hands "
                                + "out other ones than were asked for: Pauser.sleepy below 4, and below 8 "
                                + "Pauser.balanced for Pauser.busy; LongPauser is (0, 0, 100 us, 20 ms)"));
    }

    private static Results measure(Session session, Library library) {
        Profile profile = session.profile();
        long millis = Math.min(profile.windowMillis(), MOST_MILLIS);
        try (Contest contest = new Contest()) {
            add(contest, session, library, OURS, library.ours);
            library.strategies.forEach(strategy -> add(contest, session, library, strategy, strategy));
            Request request = Request.of("delivery").with("burst", burst(profile));
            long warmUp = Math.min(profile.warmUpMillis(), MOST_MILLIS / 2);
            contest.practise(request.with("millis", warmUp).with("idle-millis", 1), 1);
            return contest.run(
                    request.with("millis", millis).with("idle-millis", millis / 2),
                    Math.min(profile.rounds(), MOST_ROUNDS));
        }
    }

    private static long burst(Profile profile) {
        return Math.min(BURST, 1000 * profile.windowMillis());
    }

    private static void add(Contest contest, Session session, Library library, String name, String strategy) {
        contest.add(
                name,
                session::javaWithLibraries,
                request -> request.with("queue", library.queue)
                        .with("strategy", strategy)
                        .with("file", session.file(library.queue + "-" + strategy)));
    }

    private static List<Row> rows(Library library, Results results) {
        List<String> peers = library.strategies.stream()
                .filter(name -> results.median(name, "idle-percent").value() < MOST_IDLE_PERCENT)
                .toList();
        Row p50 = row(library, "p50 one way", Unit.TIME, results, "ns", 0.5, peers);
        Row p99 = row(library, "p99 one way", Unit.TIME, results, "ns", 0.99, peers);
        return List.of(
                p50.goal(Goal.atLeast("ahead", p50.againstJava(), 1)),
                p99.goal(Goal.atLeast("ahead", p99.againstJava(), 1)),
                row(library, "processor time at 2 000/s", Unit.PERCENT, results, "busy-percent", 0.5, peers),
                row(library, "processor time idle", Unit.PERCENT, results, "idle-percent", 0.5, peers),
                row(library, "send", Unit.TIME, results, "send-ns", 0.5, peers),
                row(library, "burst, a message", Unit.TIME, results, "burst-ns", 0.5, peers));
    }

    private static Row row(
            Library library,
            String label,
            Unit unit,
            Results results,
            String value,
            double fraction,
            List<String> peers) {
        Row row = Row.of(library.label + ": " + label, unit, results.quantile(OURS, value, fraction));
        List<Figure> figures = library.strategies.stream()
                .map(name -> results.quantile(name, value, fraction))
                .toList();
        Optional<Figure> best = figures.stream()
                .filter(figure -> peers.contains(figure.who()))
                .min(Comparator.comparingDouble(Figure::value));
        for (Figure figure : figures) {
            row = best.filter(figure::equals).isPresent() ? row.java(figure) : row.beside(figure);
        }
        return row;
    }
}
