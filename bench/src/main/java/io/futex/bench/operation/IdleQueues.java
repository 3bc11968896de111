package io.futex.bench.operation;

import io.futex.bench.peer.Request;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.util.List;
import java.util.function.UnaryOperator;

/// What it costs to wait for hardly anything, by a virtual thread asleep at each queue and by one thread that polls
/// all.
final class IdleQueues {
    private static final long MOST_MILLIS = 4_000;
    private static final int MOST_ROUNDS = 3;
    private static final String RECOVERY = "recovery";

    private IdleQueues() {}

    static List<String> run(Session session, List<Row> rows) {
        long millis = Math.min(4 * session.profile().windowMillis(), MOST_MILLIS);
        int rounds = Math.min(session.profile().rounds(), MOST_ROUNDS);
        try (Contest contest = new Contest()
                .ours(session::javaWithLibraries, strategy(session, "futex"))
                .java("back-off", session::javaWithLibraries, strategy(session, "Backoff"))
                .add("busy", session::javaWithLibraries, strategy(session, "BusySpin"))) {
            Request request = Request.of("quiet-queues");
            contest.practise(request.with("millis", millis / 4).with("idle-millis", 1), 1);
            Results results = contest.run(request.with("millis", millis).with("idle-millis", millis), rounds);
            rows.add(contest.row("processor time, no message", Unit.PERCENT, results, "idle-percent", 0.5));
            rows.add(contest.row("a message, p50", Unit.TIME, results, "ns", 0.5));
            rows.add(contest.row("a message, p99", Unit.TIME, results, "ns", 0.99));
        }
        try (Contest contest = new Contest().ours(session::java, "file", session.file(RECOVERY))) {
            Results results = contest.run(Request.of(RECOVERY).with("kills", rounds), 1);
            rows.add(contest.row("RobustMutex, from kill -9 of its owner", Unit.TIME, results, "ns", 0.5));
        }
        return List.of(
                "two JVMs, nothing is pinned; 100 messages a second, each to one of the 200 by lot; the processor time is that "
                        + "of the whole receiving process, of one processor",
                "ours is a virtual thread for each queue; back-off, which is Agrona's, and busy are one thread that polls "
                        + "all of the same queues");
    }

    private static UnaryOperator<Request> strategy(Session session, String strategy) {
        return request -> request.with("strategy", strategy).with("file", session.file("quiet-" + strategy));
    }
}
