package io.futex.bench.operation;

import io.futex.bench.peer.Request;
import io.futex.bench.report.Goal;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.util.List;
import java.util.function.UnaryOperator;

/// Consumers of other libraries, waiting by those libraries' own strategies and by ours.
final class Adapters {
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

    private Adapters() {}

    static List<String> run(Session session, List<Row> rows) {
        for (Library library : LIBRARIES) {
            session.progress().step(library.label);
            measure(session, library, rows);
        }
        return List.of(
                "one producer, 2 000 messages a second with a jitter of 20 %, one consumer; nothing is pinned; two "
                        + "processes share a mapped file; the processor time is that of the consumer's thread, of one "
                        + "processor",
                "send is one publication and its signal at that pace; a burst is " + burst(session.profile())
                        + " messages as fast as they go, by message",
                "the Java peer is the best of those strategies of the library that take less than 5 % while there is "
                        + "nothing to do",
                "Chronicle's pausers wait for Agrona's ring; where there are few processors the library hands out other "
                        + "ones than were asked for: Pauser.sleepy below 4, and below 8 Pauser.balanced for Pauser.busy; "
                        + "LongPauser is (0, 0, 100 us, 20 ms)");
    }

    private static long burst(Profile profile) {
        return Math.min(BURST, 1000 * profile.windowMillis());
    }

    private static void measure(Session session, Library library, List<Row> rows) {
        Profile profile = session.profile();
        long millis = Math.min(profile.windowMillis(), MOST_MILLIS);
        try (Contest contest =
                new Contest().ours(session::javaWithLibraries, strategy(session, library, library.ours))) {
            for (String strategy : library.strategies) {
                contest.rival(strategy, session::javaWithLibraries, strategy(session, library, strategy));
            }
            Request request = Request.of("delivery").with("burst", burst(profile));
            long warmUp = Math.min(profile.warmUpMillis(), MOST_MILLIS / 2);
            contest.practise(request.with("millis", warmUp).with("idle-millis", 1), 1);
            Results results = contest.run(
                    request.with("millis", millis).with("idle-millis", millis / 2),
                    Math.min(profile.rounds(), MOST_ROUNDS));
            Rows part = (label, unit, value, fraction) -> contest.row(
                    library.label + ": " + label,
                    unit,
                    results,
                    value,
                    fraction,
                    who -> results.median(who, "idle-percent").value() < MOST_IDLE_PERCENT);
            rows.add(ahead(part.row("p50 one way", Unit.TIME, "ns", 0.5)));
            rows.add(ahead(part.row("p99 one way", Unit.TIME, "ns", 0.99)));
            rows.add(part.row("processor time at 2 000/s", Unit.PERCENT, "busy-percent", 0.5));
            rows.add(part.row("processor time idle", Unit.PERCENT, "idle-percent", 0.5));
            rows.add(part.row("send", Unit.TIME, "send-ns", 0.5));
            rows.add(part.row("burst, a message", Unit.TIME, "burst-ns", 0.5));
        }
    }

    /// Of one library.
    private interface Rows {
        Row row(String label, Unit unit, String value, double fraction);
    }

    private static Row ahead(Row row) {
        return row.goal(Goal.atLeast("ahead", row.againstJava(), 1));
    }

    private static UnaryOperator<Request> strategy(Session session, Library library, String strategy) {
        return request -> request.with("queue", library.queue)
                .with("strategy", strategy)
                .with("file", session.file(library.queue + "-" + strategy));
    }
}
