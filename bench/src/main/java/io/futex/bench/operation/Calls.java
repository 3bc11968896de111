package io.futex.bench.operation;

import io.futex.bench.peer.Request;
import io.futex.bench.report.Goal;
import io.futex.bench.report.Report;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.util.List;
import java.util.Map;

/// Single calls that find nothing to do.
final class Calls implements Operation {
    private static final String OURS = "";
    private static final String C = "C";

    @Override
    public String name() {
        return "calls";
    }

    @Override
    public String title() {
        return "calls that need not sleep";
    }

    @Override
    public Report.Section run(Session session) {
        Map<String, MicroRunner.Measured> micro = MicroRunner.run(
                session,
                List.of(
                        "WakeBench.local",
                        "WakeBench.shared",
                        "WakeBench.unpark",
                        "WaitBench.changed",
                        "WaitBench.parkWithPermit",
                        "LockBench.pmutex",
                        "LockBench.reentrantLock",
                        "LockBench.youngReentrantLock",
                        "LockBench.monitor",
                        "LockBench.pmutexInSegment"));
        Results c;
        try (Contest contest = new Contest().add(C, session::c, request -> request)) {
            c = contest.run(
                    Request.of("micro").with("millis", session.profile().windowMillis()),
                    session.profile().rounds());
        }
        Row local = Row.of("wake, nobody waits, local", Unit.TIME, MicroRunner.time(micro, "WakeBench.local", OURS))
                .java(MicroRunner.time(micro, "WakeBench.unpark", "unpark"))
                .c(c.median(C, "wake-local"))
                .bytes(MicroRunner.bytes(micro, "WakeBench.local"));
        Row shared = Row.of("wake, nobody waits, shared", Unit.TIME, MicroRunner.time(micro, "WakeBench.shared", OURS))
                .c(c.median(C, "wake-shared"))
                .bytes(MicroRunner.bytes(micro, "WakeBench.shared"));
        Row changed = Row.of(
                        "wait, the value has changed", Unit.TIME, MicroRunner.time(micro, "WaitBench.changed", OURS))
                .java(MicroRunner.time(micro, "WaitBench.parkWithPermit", "unpark+park"))
                .c(c.median(C, "wait-changed"))
                .bytes(MicroRunner.bytes(micro, "WaitBench.changed"));
        Row lock = Row.of(
                        "PMutex lock and unlock, one thread",
                        Unit.TIME,
                        MicroRunner.time(micro, "LockBench.pmutex", OURS))
                .java(MicroRunner.time(micro, "LockBench.reentrantLock", "ReentrantLock"))
                .bytes(MicroRunner.bytes(micro, "LockBench.pmutex"))
                .beside(MicroRunner.time(micro, "LockBench.monitor", "synchronized"))
                .beside(MicroRunner.time(micro, "LockBench.pmutexInSegment", "static PMutex"))
                .beside(MicroRunner.time(micro, "LockBench.youngReentrantLock", "young ReentrantLock"));
        return new Report.Section(
                title(),
                List.of(
                        local.goal(Goal.atLeast("10 x cheaper than C", local.againstC(), 10)),
                        shared,
                        changed,
                        lock.goal(Goal.atLeast("≤ 1.0 x Java", lock.againstJava(), 1))),
                List.of(
                        "Java by JMH 1.37, C in loops of its own; unpark is that of a running thread, unpark+park of the "
                                + "thread itself, so that it does not sleep",
                        "locks are old objects, far from those of the threads, as in most programs; on a young one the "
                                + "store of ReentrantLock's owner needs no barrier"));
    }
}
