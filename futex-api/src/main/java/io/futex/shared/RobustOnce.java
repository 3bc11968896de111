package io.futex.shared;

import io.futex.Futex;
import io.futex.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// Runs an action once for all processes that share the memory, also if the one that began it is killed: the next one
/// runs its own.
///
/// ```java
/// RobustOnce once = RobustOnce.over(segment, offset);
///
/// once.run(() -> fill(table));      // the first runs it, who comes meanwhile waits for its end
/// ...                               // fill() has been run to its end, and everything it did is visible
/// ```
///
/// Every `run` that returns does so after one body has ended normally. So a body must bear what an earlier one, whose
/// process was killed, has left half done.
///
/// - **A body that throws has not run.** The exception goes to its caller; the next caller, one that waits already or
///   one to come, runs its own.
/// - **A body must not call the same once**: it gets [IllegalStateException].
/// - **Not interruptible**, as [io.futex.sync.Once#run(Runnable)]. An interrupt during the body is the body's affair.
/// - Who runs a body, or waits for one, is a platform thread, and all are in one PID namespace: it is a [RobustMutex]
///   with a mark, and what is said there of the memory holds here.
public final class RobustOnce {
    /// How many bytes a robust once takes; where they may lie stands at [RobustMutex#LAYOUT_BYTES]. Zero-filled it has
    /// not been run.
    public static final long LAYOUT_BYTES = RobustMutex.LAYOUT_BYTES;

    private static final int IS_DONE = 1;

    private final RobustMutex running;
    private final Words words;

    private RobustOnce(RobustMutex running) {
        this.running = running;
        this.words = Words.in(Futex.shared(), running.record.memory());
    }

    /// One in memory of the caller, which is left as it is but for the mark of this boot and PID namespace.
    ///
    /// @param segment the memory, of a mapping that processes share
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @return a view of what is there
    /// @throws UnsupportedOperationException where nobody can tell whether a thread has ended; the message says why
    /// @throws IllegalArgumentException as of [RobustMutex#over]
    /// @throws IndexOutOfBoundsException if it is not inside `segment`
    /// @throws IllegalStateException if it is in use in another PID namespace, or the arena is closed
    public static RobustOnce over(MemorySegment segment, long offset) {
        return new RobustOnce(RobustMutex.over(segment, offset));
    }

    /// Runs the body, unless one has been run; while another thread runs one, waits for its end. An interrupt does not
    /// end the wait; the status is kept.
    ///
    /// @param body runs in this thread, or not at all
    /// @throws IllegalStateException if it is called by the body
    /// @throws UnsupportedOperationException if this thread is virtual, and no body has been run
    public void run(Runnable body) {
        Objects.requireNonNull(body, "body");
        if (isDone()) {
            return;
        }
        if (running.isHeldByCurrentThread()) {
            throw new IllegalStateException("the body of a RobustOnce calls the same once, and would wait for itself");
        }
        if (running.lock() == RobustMutex.Outcome.OWNER_DIED) {
            running.markConsistent(); // whatever that one has left, it has not run
        }
        try {
            if (!isDone()) {
                body.run();
                words.set(RobustMutex.DONE, IS_DONE);
            }
        } finally {
            running.unlock();
        }
    }

    /// Whether a body has been run. If so, everything it did is visible.
    ///
    /// @return whether there is nothing left to run
    public boolean isDone() {
        return words.getAcquire(RobustMutex.DONE) == IS_DONE;
    }

    /// On which who waits sleeps.
    MemorySegment word() {
        return words.segment;
    }

    /// The state, for people: out of date as soon as it is told.
    @Override
    public String toString() {
        return "RobustOnce[" + (isDone() ? "done" : running.ownerThreadId() != 0 ? "running" : "new") + "]";
    }
}
