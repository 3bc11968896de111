package io.futex.bench.peer;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Ends a process that does not answer: a wake that is lost must not stop the whole run.
final class Watchdog implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 120;

    /// Why, before what was asked.
    static final String SILENT = "no answer in " + PATIENCE_SECONDS + " s: ";

    private final CompletableFuture<Void> end;

    Watchdog(Process process) {
        end = CompletableFuture.runAsync(
                process::destroyForcibly, CompletableFuture.delayedExecutor(PATIENCE_SECONDS, TimeUnit.SECONDS));
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
