package io.futex.bench.operation;

import io.futex.bench.peer.Request;
import io.futex.bench.report.Figure;
import io.futex.bench.report.Goal;
import io.futex.bench.report.Row;
import java.util.List;

/// Locks between processes that outlive the death of their owner, where nobody else wants them.
final class RobustLocks {
    private static final String PTHREAD = "robust";
    private static final double GOAL = 2;

    private RobustLocks() {}

    static List<String> run(Session session, List<Row> rows) {
        SingleCalls calls = SingleCalls.run(session, "lock RobustMutex", "lock FileLock", "lock PMutex");
        Figure plain = calls.time("lock PMutex", "PMutex");
        Row row = calls.row("RobustMutex lock and unlock, one thread", "lock RobustMutex", "FileLock", "lock FileLock")
                .beside(plain);
        try (Contest contest = new Contest().c(Contest.C, session::c, request -> request)) {
            row = row.c(contest.run(session, "C", Request.of(PTHREAD)).median(Contest.C, "lock"));
        }
        rows.add(row.goal(Goal.atMost("≤ 2.0 x PMutex", row.ours().value() / plain.value(), GOAL)));
        return List.of(
                "Java by JMH 1.37; FileLock of a file in the folder for temporary ones; C: a pthread mutex that is robust and"
                        + " for several processes, in a loop of its own");
    }
}
