package io.futex.internal;

import io.futex.WaitResult;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;

/// A wait on a shared word that a virtual thread makes for a future, and then completes it: what waits in the system,
/// what times it and how it is withdrawn is all as for any virtual thread.
final class FutureWait implements Runnable {
    private final Engine engine;
    private final MemorySegment base;
    private final long offset;
    private final int expected;
    private final long deadline;
    final WaitFuture future;

    FutureWait(Engine engine, MemorySegment base, long offset, int expected, long deadline) {
        this.engine = engine;
        this.base = base;
        this.offset = offset;
        this.expected = expected;
        this.deadline = deadline;
        this.future = new WaitFuture(engine, base, offset);
    }

    /// Waits on a checked word until the deadline, which is not over.
    static CompletableFuture<WaitResult> start(
            Engine engine, MemorySegment base, long offset, int expected, long deadline) {
        FutureWait wait = new FutureWait(engine, base, offset, expected, deadline);
        Thread thread = Thread.ofVirtual()
                .name("futex-async")
                .inheritInheritableThreadLocals(false)
                .unstarted(wait);
        if (!base.isAccessibleBy(thread)) {
            throw new WrongThreadException("the word lies in an arena that is confined to one thread");
        }
        wait.future.withdrawBy(thread::interrupt);
        thread.start();
        return wait.future;
    }

    @Override
    public void run() {
        while (!future.isDecided()) {
            try {
                future.end(engine.waitUntil(base, offset, expected, deadline));
                return;
            } catch (InterruptedException e) {
                // withdrawn, and a wake that it has consumed was passed on
            } catch (RuntimeException | Error e) {
                future.fail(e);
                return;
            }
        }
    }
}
