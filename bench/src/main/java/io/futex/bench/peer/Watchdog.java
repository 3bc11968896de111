package io.futex.bench.peer;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/// Ends a process that does not answer: a wake that is lost must not stop the whole run.
final class Watchdog implements AutoCloseable {
    private static final ScheduledExecutorService CLOCK = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("watchdog").factory());

    private final ScheduledFuture<?> end;

    Watchdog(Process process, long seconds) {
        end = CLOCK.schedule(process::destroyForcibly, seconds, TimeUnit.SECONDS);
    }

    /// Whether it had to act.
    boolean hasActed() {
        return end.isDone() && !end.isCancelled();
    }

    @Override
    public void close() {
        end.cancel(false);
    }
}
