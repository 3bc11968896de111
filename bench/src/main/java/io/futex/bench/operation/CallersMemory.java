package io.futex.bench.operation;

import io.futex.bench.operation.Crowds.Alone;
import io.futex.bench.report.Report;
import io.futex.bench.report.Row;
import java.util.ArrayList;
import java.util.List;

/// PMutex, Semaphore and Event over memory of the caller, beside the same peers as elsewhere.
final class CallersMemory implements Operation {
    private static final String LOCK = "ReentrantLock";
    private static final String SEMAPHORE = "Semaphore";
    private static final String JDK = "java.util.concurrent.Semaphore";
    private static final String LATCH = "CountDownLatch";
    private static final List<Integer> THREADS = List.of(2, 4, 8);

    @Override
    public String name() {
        return "callers-memory";
    }

    @Override
    public String title() {
        return "over memory of the caller";
    }

    @Override
    public boolean isQuick() {
        return false;
    }

    @Override
    public Report.Section run(Session session) {
        List<Row> rows = new ArrayList<>(Crowds.alone(
                session,
                new Alone("PMutex: lock, unlock", "CallersMemoryBench.pmutex", LOCK, "LockBench.reentrantLock"),
                new Alone(
                        "Semaphore: acquire, release",
                        "CallersMemoryBench.semaphore",
                        SEMAPHORE,
                        "PermitBench.jdkSemaphore"),
                new Alone(
                        "auto-reset Event: set, await",
                        "CallersMemoryBench.turnstile",
                        SEMAPHORE,
                        "PermitBench.jdkSemaphore"),
                new Alone(
                        "manual-reset Event: await when set", "CallersMemoryBench.gate", LATCH, "PermitBench.latch")));
        rows.addAll(Crowds.locks(session, "PMutex", "PMutex.memory", LOCK, LOCK, THREADS));
        rows.addAll(Crowds.locks(session, "Semaphore as a lock", "Semaphore.memory", JDK, SEMAPHORE, THREADS));
        rows.addAll(Crowds.locks(session, "Event as a lock", "Event.memory", JDK, SEMAPHORE, THREADS));
        rows.addAll(Crowds.measure(
                session,
                "manual-reset Event: await when set",
                "passing",
                "Event.memory",
                "CountDownLatch",
                LATCH,
                THREADS));
        return new Report.Section(
                title(),
                rows,
                List.of("each over a segment of the caller, else as the rows of the same name elsewhere; the first "
                        + "rows by JMH, one thread"));
    }
}
