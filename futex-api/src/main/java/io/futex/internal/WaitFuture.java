package io.futex.internal;

import io.futex.WaitResult;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/// The future of a wait. Who completes it is decided before any of what depends on it runs, since that may take for
/// ever: so a wait that is not needed any more is withdrawn first, and a wake that it has consumed passed on.
final class WaitFuture extends CompletableFuture<WaitResult> {
    private final AtomicBoolean decided = new AtomicBoolean();
    private final Engine engine;
    private final MemorySegment base;
    private final long offset;

    /// Ends the wait. Written before the future is given to anybody.
    private Runnable withdrawal = () -> {};

    WaitFuture(Engine engine, MemorySegment base, long offset) {
        this.engine = engine;
        this.base = base;
        this.offset = offset;
    }

    void withdrawBy(Runnable withdrawal) {
        this.withdrawal = withdrawal;
    }

    boolean isDecided() {
        return decided.get();
    }

    // ---- by the wait, on a thread of its own

    /// The wait has ended, and stands in no queue any more.
    void end(WaitResult result) {
        if (decided.compareAndSet(false, true)) {
            boolean unused = super.complete(result);
        } else if (result == WaitResult.WOKEN) {
            int unused = engine.awaken(base, offset, 1, false);
        }
    }

    /// As [#end], if the wait has failed.
    void fail(Throwable why) {
        if (decided.compareAndSet(false, true)) {
            boolean unused = super.completeExceptionally(why);
        }
    }

    // ---- by others, such as `orTimeout`, which calls these

    @Override
    public boolean complete(WaitResult value) {
        return decide() && super.complete(value);
    }

    @Override
    public boolean completeExceptionally(Throwable why) {
        return decide() && super.completeExceptionally(why);
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return decide() ? super.cancel(mayInterruptIfRunning) : isCancelled();
    }

    @Override
    public void obtrudeValue(WaitResult value) {
        boolean unused = decide();
        super.obtrudeValue(value);
    }

    @Override
    public void obtrudeException(Throwable why) {
        boolean unused = decide();
        super.obtrudeException(why);
    }

    private boolean decide() {
        if (!decided.compareAndSet(false, true)) {
            return false;
        }
        try {
            withdrawal.run();
            return true;
        } catch (RuntimeException | Error e) {
            decided.set(false); // no stack: who calls hears of it, and nothing has been decided
            throw e;
        }
    }
}
