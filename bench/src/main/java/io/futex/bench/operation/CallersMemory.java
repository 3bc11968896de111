package io.futex.bench.operation;

import io.futex.bench.report.Report;
import io.futex.bench.report.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
        List<Row> rows = new ArrayList<>();
        Map<String, MicroRunner.Measured> micro = MicroRunner.run(
                session,
                List.of(
                        "CallersMemoryBench.pmutex",
                        "LockBench.reentrantLock",
                        "CallersMemoryBench.semaphore",
                        "CallersMemoryBench.turnstile",
                        "PermitBench.jdkSemaphore",
                        "CallersMemoryBench.gate",
                        "PermitBench.latch"));
        rows.add(row("PMutex: lock, unlock", micro, "pmutex", LOCK, "LockBench.reentrantLock"));
        rows.add(row("Semaphore: acquire, release", micro, "semaphore", SEMAPHORE, "PermitBench.jdkSemaphore"));
        rows.add(row("auto-reset Event: set, await", micro, "turnstile", SEMAPHORE, "PermitBench.jdkSemaphore"));
        rows.add(row("manual-reset Event: await when set", micro, "gate", LATCH, "PermitBench.latch"));
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

    private static Row row(
            String label, Map<String, MicroRunner.Measured> micro, String ours, String who, String theirs) {
        return Crowds.alone(label, micro, "CallersMemoryBench." + ours, who, theirs);
    }
}
