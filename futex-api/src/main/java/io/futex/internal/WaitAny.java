package io.futex.internal;

import io.futex.FutexWait;
import io.futex.WaitResult;
import io.futex.memory.MemoryChecks;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.MemorySegment;

/// One sleep on several words, all of which were checked, and held their expected values a moment ago.
final class WaitAny {
    /// The time is over.
    static final int NONE = -1;

    private WaitAny() {}

    /// The first word that differs from what is expected.
    ///
    /// @return its index, or [#NONE]
    static int changed(FutexWait[] waits) {
        for (int i = 0; i < waits.length; i++) {
            if (MemoryChecks.read(waits[i].base(), waits[i].offset()) != waits[i].expected()) {
                return i;
            }
        }
        return NONE;
    }

    // ---- local words

    /// Sleeps in the queues of all words at once. A wake claims the waiter in one of them, so no other word's wake can
    /// be lost here, and the index is exact.
    ///
    /// @return the index of the word that was woken or has changed, or [#NONE]
    static int park(
            Engine engine,
            WaitTable table,
            ParkedWaiter waiter,
            FutexWait[] waits,
            long deadline,
            boolean interruptible)
            throws InterruptedException {
        WaitNode[] nodes = waiter.nodes(waits.length);
        int counted = 0;
        int queued = 0;
        boolean woken = false;
        Outcome outcome;
        try {
            for (; counted < waits.length; counted++) {
                table.add(bucket(table, waits[counted]), WaitTable.ONE_PARKED);
            }
            waiter.await();
            while (queued < waits.length && append(table, nodes[queued], waits[queued])) {
                queued++;
            }
            if (queued == waits.length) {
                outcome = waiter.sleepToTheEnd(waits[0].base(), deadline, interruptible, engine);
            } else {
                outcome = waiter.abandon() ? Outcome.WOKEN : Outcome.CHANGED;
            }
            woken = outcome == Outcome.WOKEN; // noted, so that it is not lost if leaving fails
            leave(table, nodes, waits);
        } catch (RuntimeException | Error e) { // no stack, or memory that was closed
            woken |= waiter.abandon();
            leave(table, nodes, waits);
            if (woken) {
                FutexWait wait = waits[wokenIn(waiter, nodes)];
                int unused = engine.awaken(wait.base(), wait.offset(), 1, false);
            }
            throw e;
        } finally {
            while (counted > 0) {
                counted--;
                table.add(bucket(table, waits[counted]), -WaitTable.ONE_PARKED);
            }
        }
        int index = outcome == Outcome.WOKEN ? wokenIn(waiter, nodes) : outcome == Outcome.CHANGED ? queued : 0;
        WaitResult result = engine.afterSleep(outcome, true, waits[index].base(), waits[index].offset(), interruptible);
        return result == WaitResult.TIMED_OUT ? NONE : index;
    }

    private static boolean append(WaitTable table, WaitNode node, FutexWait wait) {
        return table.parked(bucket(table, wait)).append(node, wait.base(), wait.offset(), wait.expected(), false);
    }

    private static void leave(WaitTable table, WaitNode[] nodes, FutexWait[] waits) {
        for (int i = 0; i < waits.length; i++) {
            table.parked(bucket(table, waits[i])).remove(nodes[i]);
        }
    }

    @SuppressWarnings("ReferenceEquality") // a node is itself
    private static int wokenIn(ParkedWaiter waiter, WaitNode[] nodes) {
        int index = 0;
        while (nodes[index] != waiter.claimedIn) {
            index++;
        }
        return index;
    }

    private static int bucket(WaitTable table, FutexWait wait) {
        return table.bucket(wait.base(), wait.offset());
    }

    // ---- shared words

    /// Sleeps in the system. An interrupt gives the thread's permit, which is waited on as one word more.
    ///
    /// The system names one word that was woken; others may have been too, before the thread left their queues. Nobody
    /// can know, so all others get a wake of one: whoever sleeps there gets what was his, or a spurious return.
    ///
    /// @return the index of the word that was woken or has changed, or [#NONE]
    static int sleep(FutexBackend backend, Permit permit, FutexWait[] waits, long deadline, boolean interruptible)
            throws InterruptedException {
        for (; ; ) {
            int ended;
            if (interruptible) {
                try {
                    permit.heedInterrupts();
                    if (Thread.interrupted()) {
                        throw new InterruptedException();
                    }
                    ended = backend.awaitAny(waits, permit.word(), Permit.NONE, deadline);
                } finally {
                    permit.ignoreInterrupts();
                }
                permit.take();
            } else {
                ended = backend.awaitAny(waits, MemorySegment.NULL, 0, deadline);
            }
            boolean over = Deadline.isOver(deadline);
            if (ended < 0 && !over) {
                // Asked outside the hook, as in NativeWaiter, and without the permit: it is not what has failed.
                ended = backend.diagnoseAny(waits);
            }
            if (ended >= 0) {
                // If the memory of the word was closed, its wake was perhaps for who has that address now.
                boolean mine =
                        ended < waits.length && waits[ended].base().scope().isAlive();
                passOn(backend, waits, mine ? ended : NONE);
                if (mine) {
                    return ended;
                }
                if (ended < waits.length) {
                    MemoryChecks.requireAccessible(waits[ended].base());
                }
            }
            if (interruptible && Thread.interrupted()) {
                throw new InterruptedException();
            }
            int changed = changed(waits);
            if (changed >= 0) {
                return changed;
            }
            if (ended == waits.length) {
                return 0; // a permit without a reason, beside which a wake may have come: spurious
            }
            if (over) {
                return NONE;
            } // else a signal handler has run
        }
    }

    private static void passOn(FutexBackend backend, FutexWait[] waits, int ended) {
        for (int i = 0; i < waits.length; i++) {
            if (i != ended) {
                int unused = backend.wake(waits[i].base(), waits[i].offset(), true, FutexBackend.ALL, 1);
            }
        }
    }

    /// Looks at the words, naps, and looks again: of virtual threads, which must not sleep in the system.
    ///
    /// @return the index of a word that has changed, [#NONE], or any index: a wake without a change cannot be seen
    static int poll(FutexWait[] waits, long deadline, boolean interruptible, Object blocker)
            throws InterruptedException {
        if (Polling.nap(deadline, interruptible, blocker)) {
            throw new InterruptedException();
        }
        int changed = changed(waits);
        return changed >= 0 ? changed : Deadline.isOver(deadline) ? NONE : 0;
    }
}
