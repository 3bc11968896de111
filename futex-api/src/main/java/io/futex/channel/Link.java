package io.futex.channel;

import org.jspecify.annotations.Nullable;

/// A member of a ring, whose order is that of arrival, or the fixed one that is the head of a queue. Guarded by the
/// lock of the channel.
///
/// Nodes are taken out where it happens, by four assignments and without a call, which could fail where the stack ends.
class Link {
    /// Null if it is in no queue.
    @Nullable
    Link next;

    @Nullable
    Link previous;

    /// Fails before it has done anything, or not at all: it calls nothing.
    ///
    /// @param place what comes after it
    final void insertBefore(Link place) {
        Link before = place.previous;
        if (before != null) {
            previous = before;
            next = place;
            before.next = this;
            place.previous = this;
        }
    }

    /// The head of an empty queue.
    static Link queue() {
        Link head = new Link();
        head.next = head;
        head.previous = head;
        return head;
    }
}
