package io.futex.channel;

import io.futex.contract.Await;

/// Who waits in the queues of a channel.
final class Sleepers {
    private Sleepers() {}

    static int senders(Channel<?> channel) {
        return count(channel, channel.senders);
    }

    static int receivers(Channel<?> channel) {
        return count(channel, channel.receivers);
    }

    @SuppressWarnings("ReferenceEquality") // of links
    private static int count(Channel<?> channel, Link queue) {
        int n = 0;
        long s = channel.lock();
        for (Link link = queue.next; link != queue; link = link.next) {
            n++;
        }
        channel.state = s; // nothing has changed
        return n;
    }

    static void awaitSenders(Channel<?> channel, int n) {
        Await.until(n + " senders asleep", () -> senders(channel) == n);
    }

    static void awaitReceivers(Channel<?> channel, int n) {
        Await.until(n + " receivers asleep", () -> receivers(channel) == n);
    }

    /// Nobody waits, nothing is kept, and the lock is free: what every channel must come to.
    static void requireQuiet(Channel<?> channel) {
        if (senders(channel) != 0
                || receivers(channel) != 0
                || channel.senderCell != Sections.FREE
                || channel.receiverCell != Sections.FREE
                || channel.offered != null
                || channel.received != null
                || (channel.state & Sections.LOCK) != 0) {
            throw new AssertionError("something is left in " + channel);
        }
    }
}
