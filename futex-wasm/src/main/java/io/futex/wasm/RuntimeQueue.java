package io.futex.wasm;

import io.futex.WaitResult;
import io.futex.internal.Deadline;
import run.endive.runtime.WasmInterruptedException;

/// The queue that a memory brings along, reached through the runtime.
final class RuntimeQueue implements WordQueue {
    private final RuntimeCalls calls;
    private final boolean exact;

    /// @param exact whether an interrupted wait has taken no notify along
    RuntimeQueue(RuntimeCalls calls, boolean exact) {
        this.calls = calls;
        this.exact = exact;
    }

    @Override
    public WaitResult await(int offset, long expected, boolean wide, long deadline, boolean interruptible)
            throws InterruptedException {
        if (wide) {
            throw new IllegalArgumentException("Java threads wait on 32 bits");
        }
        boolean interrupted = false;
        try {
            for (; ; ) {
                // The runtime refuses to begin while the status is set, so an uninterruptible wait clears it and puts
                // it back.
                interrupted |= !interruptible && Thread.interrupted();
                try {
                    int code = calls.wait32(offset, (int) expected, left(deadline));
                    if (code == WasmCode.OK) {
                        return WaitResult.WOKEN;
                    } else if (code == WasmCode.NOT_EQUAL) {
                        return WaitResult.CHANGED;
                    } else if (Deadline.isOver(deadline)) {
                        return WaitResult.TIMED_OUT;
                    }
                } catch (WasmInterruptedException e) {
                    if (interruptible) {
                        var unused = Thread.interrupted(); // the runtime has kept it set
                        passOn(offset);
                        throw new InterruptedException();
                    }
                    // Again, beginning with a look at the word. The runtime's queue may have spent a notify on this
                    // wait; it is not lost if the word was changed before it, as futexes are used.
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// The runtime's queue may have counted a notify for a wait that was interrupted; then it is another waiter's.
    private void passOn(int offset) {
        if (!exact) {
            int ignored = calls.notify(offset, 1);
        }
    }

    private static long left(long deadline) {
        return deadline == Deadline.FOREVER ? -1 : Math.max(0, deadline - System.nanoTime());
    }

    @Override
    public int wake(int offset, int count) {
        return calls.notify(offset, count);
    }

    @Override
    public boolean isExact() {
        return exact;
    }

    @Override
    public String description() {
        return calls.description();
    }
}
