package io.futex.internal;

import io.futex.WaitResult;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A future that waits in the queue of one word, without a thread. It is completed on a virtual thread of its own: who
/// wakes it, or tells the time, has other things to do than what depends on it.
final class FutureWaiter extends QueuedWaiter {
    private final Engine engine;
    private final WaitTable table;
    private final int bucket;
    private final MemorySegment base;
    private final WaitNode node = new WaitNode(this);
    private final WaitFuture future;

    /// Null without a deadline.
    private volatile @Nullable CompletableFuture<Void> timer;

    /// Set before the timer is stopped, and looked at after it was set: so none is left behind.
    private volatile boolean over;

    private FutureWaiter(Engine engine, WaitTable table, MemorySegment base, long offset) {
        this.engine = engine;
        this.table = table;
        this.bucket = table.bucket(base, offset);
        this.base = base;
        this.future = new WaitFuture(engine, base, offset);
    }

    /// Waits on a checked word until the deadline, which is not over.
    static CompletableFuture<WaitResult> start(
            Engine engine, WaitTable table, MemorySegment base, long offset, int expected, long deadline) {
        FutureWaiter waiter = new FutureWaiter(engine, table, base, offset);
        waiter.future.withdrawBy(waiter::withdraw);
        return waiter.start(offset, expected, deadline);
    }

    private CompletableFuture<WaitResult> start(long offset, int expected, long deadline) {
        table.add(bucket, WaitTable.ONE_PARKED);
        boolean waits = false;
        try {
            await();
            waits = table.parked(bucket).append(node, base, offset, expected, false);
        } finally {
            if (!waits) {
                table.add(bucket, -WaitTable.ONE_PARKED);
            }
        }
        if (!waits) {
            return CompletableFuture.completedFuture(WaitResult.CHANGED);
        }
        if (deadline != Deadline.FOREVER) {
            try {
                time(deadline);
            } catch (RuntimeException | Error e) {
                boolean unused = future.completeExceptionally(e); // a wake that it has consumed is passed on
                throw e;
            }
        }
        return future;
    }

    private void time(long deadline) {
        long left = Math.max(0, deadline - System.nanoTime());
        CompletableFuture<Void> made = new CompletableFuture<>();
        timer = made;
        CompletableFuture<Void> unusedEnd = made.thenRun(this::timeIsOver);
        CompletableFuture<Void> unused = made.completeOnTimeout(null, left, TimeUnit.NANOSECONDS);
        if (over) {
            stopTimer();
        }
    }

    private void stopTimer() {
        over = true;
        CompletableFuture<Void> made = timer;
        if (made != null) {
            boolean unused = made.cancel(false);
        }
    }

    /// On a thread of the JDK that tells the time.
    private void timeIsOver() {
        if (leave()) {
            try {
                start(() -> end(WaitResult.TIMED_OUT));
            } catch (RuntimeException | Error e) {
                future.fail(e); // here, rather than never
            }
        }
    }

    private void withdraw() {
        stopTimer();
        boolean unused = leave(); // else a wake has claimed it, and is passed on by the thread that is to complete it
    }

    private boolean leave() {
        if (!giveUp()) {
            return false;
        }
        table.parked(bucket).remove(node);
        table.add(bucket, -WaitTable.ONE_PARKED);
        return true;
    }

    @Override
    boolean isVirtual() {
        return true;
    }

    /// By the waker.
    @Override
    void unpark() {
        start(() -> {
            if (isWoken()) { // else another wake has put it back
                table.add(bucket, -WaitTable.ONE_PARKED);
                stopTimer();
                end(WaitResult.WOKEN);
            }
        });
    }

    private void end(WaitResult result) {
        if (base.scope().isAlive()) {
            future.end(result);
            return;
        }
        if (result == WaitResult.WOKEN) {
            int unused = engine.awaken(base, offset(), 1, false); // perhaps for who has that address now
        }
        future.fail(new IllegalStateException("Already closed"));
    }

    private long offset() {
        return node.address - base.address();
    }

    static void start(Runnable task) {
        Thread unused = Thread.ofVirtual()
                .name("futex-async")
                .inheritInheritableThreadLocals(false)
                .start(task);
    }
}
