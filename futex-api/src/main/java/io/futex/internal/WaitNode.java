package io.futex.internal;

import org.jspecify.annotations.Nullable;

/// The place of a waiter in the queue of one word. A waiter is not its node: it may stand in several queues, by a node
/// in each, and is claimed once for all of them.
///
/// Guarded by the bucket of its word while queued; the waker's from when its waiter is claimed until it is marked
/// woken; else the waiter's.
final class WaitNode {
    final QueuedWaiter waiter;

    long address;
    boolean queued;

    /// When it came, by the count of the bucket.
    long ticket;

    @Nullable
    WaitNode previous;

    @Nullable
    WaitNode next;

    // Of the first in a queue only: the last one, and the queues of other words; see WordQueues.

    WaitNode last = this;

    @Nullable
    WaitNode left;

    @Nullable
    WaitNode right;

    WaitNode(QueuedWaiter waiter) {
        this.waiter = waiter;
    }
}
