package io.futex.bench.operation;

import io.futex.bench.peer.Request;
import io.futex.bench.report.Figure;
import io.futex.bench.report.Goal;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.util.List;
import java.util.stream.Stream;

/// Single calls of one thread: those that find nothing to do, those that cross to C, and waits that nobody ends.
final class Calls {
    private static final String ABS = "cross abs ";
    private static final String WAKE = "cross wake ";
    private static final String PLAIN = ABS + "plain";
    private static final List<Long> WAITS = List.of(10_000L, 100_000L, 1_000_000L);
    private static final long GOAL_NANOS = 100_000;

    /// The shortest waits before, until everything is compiled.
    private static final int WARM_UP = 10_000;

    private Calls() {}

    static List<String> run(Session session, List<Row> rows) {
        SingleCalls calls = SingleCalls.run(
                session,
                "wake",
                "wake-shared",
                "unpark",
                "wait-changed",
                "unpark-park",
                "lock PMutex",
                "lock ReentrantLock",
                "young lock ReentrantLock",
                "lock synchronized",
                "lock PMutex.static");
        Results c = c(session, "micro");
        Row local = calls.row("wake, nobody waits, local", "wake", "unpark", "unpark")
                .c(c.median(Contest.C, "wake-local"));
        rows.add(local.goal(Goal.atLeast("10 x cheaper than C", local.againstC(), 10)));
        rows.add(calls.row("wake, nobody waits, shared", "wake-shared").c(c.median(Contest.C, "wake-shared")));
        rows.add(calls.row("wait, the value has changed", "wait-changed", "unpark+park", "unpark-park")
                .c(c.median(Contest.C, "wait-changed")));
        Row lock = calls.row("PMutex lock and unlock, one thread", "lock PMutex", "ReentrantLock", "lock ReentrantLock")
                .beside(calls.time("lock synchronized", "synchronized"))
                .beside(calls.time("lock PMutex.static", "static PMutex"))
                .beside(calls.time("young lock ReentrantLock", "young ReentrantLock"));
        rows.add(lock.goal(Goal.atLeast("≤ 1.0 x Java", lock.againstJava(), 1)));
        return List.of(
                "Java by JMH 1.37, C in loops of its own; unpark is that of a running thread, unpark+park of the "
                        + "thread itself, so that it does not sleep",
                "what is measured lies in old objects, far from those of the threads, as in most programs; on a young "
                        + "one the store of ReentrantLock's owner needs no barrier");
    }

    private static Results c(Session session, String experiment) {
        try (Contest contest = new Contest().c(Contest.C, session::c, request -> request)) {
            return contest.run(session, "C", Request.of(experiment));
        }
    }

    /// What FFM costs, and what its restricted form and JNA would.
    static List<String> boundary(Session session, List<Row> rows) {
        boolean isLinux = System.getProperty("os.name", "").startsWith("Linux");
        SingleCalls calls = SingleCalls.run(
                session,
                Stream.of(
                                PLAIN,
                                ABS + "ffm",
                                ABS + "ffm-critical",
                                ABS + "jna",
                                WAKE + "ffm",
                                WAKE + "ffm-critical",
                                WAKE + "jna")
                        .filter(call -> isLinux || !call.startsWith(WAKE))
                        .toArray(String[]::new));
        Results c = c(session, "boundary");
        rows.add(cross("abs(int)", ABS, calls, c.median(Contest.C, "abs")));
        if (isLinux) {
            rows.add(cross("FUTEX_WAKE, nobody waits", WAKE, calls, c.median(Contest.C, "wake")));
        }
        return List.of(
                "ours is FFM; abs of libc does next to nothing; plain Java is a method that does the same and is not "
                        + "inlined, C a call by a pointer; Java by JMH 1.37",
                "FFM critical is Linker.Option.critical(false); JNA is a registered native method",
                "a wake is one of a private word by libc's syscall, on Linux only; its plain Java is the method above");
    }

    private static Row cross(String label, String call, SingleCalls calls, Figure c) {
        return calls.row(label, call + "ffm", "plain Java", PLAIN)
                .c(c)
                .beside(calls.time(call + "ffm-critical", "FFM critical"))
                .beside(calls.time(call + "jna", "JNA"));
    }

    /// How late a timed wait returns.
    static List<String> timedWaits(Session session, List<Row> rows) {
        Profile profile = session.profile();
        try (Contest contest = new Contest()
                .ours(session::java, "kind", "futex")
                .java("parkNanos", session::java, "kind", "park")
                .c("futex_wait", session::c, request -> request.with("call", "futex2"))
                .add("FUTEX_WAIT", session::c, "call", "futex")) {
            contest.warmUp(Request.of("late")
                    .with("nanos", WAITS.getFirst())
                    .with("samples", Math.min(WARM_UP, 200 * profile.lateSamples())));
            for (long nanos : WAITS) {
                String label = "wait of " + Unit.TIME.format((double) nanos);
                Results results = contest.run(
                        session, label, Request.of("late").with("nanos", nanos).with("samples", profile.lateSamples()));
                Row middle = contest.time(label + ", p50", results);
                rows.add(
                        nanos == GOAL_NANOS
                                ? middle.goal(Goal.atLeast("≥ 3 x less", middle.againstJava(), 3))
                                : middle);
                rows.add(contest.row(label + ", p99", Unit.TIME, results, "ns", 0.99));
            }
        }
        return List.of("C is futex_wait (system call 455), which has no timer slack; beside it FUTEX_WAIT, which has; "
                + profile.lateSamples() + " waits of each length in each round");
    }
}
