package io.futex.internal;

import io.futex.memory.MemoryChecks;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The parked waiters of some words, first come first served on each. Wakes claim *waiters*: a count of anonymous
/// permits would let a latecomer take the wake of one who has slept since before it.
///
/// Guarded by its own monitor, which is held for the look at one word's queue and never while anybody sleeps.
final class Bucket {
    /// Of wakes that prefer platform threads, how many pass virtual ones over before one of those is woken as well.
    static final int MOST_PASSES = 16;

    // A queue for each kind, so that a wake that prefers one need not walk over the other.
    private final WordQueues platform = new WordQueues();
    private final WordQueues virtual = new WordQueues();

    private long tickets;

    /// Whether parked waiters are served before those asleep in the system. Races are harmless.
    private boolean parkedFirst;

    /// How often virtual threads have been passed over. Races are harmless.
    private int passes;

    /// By turns, so that neither who is parked nor who sleeps in the system starves.
    boolean takeTurn() {
        parkedFirst = !parkedFirst;
        return parkedFirst;
    }

    /// Notes that virtual threads are passed over.
    ///
    /// @return whether one is to be woken all the same; see [#turnTaken]
    boolean passOver() {
        return ++passes >= MOST_PASSES;
    }

    /// A virtual thread has had its turn. Until then each pass asks for one, lest those of one word take the turns of
    /// another.
    void turnTaken() {
        passes = 0;
    }

    /// Appends the node if the word still holds `expected`. The comparison is under the lock that a wake takes: done
    /// before it, a change and its wake could both slip in between, and the waiter would sleep for ever.
    ///
    /// @param wide whether the word has 64 bits; of a narrow one, `expected` is the value with its sign extended
    /// @return whether the node was appended
    synchronized boolean append(WaitNode node, MemorySegment base, long offset, long expected, boolean wide) {
        if ((wide ? MemoryChecks.readLong(base, offset) : MemoryChecks.read(base, offset)) != expected) {
            return false;
        }
        node.address = base.address() + offset;
        enqueue(node);
        return true;
    }

    /// Takes the node out of its queue, if it is in there: its waiter has given up, or was claimed elsewhere.
    synchronized void remove(WaitNode node) {
        if (node.queued) {
            dequeue(node);
        }
    }

    /// Wakes up to `count` waiters of the word. One whose thread cannot be unparked, for want of stack or of memory, is
    /// put back for the next wake, and the caller hears of it when the others are awake: nobody else could wake those.
    ///
    /// @param platformFirst whether to wake platform threads, and virtual ones only if there are fewer of those than
    ///     `count`; but one more virtual thread when they have been passed over too often. Else in the order in which
    ///     they came.
    /// @return how many, exactly
    int wake(long address, int count, boolean platformFirst) {
        int taken = 0;
        WaitNode first = null;
        WaitNode last = null;
        synchronized (this) {
            WaitNode p = platform.first(address);
            WaitNode v = virtual.first(address);
            boolean passed = platformFirst && p != null && v != null;
            int limit = count;
            while (taken < limit) {
                WaitNode node;
                if (p != null && (v == null || platformFirst || p.ticket < v.ticket)) {
                    node = p;
                    p = p.next;
                } else if (v != null) {
                    node = v;
                    v = v.next;
                } else {
                    break;
                }
                if (!node.waiter.claim()) {
                    continue; // claimed in another queue, or given up, and about to leave this one
                }
                node.waiter.claimedIn = node;
                dequeue(node);
                if (last == null) {
                    first = node;
                } else {
                    last.next = node;
                }
                last = node;
                taken++;
                if (passed && node.waiter.isVirtual()) {
                    turnTaken();
                    passed = false;
                } else if (passed && taken == count && passOver()) {
                    p = null;
                    limit++;
                }
            }
        }
        markWoken(first);
        return taken;
    }

    /// Outside the lock, which those who wake up may want at once. A node is its waiter's again, and may be in another
    /// queue, as soon as the waiter is marked woken: so everything is read from it before.
    private void markWoken(@Nullable WaitNode first) {
        Throwable failure = null;
        for (WaitNode node = first; node != null; ) {
            WaitNode next = node.next;
            node.next = null;
            QueuedWaiter waiter = node.waiter;
            int woken = waiter.markWoken();
            try {
                waiter.unpark();
            } catch (RuntimeException | Error e) {
                failure = failure == null ? e : failure;
                putBack(node, woken);
            }
            node = next;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
    }

    /// Unless the waiter has seen that it was woken.
    private synchronized void putBack(WaitNode node, int woken) {
        if (node.waiter.isPutBack(woken)) {
            enqueue(node);
            node.waiter.await();
        }
    }

    private void enqueue(WaitNode node) {
        node.ticket = tickets++;
        queues(node).append(node);
        node.queued = true;
    }

    private void dequeue(WaitNode node) {
        queues(node).remove(node);
        node.queued = false;
    }

    private WordQueues queues(WaitNode node) {
        return node.waiter.isVirtual() ? virtual : platform;
    }
}
