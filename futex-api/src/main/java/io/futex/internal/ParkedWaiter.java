package io.futex.internal;

import io.futex.memory.PerThread;
import io.futex.spi.Outcome;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/// A thread that waits in the queues of a table: every virtual thread, and every thread where there is no native wait,
/// by parking; elsewhere see the subclass.
class ParkedWaiter extends QueuedWaiter {
    /// Between two looks of one who wants to leave, but is claimed: a wake takes no longer than that as a rule.
    private static final long SHORTLY_NANOS = 1_000_000;

    // Of platform threads. A virtual one is short-lived and makes one for each wait.
    private static final PerThread<ParkedWaiter> CURRENT = new PerThread<>() {
        @Override
        protected ParkedWaiter make() {
            return new ParkedWaiter(Thread.currentThread());
        }
    };

    final Thread thread;

    /// For waits on one word.
    private final WaitNode node = new WaitNode(this);

    /// For waits on several.
    private WaitNode[] nodes = {};

    ParkedWaiter(Thread thread) {
        this.thread = thread;
    }

    static ParkedWaiter current() {
        Thread thread = Thread.currentThread();
        return thread.isVirtual() ? new ParkedWaiter(thread) : CURRENT.current();
    }

    @Override
    final boolean isVirtual() {
        return thread.isVirtual();
    }

    /// Sleeps until the deadline, until [#unpark], which is remembered, or for no reason.
    ///
    /// @param held the memory that holds the word
    /// @param blocker what thread dumps shall name
    void sleep(MemorySegment held, long deadline, Object blocker) {
        if (deadline == Deadline.FOREVER) {
            LockSupport.park(blocker);
        } else {
            LockSupport.parkNanos(blocker, deadline - System.nanoTime());
        }
    }

    /// Ends this sleep, or else the next.
    @Override
    void unpark() {
        LockSupport.unpark(thread);
    }

    /// Whether a sleep ends at once while the thread's interrupt status is set, whoever may want that.
    boolean sleepEndsByInterrupt() {
        return true;
    }

    /// Nodes for a wait on several words.
    ///
    /// @return as many, or more
    final WaitNode[] nodes(int count) {
        int made = nodes.length;
        if (made < count) {
            nodes = Arrays.copyOf(nodes, count);
            for (int i = made; i < count; i++) {
                nodes[i] = new WaitNode(this);
            }
        }
        return nodes;
    }

    // ---- the wait on one word

    /// Sleeps in the queue of the word until woken, interrupted or timed out.
    ///
    /// @param wide whether the word has 64 bits
    /// @param engine passes a wake on if the sleep fails
    /// @return `WOKEN`, exactly: a wake was meant for this waiter; `CHANGED`; `TIMED_OUT`; or `EARLY`, only if
    ///     `interruptible`, after an interrupt, whose status is cleared
    Outcome await(
            Bucket bucket,
            MemorySegment base,
            long offset,
            long expected,
            boolean wide,
            long deadline,
            boolean interruptible,
            Engine engine) {
        await();
        if (!bucket.append(node, base, offset, expected, wide)) {
            stay();
            return Outcome.CHANGED;
        }
        try {
            Outcome outcome = sleepToTheEnd(base, deadline, interruptible, engine);
            if (outcome != Outcome.WOKEN) {
                bucket.remove(node);
            }
            return outcome;
        } catch (RuntimeException | Error e) {
            if (abandon()) { // no stack, no thread to time the sleep, or memory that was closed
                int unused = engine.awaken(base, offset, 1, false);
            } else {
                bucket.remove(node);
            }
            throw e;
        }
    }

    /// Sleeps until claimed and woken, or until it has given up, which it does when interrupted or timed out. It is
    /// still in its queues then, but for one of which a wake has taken it.
    ///
    /// @return `WOKEN`, `TIMED_OUT` or `EARLY`, as of [#await]
    Outcome sleepToTheEnd(MemorySegment held, long deadline, boolean interruptible, Engine engine) {
        boolean interrupted = false;
        try {
            while (!isWoken()) {
                // park() returns at once while the status is set, so an uninterruptible wait clears it and puts it
                // back.
                if ((interruptible || sleepEndsByInterrupt()) && Thread.interrupted()) {
                    interrupted = true;
                }
                boolean leaves = (interruptible && interrupted) || Deadline.isOver(deadline);
                if (!leaves) {
                    sleep(held, deadline, engine);
                } else if (giveUp()) {
                    if (interruptible && interrupted) {
                        interrupted = false;
                        return Outcome.EARLY;
                    }
                    return Outcome.TIMED_OUT;
                } else {
                    // A wake is on its way, for which an interrupt or the end of the time comes too late. But if it
                    // fails and puts the node back, nobody else says so.
                    sleep(held, System.nanoTime() + SHORTLY_NANOS, engine);
                }
            }
            return Outcome.WOKEN;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Waits no longer in any case, since its nodes will be in queues again.
    ///
    /// @return whether a wake has come first; that is the caller's then, and must not be lost
    final boolean abandon() {
        while (!isIdle() && !giveUp()) {
            if (isWoken()) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }
}
