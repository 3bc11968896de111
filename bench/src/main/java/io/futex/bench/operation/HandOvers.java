package io.futex.bench.operation;

import io.futex.bench.os.Affinity;
import io.futex.bench.os.Placement;
import io.futex.bench.peer.Peer;
import io.futex.bench.peer.Request;
import io.futex.bench.report.Goal;
import io.futex.bench.report.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// The time of a round trip from one side to the other, wherever they are put, when both sleep while they wait.
final class HandOvers {
    private static final String THREADS = "pingpong";
    private static final String PROCESSES = "processes";
    private static final String BARE = "bare wait";
    private static final String FLAG = "look + flag";

    /// Of doorbells: long enough for moves every 20 ms, short enough for so many cells.
    private static final long MOST_MILLIS = 120;

    private static final Profile.Micro RINGS = new Profile.Micro(3, 2, 200);

    private HandOvers() {}

    static List<String> threads(Session session, List<Row> rows) {
        try (Contest contest = words(session).java("park", session::java, "kind", "park")) {
            c(session, contest);
            rows(
                    session,
                    contest,
                    "round trip",
                    row -> rows.add(againstC(row.goal(Goal.atLeast("faster than park", row.againstJava(), 1)), 1.1)));
        }
        return List.of(
                session.placementNote(),
                "bare FFM is the system call alone through a method handle: what a JVM pays at least",
                "ours is FutexWord.local with the interruptible await; C is FUTEX_WAIT and FUTEX_WAKE; park is "
                        + "LockSupport on a volatile field; nobody spins");
    }

    static List<String> processes(Session session, List<Row> rows) {
        try (Contest contest = words(session)) {
            c(session, rivals(session, contest));
            rows(
                    session,
                    contest,
                    Request.of(PROCESSES),
                    "round trip",
                    session.placements(),
                    session.profile().windowMillis(),
                    (row, unused) -> rows.add(
                            againstC(row.goal(Goal.atLeast("≥ 3 x faster than Java", row.againstJava(), 3)), 1.15)));
        }
        return List.of(
                session.placementNote(),
                "bare FFM is the system call alone through a method handle: what a JVM pays at least",
                "two JVMs, or two C processes; socket is a Unix-domain socket; poll sleeps by parkNanos(1) between looks "
                        + "at the same mapped word; spin is Thread.onSpinWait and takes a whole core on both sides, so "
                        + "it is no peer for the goal; what looks first stands beside the Doorbell");
    }

    static List<String> queues(Session session, List<Row> rows) {
        try (Contest contest = new Contest()
                .ours(session::java, kind(session, "queue-SPSC"))
                .add("MPMC", session::java, kind(session, "queue-MPMC"))) {
            rows(
                    session,
                    rivals(session, contest),
                    Request.of(PROCESSES),
                    "round trip of a record",
                    session.placements(),
                    session.profile().windowMillis(),
                    (row, unused) -> rows.add(row));
        }
        return List.of(
                session.placementNote(),
                "two JVMs, a queue in either direction; a byte a message for pipe and socket, which is a Unix-domain socket; "
                        + "poll and spin are a word without a queue; what idle queues cost stands below");
    }

    private static Contest words(Session session) {
        return new Contest()
                .ours(session::java, kind(session, "futex"))
                .add("bare FFM", session::java, kind(session, "bare"));
    }

    /// What sleeps in the JDK and is no word of ours; and what does not sleep.
    private static Contest rivals(Session session, Contest contest) {
        for (String kind : List.of("pipe", "socket", "poll")) {
            contest.rival(kind, session::java, kind(session, kind));
        }
        return contest.add("spin", session::java, kind(session, "spin"));
    }

    private static void c(Session session, Contest contest) {
        contest.c(Contest.C, () -> withFile(session), request -> request.with("file", session.file("c")));
    }

    private static Peer withFile(Session session) throws IOException {
        Files.write(session.file("c"), new byte[4096]);
        return session.c();
    }

    private static UnaryOperator<Request> kind(Session session, String kind) {
        return request -> request.with("kind", kind).with("file", session.file(kind));
    }

    private static Row againstC(Row row, double most) {
        return row.goal(Goal.atMost("≤ " + most + " x C", 1 / row.againstC(), most));
    }

    /// Of two threads, a row for each placement.
    static void rows(Session session, Contest contest, String label, Consumer<Row> rows) {
        rows(
                session,
                contest,
                Request.of(THREADS),
                label,
                session.placements(),
                session.profile().windowMillis(),
                (row, unused) -> rows.accept(row));
    }

    private static void rows(
            Session session,
            Contest contest,
            Request request,
            String label,
            List<Placement> placements,
            long millis,
            BiConsumer<Row, Results> rows) {
        Profile profile = session.profile();
        Request warmUp =
                at(request, placements.getFirst()).with("millis", Math.min(profile.warmUpMillis(), 3 * millis));
        contest.warmUp(warmUp);
        contest.practise(warmUp, 1);
        for (Placement placement : placements) {
            String complete = label + ", " + placement.label();
            session.progress().step(complete);
            // Where the scheduler puts an unpinned pair it leaves it for a while, on one core or on two, which differ
            // greatly: so more and shorter windows.
            boolean unpinned = placement.equals(Placement.UNPINNED);
            Results results = contest.run(
                    at(request, placement).with("millis", unpinned ? (millis + 1) / 2 : millis),
                    unpinned ? 2 * profile.rounds() + 1 : profile.rounds());
            rows.accept(contest.time(complete, results), results);
        }
    }

    private static Request at(Request request, Placement placement) {
        Request pinned = request.with("ping-cpu", placement.pingCpu()).with("pong-cpu", placement.pongCpu());
        return placement.pongOtherCpu() < 0 ? pinned : pinned.with("pong-other-cpu", placement.pongOtherCpu());
    }

    /// A Doorbell beside what looks never, always, or for ever, and beside what the system has.
    static List<String> doorbell(Session session, List<Row> rows) {
        List<Placement> placements = session.placements();
        if (Affinity.allowed().size() > 1) {
            placements.add(Placement.moved(Affinity.allowed()));
        }
        doorbell(session, rows, THREADS, "two threads", placements);
        doorbell(session, rows, PROCESSES, "two processes", placements);
        rings(session, rows);
        return doorbellNotes(session);
    }

    /// One row: two processes, each on a processor of its own if there are two.
    static List<String> briefDoorbell(Session session, List<Row> rows) {
        doorbell(
                session,
                rows,
                PROCESSES,
                "two processes",
                List.of(session.placements().getLast()));
        return doorbellNotes(session);
    }

    private static void doorbell(
            Session session, List<Row> rows, String experiment, String sides, List<Placement> placements) {
        try (Contest contest = new Contest()
                .ours(session::java, kind(session, "doorbell"))
                .add(BARE, session::java, kind(session, "futex"))
                .add("always look", session::java, kind(session, "futex-look"))
                .add(FLAG, session::java, kind(session, "look-flag"))) {
            long millis = Math.min(session.profile().windowMillis(), MOST_MILLIS);
            rows(
                    session,
                    rivals(session, contest),
                    Request.of(experiment),
                    sides,
                    placements,
                    millis,
                    (row, results) -> {
                        double better = Math.min(
                                results.median(BARE, "ns").value(),
                                results.median(FLAG, "ns").value());
                        rows.add(row.goal(Goal.atMost(
                                "≤ 1.2 x bare or look + flag", row.ours().value() / better, 1.2)));
                    });
        }
    }

    private static void rings(Session session, List<Row> rows) {
        Profile.Micro all = session.profile().micro();
        Profile.Micro micro = new Profile.Micro(
                Math.min(all.forks(), RINGS.forks()),
                Math.min(all.iterations(), RINGS.iterations()),
                Math.min(all.millis(), RINGS.millis()));
        SingleCalls calls = SingleCalls.run(session, micro, "ring", "ring-shared", "wake-shared");
        rows.add(calls.row("ring, nobody sleeps, local", "ring"));
        rows.add(calls.row("ring, nobody sleeps, shared", "ring-shared")
                .beside(calls.time("wake-shared", "wakeOne, nobody waits")));
    }

    private static List<String> doorbellNotes(Session session) {
        return List.of(
                session.placementNote(),
                "round trips of one word, as fast as they go; a mapped file between processes; bare wait makes the "
                        + "system call at once, and so a wake for each message; always look is the same after 12 us of "
                        + "looks; look + flag does so too, but who sends wakes only who sleeps",
                "poll sleeps by parkNanos(1) between looks; spin takes a whole processor on both sides, so it is no peer; "
                        + "the Java peer is the fastest of those that sleep");
    }

    /// A Java thread and a WebAssembly guest, on each kind of memory. Unpinned, a pair stays on one processor or on two
    /// for as long as the scheduler likes, which differ by ten times.
    static List<String> guests(Session session, List<Row> rows) {
        List<Placement> placements = session.placements();
        try (Contest contest = new Contest()
                .ours(session::java, request -> request.with("memory", "own"))
                .add("Endive's own memory", session::java, "memory", "endive")
                .java("park", session::java, request -> new Request(THREADS, request.values()).with("kind", "park"))) {
            rows(
                    session,
                    contest,
                    Request.of("guests"),
                    "Java to guest and back",
                    placements.subList(Math.min(1, placements.size() - 1), placements.size()),
                    session.profile().windowMillis(),
                    (row, unused) -> rows.add(row));
        }
        return List.of(
                session.placementNote(),
                "ours is SharedWasmMemory; the guest is compiled C in Endive's interpreter; park is LockSupport on a volatile "
                        + "field between Java threads; nobody spins; two threads of one process",
                "on one processor it is the calls that cost, on two the waking of a processor");
    }
}
