package io.futex.internal;

import io.futex.Capability;
import io.futex.Futex;
import io.futex.FutexWait;
import io.futex.WaitResult;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/// Everything that is the same for every scope and system: argument checks, the look before the sleep, deadlines.
///
/// The order is that of `java.util.concurrent`: bad arguments first, then a pending interrupt, then the state, then
/// time.
public abstract class Engine implements Futex {
    private final String backend;
    private final boolean shared;

    Engine(String backend, boolean shared) {
        this.backend = backend;
        this.shared = shared;
    }

    /// How the system is reached, for people. Not asked before it is needed: putting a string together costs every
    /// program a few milliseconds at its start.
    abstract String description();

    /// What this scope can as of now: a seccomp filter that is installed late takes some of it away.
    abstract Set<Capability> known();

    /// Sleeps on a checked word that held `expected` a moment ago, until the deadline.
    ///
    /// @throws InterruptedException only if `interruptible`; a wake that may have been absorbed has been passed on
    abstract WaitResult await(MemorySegment base, long offset, int expected, long deadline, boolean interruptible)
            throws InterruptedException;

    /// Wakes up to `count` waiters of a checked word; `count` is at least 1.
    abstract int awaken(MemorySegment base, long offset, int count);

    // ---- waits

    @Override
    public final WaitResult wait(MemorySegment word, int expected) throws InterruptedException {
        Segments.requireWord(word);
        return untimed(word, 0, expected);
    }

    @Override
    public final WaitResult wait(MemorySegment base, long offset, int expected) throws InterruptedException {
        Segments.requireWord(base, offset);
        return untimed(base, offset, expected);
    }

    @Override
    public final WaitResult wait(MemorySegment word, int expected, long timeout, TimeUnit unit)
            throws InterruptedException {
        Segments.requireWord(word);
        return timed(word, 0, expected, timeout, unit);
    }

    @Override
    public final WaitResult wait(MemorySegment base, long offset, int expected, long timeout, TimeUnit unit)
            throws InterruptedException {
        Segments.requireWord(base, offset);
        return timed(base, offset, expected, timeout, unit);
    }

    @Override
    public final WaitResult waitUninterruptibly(MemorySegment word, int expected) {
        Segments.requireWord(word);
        return uninterruptibly(word, 0, expected, Segments.FOREVER);
    }

    @Override
    public final WaitResult waitUninterruptibly(MemorySegment base, long offset, int expected) {
        Segments.requireWord(base, offset);
        return uninterruptibly(base, offset, expected, Segments.FOREVER);
    }

    @Override
    public final WaitResult waitUninterruptibly(MemorySegment word, int expected, long timeout, TimeUnit unit) {
        Segments.requireWord(word);
        return timedUninterruptibly(word, 0, expected, timeout, unit);
    }

    @Override
    public final WaitResult waitUninterruptibly(
            MemorySegment base, long offset, int expected, long timeout, TimeUnit unit) {
        Segments.requireWord(base, offset);
        return timedUninterruptibly(base, offset, expected, timeout, unit);
    }

    @Override
    public final WaitResult waitUntil(MemorySegment base, long offset, int expected, long deadlineNanos)
            throws InterruptedException {
        Segments.requireWord(base, offset);
        throwIfInterrupted();
        if (Segments.read(base, offset) != expected) {
            return WaitResult.CHANGED;
        }
        if (Segments.isOver(deadlineNanos)) {
            return WaitResult.TIMED_OUT;
        }
        return await(base, offset, expected, deadlineNanos, true);
    }

    @Override
    public final WaitResult waitUntilUninterruptibly(
            MemorySegment base, long offset, int expected, long deadlineNanos) {
        Segments.requireWord(base, offset);
        return uninterruptibly(base, offset, expected, deadlineNanos);
    }

    private WaitResult untimed(MemorySegment base, long offset, int expected) throws InterruptedException {
        throwIfInterrupted();
        if (Segments.read(base, offset) != expected) {
            return WaitResult.CHANGED;
        }
        return await(base, offset, expected, Segments.FOREVER, true);
    }

    private WaitResult timed(MemorySegment base, long offset, int expected, long timeout, TimeUnit unit)
            throws InterruptedException {
        Objects.requireNonNull(unit, "unit");
        throwIfInterrupted();
        if (Segments.read(base, offset) != expected) {
            return WaitResult.CHANGED;
        }
        if (timeout <= 0) {
            return WaitResult.TIMED_OUT;
        }
        return await(base, offset, expected, Segments.deadline(timeout, unit), true);
    }

    private WaitResult timedUninterruptibly(
            MemorySegment base, long offset, int expected, long timeout, TimeUnit unit) {
        Objects.requireNonNull(unit, "unit");
        long deadline = timeout <= 0 ? Long.MIN_VALUE : Segments.deadline(timeout, unit);
        return uninterruptibly(base, offset, expected, deadline);
    }

    private WaitResult uninterruptibly(MemorySegment base, long offset, int expected, long deadline) {
        if (Segments.read(base, offset) != expected) {
            return WaitResult.CHANGED;
        }
        if (Segments.isOver(deadline)) {
            return WaitResult.TIMED_OUT;
        }
        try {
            return await(base, offset, expected, deadline, false);
        } catch (InterruptedException e) {
            throw new AssertionError("an uninterruptible wait was interrupted", e);
        }
    }

    private static void throwIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    // ---- wakes

    @Override
    public final int wakeOne(MemorySegment word) {
        Segments.requireWord(word);
        Segments.requireAccessible(word);
        return awaken(word, 0, 1);
    }

    @Override
    public final int wakeOne(MemorySegment base, long offset) {
        Segments.requireWord(base, offset);
        Segments.requireAccessible(base);
        return awaken(base, offset, 1);
    }

    @Override
    public final int wakeAll(MemorySegment word) {
        Segments.requireWord(word);
        Segments.requireAccessible(word);
        return awaken(word, 0, Integer.MAX_VALUE);
    }

    @Override
    public final int wakeAll(MemorySegment base, long offset) {
        Segments.requireWord(base, offset);
        Segments.requireAccessible(base);
        return awaken(base, offset, Integer.MAX_VALUE);
    }

    @Override
    public final int wake(MemorySegment word, int count) {
        Segments.requireWord(word);
        return counted(word, 0, count);
    }

    @Override
    public final int wake(MemorySegment base, long offset, int count) {
        Segments.requireWord(base, offset);
        return counted(base, offset, count);
    }

    private int counted(MemorySegment base, long offset, int count) {
        Segments.requireAccessible(base);
        if (count < 0) {
            throw new IllegalArgumentException("cannot wake " + count + " threads");
        }
        return count == 0 ? 0 : awaken(base, offset, count);
    }

    // ---- what has no backend yet

    @Override
    public final int waitAny(FutexWait[] waits, long timeout, TimeUnit unit) {
        throw new UnsupportedOperationException("waitAny: " + this + " lacks the capability WAIT_ANY");
    }

    @Override
    public final CompletableFuture<WaitResult> waitAsync(MemorySegment word, int expected) {
        throw new UnsupportedOperationException("waitAsync: " + this + " lacks the capability ASYNC");
    }

    // ---- identity

    @Override
    public final String backend() {
        return backend;
    }

    @Override
    public final boolean isShared() {
        return shared;
    }

    @Override
    public final Set<Capability> capabilities() {
        return Set.copyOf(known());
    }

    /// Backend, scope, and how the system is reached.
    @Override
    public final String toString() {
        return "Futex[" + backend + ", " + (shared ? "shared" : "local") + ", " + description() + "]";
    }
}
