package io.futex.bench.operation;

import io.futex.bench.peer.Request;
import io.futex.bench.report.Goal;
import io.futex.bench.report.Row;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// The primitives but the mutex, each beside its like in the JDK: in one thread that never waits, by several, and many
/// waiters at once.
final class Primitives {
    private static final String REENTRANT_RW = "ReentrantReadWriteLock";
    private static final String STAMPED = "StampedLock";
    private static final String LATCH = "CountDownLatch";
    private static final String CONDITION = "ReentrantLock's";
    private static final String CYCLIC = "CyclicBarrier";
    private static final String SEMAPHORE = "Semaphore";
    private static final String JDK_SEMAPHORE = "java.util.concurrent.Semaphore";
    private static final String TASK = "FutureTask";
    private static final String SUPPORT = "LockSupport";
    private static final List<Integer> THREADS = List.of(2, 4, 8);

    /// One of ours and its like in the JDK, as the experiments name them.
    ///
    /// @param who of the JDK, for the table
    private record Pair(String label, String ours, String who, String theirs) {}

    private Primitives() {}

    /// By the bare word.
    static List<String> release(Session session, List<Row> rows) {
        try (Contest contest = contest(session, "word", "latch", LATCH).c(session::c, "kind", "word")) {
            releases(
                    session,
                    contest,
                    "",
                    row -> rows.add(
                            row.operation().startsWith("1000 ")
                                    ? row.goal(Goal.atLeast("≥ 5 x sooner", row.againstJava(), 5))
                                    : row));
        }
        return List.of(
                "from before FutexWord.wakeAll, countDown or FUTEX_WAKE to the moment at which the last thread is out of "
                        + "its await; all waiters asleep; median of "
                        + session.profile().releaseRounds() + " releases in each round; unpinned");
    }

    static List<String> waitGroup(Session session, List<Row> rows) {
        SingleCalls calls = SingleCalls.run(session, "wait-group", "latch", "phaser");
        rows.add(calls.row("add, done, await: one thread", "wait-group", LATCH, "latch")
                .beside(calls.time("phaser", "Phaser")));
        try (Contest contest =
                contest(session, "wait-group", "latch", LATCH).add("Phaser", session::java, "kind", "phaser")) {
            releases(session, contest, "done releases ", rows::add);
        }
        return List.of(
                "add(1), done(), await() by JMH against new CountDownLatch(1), countDown(), await(), since a latch "
                        + "cannot count up, and against register(), arriveAndDeregister(), awaitAdvance() of a Phaser");
    }

    static List<String> rwMutex(Session session, List<Row> rows) {
        Profile profile = session.profile();
        try (Contest contest = new Contest()
                .ours(session::java, "lock", "RwMutex")
                .java(REENTRANT_RW, session::java, "lock", REENTRANT_RW)
                .add(STAMPED, session::java, "lock", STAMPED)) {
            contest.warmUp(readWrite(1, 10).with("millis", profile.warmUpMillis()));
            contest.practise(readWrite(2, 10).with("millis", profile.warmUpMillis()), 1);
            contest.practise(readWrite(4, 100).with("millis", profile.warmUpMillis()), 1);
            rate(session, rows, contest, "one thread reads", readWrite(1, 0));
            rate(session, rows, contest, "one thread writes", readWrite(1, 100));
            for (int threads : THREADS) {
                for (int writers : List.of(0, 10, 100)) {
                    String label = threads + " threads, " + writers + " % writes";
                    rate(session, rows, contest, label, readWrite(threads, writers));
                }
            }
        }
        sooner(session, rows, "write unlock releases ", "rw-mutex", "jdk-rw-lock", REENTRANT_RW);
        return List.of(
                "sections a second of all threads together, in windows of " + profile.windowMillis()
                        + " ms in which all threads run; a section compares two counters, or counts both up; unpinned; "
                        + "lock objects old (after a GC), threads young; each lock in a JVM of its own",
                "releases: readers; from before the unlock to the moment at which the last one has let go of the lock; "
                        + "all waiters asleep");
    }

    private static Request readWrite(int threads, int writers) {
        return Request.of("rw-lock").with("threads", threads).with("writers", writers);
    }

    static List<String> condition(Session session, List<Row> rows) {
        alone(session, rows, List.of(new Pair("lock, signal, unlock: one thread", "signal", CONDITION, "jdk-signal")));
        try (Contest contest = contest(session, "condition", "jdk-condition", CONDITION)) {
            HandOvers.rows(session, contest, "signal, await: round trip", row -> rows.add(goal(row)));
            releases(session, contest, "signalAll for ", row -> rows.add(sooner(row)));
        }
        return List.of(
                "round trip: two threads change a field under the lock in turns, signal, and await the other's change",
                session.placementNote(),
                "one thread: old objects, as for PMutex",
                "signalAll: from before the lock is taken for it to the moment at which the last thread has let go of "
                        + "the lock after its await; all waiters asleep");
    }

    static List<String> barrier(Session session, List<Row> rows) {
        alone(session, rows, List.of(new Pair("await: one party", "barrier", CYCLIC, "cyclic-barrier")));
        Request trips = Request.of("barrier");
        try (Contest contest = contest(session, "Barrier", CYCLIC, CYCLIC)) {
            Request warmUp = trips.with("millis", session.profile().warmUpMillis());
            contest.warmUp(warmUp.with("threads", 2));
            contest.practise(warmUp.with("threads", 4), 1);
            for (int threads : THREADS) {
                rate(session, rows, contest, "trips of " + threads + " threads", trips.with("threads", threads));
            }
        }
        return List.of(
                "one party by JMH; the others: generations a second, as many parties as threads, nothing to do in "
                        + "between, in windows of " + session.profile().windowMillis() + " ms; unpinned");
    }

    static List<String> semaphore(Session session, List<Row> rows) {
        String passed = SingleCalls.CROWD + "pass ";
        alone(
                session,
                rows,
                List.of(
                        new Pair("Semaphore: acquire, release", "lock Semaphore", SEMAPHORE, "lock " + JDK_SEMAPHORE),
                        new Pair("auto-reset Event: set, await", "lock Event", SEMAPHORE, "lock " + JDK_SEMAPHORE),
                        new Pair("manual-reset Event: await when set", "pass Event", LATCH, "pass " + LATCH),
                        new Pair(
                                "manual-reset Event: await when set, 4 threads",
                                passed + "Event",
                                LATCH,
                                passed + LATCH),
                        new Pair("Once: run when done", "pass Once", TASK, "pass " + TASK),
                        new Pair("Once: run when done, 4 threads", passed + "Once", TASK, passed + TASK),
                        new Pair("Parker: unpark, park", "parker", SUPPORT, "unpark-park")));
        locks(session, rows, new Pair("Semaphore as a lock", "Semaphore", SEMAPHORE, JDK_SEMAPHORE));
        locks(session, rows, new Pair("Event as a lock", "Event", SEMAPHORE, JDK_SEMAPHORE));
        try (Contest contest = contest(session, "parker", "park", SUPPORT)) {
            HandOvers.rows(session, contest, "Parker: round trip", row -> rows.add(goal(row)));
        }
        sooner(session, rows, "Event.set releases ", "event", "latch", LATCH);
        sooner(session, rows, "Semaphore.release(n) releases ", "semaphore", "jdk-semaphore", SEMAPHORE);
        return List.of(
                "the first rows by JMH: one thread, which finds what it asks for, or four at the same object, the time "
                        + "that one of them takes",
                "as a lock: sections a second of all threads together, empty sections, one thread inside at a time, "
                        + "checked by a plain counter; each kind in a JVM of its own",
                session.placementNote(),
                "releases: from before the one call to the moment at which the last thread is out of its await; all "
                        + "waiters asleep; unpinned");
    }

    static List<String> callersMemory(Session session, List<Row> rows) {
        alone(
                session,
                rows,
                List.of(
                        new Pair("PMutex: lock, unlock", "lock PMutex.memory", "ReentrantLock", "lock ReentrantLock"),
                        new Pair(
                                "Semaphore: acquire, release",
                                "lock Semaphore.memory",
                                SEMAPHORE,
                                "lock " + JDK_SEMAPHORE),
                        new Pair(
                                "auto-reset Event: set, await",
                                "lock Event.memory",
                                SEMAPHORE,
                                "lock " + JDK_SEMAPHORE),
                        new Pair("manual-reset Event: await when set", "pass Event.memory", LATCH, "pass " + LATCH)));
        locks(session, rows, new Pair("PMutex", "PMutex.memory", "ReentrantLock", "ReentrantLock"));
        locks(session, rows, new Pair("Semaphore as a lock", "Semaphore.memory", SEMAPHORE, JDK_SEMAPHORE));
        locks(session, rows, new Pair("Event as a lock", "Event.memory", SEMAPHORE, JDK_SEMAPHORE));
        return List.of(
                "each over a segment of the caller, else as the rows of the same name elsewhere; the first rows by "
                        + "JMH, one thread");
    }

    /// By JMH: what finds nothing to wait for.
    private static void alone(Session session, List<Row> rows, List<Pair> pairs) {
        SingleCalls calls = SingleCalls.run(
                session,
                pairs.stream()
                        .flatMap(pair -> Stream.of(pair.ours, pair.theirs))
                        .distinct()
                        .toArray(String[]::new));
        pairs.forEach(pair -> rows.add(goal(calls.row(pair.label, pair.ours, pair.who, pair.theirs))));
    }

    /// Empty sections, one thread inside at a time.
    private static void locks(Session session, List<Row> rows, Pair pair) {
        try (Contest contest = new Contest()
                .ours(session::java, "lock", pair.ours)
                .java(pair.who, session::java, "lock", pair.theirs)) {
            Request request = Request.of("mutex").with("inside", 0);
            // One JVM at a time: its code is compiled for the contention that it meets first.
            contest.practise(
                    request.with("threads", 4)
                            .with("millis", 3 * session.profile().warmUpMillis()),
                    2);
            for (int threads : THREADS) {
                rate(
                        session,
                        rows,
                        contest,
                        pair.label + ", " + threads + " threads",
                        request.with("threads", threads));
            }
        }
    }

    private static void rate(Session session, List<Row> rows, Contest contest, String label, Request request) {
        rows.add(goal(contest.rate(label, contest.run(session, label, request))));
    }

    private static void sooner(Session session, List<Row> rows, String call, String ours, String theirs, String who) {
        try (Contest contest = contest(session, ours, theirs, who)) {
            releases(session, contest, call, row -> rows.add(sooner(row)));
        }
    }

    /// Many waiters at once. All shall sleep: on two processors ten that look for 0.2 ms before need more than a
    /// millisecond.
    ///
    /// @param call that releases them, for the label
    private static void releases(Session session, Contest contest, String call, Consumer<Row> rows) {
        Request request = Request.of("release");
        contest.warmUp(request.with("waiters", 20)
                .with("rounds", Math.min(100, 20 * session.profile().releaseRounds()))
                .with("settle-us", 100));
        for (int waiters : session.profile().waiters()) {
            String label = call + waiters + " waiters, the last one out";
            rows.accept(contest.time(
                    label,
                    contest.run(
                            session,
                            label,
                            request.with("waiters", waiters)
                                    .with("rounds", session.profile().releaseRounds())
                                    .with("settle-us", 4000 + 20L * waiters))));
        }
    }

    private static Contest contest(Session session, String ours, String theirs, String who) {
        return new Contest().ours(session::java, "kind", ours).java(who, session::java, "kind", theirs);
    }

    /// A time may be a tenth longer than the JDK's.
    private static Row goal(Row row) {
        return row.goal(Goal.atLeast("≥ 0.91 x Java", row.againstJava(), 0.91));
    }

    /// Several waiters must be out sooner than by the JDK's.
    private static Row sooner(Row row) {
        return row.goal(Goal.atLeast("≥ 1.0 x Java", row.againstJava(), 1));
    }
}
