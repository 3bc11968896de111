package io.futex.bench.operation;

import io.futex.bench.peer.Request;
import io.futex.bench.report.Goal;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.util.List;
import java.util.Locale;

/// Channels and select, beside those of other libraries and of Go.
final class Channels {
    /// A window is long enough to tell what other programs took. A pair of threads may be in another mood in the next
    /// one, so many short ones tell more than a long one.
    private static final long MOST_MILLIS = 100;

    private static final long MOST_WARM_UP_MILLIS = 250;
    private static final int MOST_WINDOWS = 2;

    /// What other programs may take of one processor, in percent.
    private static final int MOST_FOREIGN = 15;

    /// How much of the operation is measured.
    private enum Part {
        ONE_ROW,
        SHORT,
        ALL
    }

    /// Something else on the JVM.
    ///
    /// @param name in the table
    /// @param kind of the experiment
    private record Rival(String name, String kind) {}

    /// What parties do with a channel.
    ///
    /// @param label in the table
    /// @param part the least to which it belongs
    private record Cell(String label, Request request, Part part) {}

    /// Cells with the same rivals.
    private record Group(List<Rival> rivals, List<Cell> cells) {}

    private static final Rival JOX = new Rival("jox", "jox");
    private static final Rival KOTLIN = new Rival("Kotlin", "kotlin");
    private static final Rival ARRAY = new Rival("ArrayBlockingQueue", "array");
    private static final Rival SYNCHRONOUS = new Rival("SynchronousQueue", "synchronous");
    private static final Rival TRANSFER = new Rival("LinkedTransferQueue", "transfer");

    private static final List<Group> GROUPS = List.of(
            new Group(
                    List.of(SYNCHRONOUS, TRANSFER, JOX, KOTLIN),
                    List.of(
                            transfer("unbuffered", 0, 1, 1, Part.ONE_ROW),
                            transfer("unbuffered", 0, 4, 1, Part.ALL),
                            transfer("unbuffered", 0, 4, 4, Part.ALL))),
            new Group(
                    List.of(ARRAY, JOX, KOTLIN),
                    List.of(
                            transfer("buffer of 1", 1, 1, 1, Part.ALL),
                            transfer("buffer of 1", 1, 4, 1, Part.ALL),
                            transfer("buffer of 1", 1, 4, 4, Part.ALL),
                            transfer("buffer of 64", 64, 1, 1, Part.SHORT),
                            transfer("buffer of 64", 64, 4, 1, Part.ALL),
                            transfer("buffer of 64", 64, 4, 4, Part.SHORT),
                            alone("one sends and receives", "alone"),
                            alone("one tries to, and does", "attempts"),
                            alone("one tries to receive, and does not", "misses"))),
            new Group(
                    List.of(JOX, KOTLIN),
                    List.of(
                            new Cell("select of 2", form("select").with("channels", 2), Part.ALL),
                            new Cell("select of 8", form("select").with("channels", 8), Part.SHORT))));

    private Channels() {}

    private static Cell transfer(String label, int capacity, int senders, int receivers, Part part) {
        Request request = form("transfer")
                .with("capacity", capacity)
                .with("senders", senders)
                .with("receivers", receivers);
        return new Cell(label + ", " + senders + " to " + receivers, request, part);
    }

    private static Cell alone(String label, String form) {
        return new Cell(label, form(form), Part.ALL);
    }

    private static Request form(String form) {
        return Request.of("channel").with("form", form).with("most-foreign", MOST_FOREIGN);
    }

    static List<String> run(Session session, List<Row> rows) {
        Part part = session.profile().equals(Profile.QUICK) ? Part.SHORT : Part.ALL;
        return run(session, rows, part, List.of("virtual", "platform"));
    }

    static List<String> brief(Session session, List<Row> rows) {
        return run(session, rows, Part.ONE_ROW, List.of("virtual"));
    }

    private static List<String> run(Session session, List<Row> rows, Part part, List<String> kinds) {
        Windows windows = new Windows();
        for (String threads : kinds) {
            for (Group group : GROUPS) {
                try (Contest contest = contest(session, group)) {
                    group.cells.stream()
                            .filter(cell -> cell.part.compareTo(part) <= 0)
                            .map(cell -> measure(session, contest, cell, threads, windows))
                            .forEach(rows::add);
                }
            }
        }
        return notes(session.profile(), windows);
    }

    /// Peers start when their turn comes: a group without cells starts none.
    private static Contest contest(Session session, Group group) {
        Contest contest = new Contest().ours(session::java, "kind", "channel");
        for (Rival rival : group.rivals) {
            contest.rival(rival.name, session::java, request -> request.with("kind", rival.kind));
        }
        return contest.c("Go", session::go, request -> request);
    }

    private static Row measure(Session session, Contest contest, Cell cell, String threads, Windows windows) {
        String label = cell.label + ", " + threads;
        session.progress().step(label);
        Profile profile = session.profile();
        Request request = cell.request.with("threads", threads);
        // One JVM at a time: its code is compiled for what it meets first.
        contest.practise(
                request.with("millis", Math.min(profile.warmUpMillis(), MOST_WARM_UP_MILLIS))
                        .with("windows", 1),
                1);
        Results results = contest.run(
                request.with("millis", Math.min(profile.windowMillis(), MOST_MILLIS))
                        .with("windows", Math.clamp(profile.windowMillis() / MOST_MILLIS, 1, MOST_WINDOWS)),
                profile.rounds());
        windows.all += results.count("windows");
        windows.dropped += results.count("dropped");
        Row row = contest.row(label, Unit.TIME, results, "ns");
        return row.goal(Goal.atLeast("ahead of the JVM", row.againstJava(), 1))
                .goal(Goal.atLeast("ahead of Go", row.againstC(), 1));
    }

    /// How many were measured, of all peers together.
    private static final class Windows {
        private long all;
        private long dropped;
    }

    private static List<String> notes(Profile profile, Windows windows) {
        return List.of(
                "time for each value, senders to receivers; all parties run from before each window of "
                        + Math.min(profile.windowMillis(), MOST_MILLIS)
                        + " ms to after it; unpinned; each implementation in a JVM of its own for each kind of thread and "
                        + "of channel; each value was received once",
                "the Java peer is the fastest other one of the row; SynchronousQueue by put and take, "
                        + "LinkedTransferQueue by transfer; jox has no try forms but a select with a default",
                "Kotlin: coroutines on the default dispatcher, which has as many threads as there are processors, "
                        + "beside virtual threads; on a pool of as many threads as parties beside platform threads",
                "Go stands in the column of C: goroutines, in rows of platform threads too",
                String.format(
                        Locale.ROOT,
                        "%,d of %,d windows were dropped, in which other programs took more than %d %% of a processor",
                        windows.dropped,
                        windows.all,
                        MOST_FOREIGN));
    }
}
