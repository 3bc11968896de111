package io.futex.channel;

import org.jspecify.annotations.Nullable;

/// The place of a waiter in a queue of one channel. A waiter is not its node: a select has one in each of several
/// queues, and is claimed once for all of them.
class Node extends Link {
    final Waiter waiter;

    /// Which case of a select this is, else 0: what the claim tells the waiter.
    final int index;

    /// The value that is offered, or the one received. Written before the waiter may be claimed and before it is told:
    /// afterwards it is that one's own.
    @Nullable
    Object item;

    Node(Waiter waiter, int index) {
        this.waiter = waiter;
        this.index = index;
    }

    /// For a call that waits for one channel.
    ///
    /// @param item what it offers
    static Node forCall(@Nullable Object item) {
        Node node = new Node(new Waiter(), 0);
        node.item = item;
        node.waiter.begin();
        return node;
    }
}
