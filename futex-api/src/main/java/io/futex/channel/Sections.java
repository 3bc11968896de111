package io.futex.channel;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/// A channel without types: a lock, packed into one word with all that operations ask it, a ring of values, and for
/// each direction a cell for a party that waits and still runs, and a queue for those that sleep.
///
/// An operation that need not wait is one step that takes the lock, and one release store of the new state that gives
/// it back. Whoever reads a state with the lock bit reads what was before the section, which takes effect at its end:
/// so nobody needs the lock to learn that an attempt must fail.
///
/// A section never waits, allocates or calls a user. It may still fail where the stack ends, in any call. So it calls
/// nothing but what fails before it has had its effect; until its first effect a failure leaves everything as it was;
/// and the lock is given back in any case, by an assignment, which cannot fail. Should what follows a section fail,
/// that is to wake whom it has claimed, that one sleeps on.
///
/// Only `state` and the cells' states are read without the lock. The other party of a cell writes `DONE` after the
/// value (release), its owner reads it (acquire), takes the value, and then writes `FREE` (release) without the lock;
/// so the next one to enter reads it by acquire, which the lock does not give. An owner in need writes `DONE` itself,
/// see [Core].
@SuppressWarnings("ReferenceEquality") // of links
abstract class Sections extends Padding.After {
    // ---- the state
    static final long LOCK = 1;
    static final long CLOSED = 2;
    /// Receivers wait, in the cell or in the queue. May also be left set, until the next section.
    static final long RECEIVERS = 4;
    /// Likewise senders.
    static final long SENDERS = 8;
    /// One value in the buffer.
    static final long ONE = 16;

    static final long SIZE = (long) Integer.MAX_VALUE << 4;
    /// Counts the sections, so that a state which is read twice has not changed in between.
    static final long VERSION = 1L << 35;

    // ---- of a cell
    /// Nobody's.
    static final int FREE = 0;
    /// Its owner looks for a partner.
    static final int WAITING = 1;
    /// A partner was there. Still the owner's, until it has taken the value.
    static final int DONE = 2;
    /// The channel was closed. Likewise.
    static final int ENDED = 3;

    // ---- what is looked for; see isAnswered
    static final int RECEIVED = 0;
    static final int SENT = 1;
    static final int VALUE = 2;
    static final int ROOM = 3;

    /// A party in the cell is served before those that sleep, so often in a row.
    static final int MOST_OVERTAKES = 63;

    // Not VarHandles: those are linked at the first call in each place, which takes a lot of stack.
    static final AtomicLongFieldUpdater<Hot> STATE = AtomicLongFieldUpdater.newUpdater(Hot.class, "state");
    static final AtomicIntegerFieldUpdater<Hot> RECEIVER =
            AtomicIntegerFieldUpdater.newUpdater(Hot.class, "receiverCell");
    static final AtomicIntegerFieldUpdater<Hot> SENDER = AtomicIntegerFieldUpdater.newUpdater(Hot.class, "senderCell");

    private static final AtomicLong IDS = new AtomicLong();

    private static final @Nullable Object[] NO_RING = {};

    /// The order in which a select takes several locks.
    final long id = IDS.getAndIncrement();

    final @Nullable Object[] ring;
    /// The size of a full buffer, as it stands in the state.
    final long full;

    final Link receivers = Link.queue();
    final Link senders = Link.queue();

    Sections(int capacity) {
        ring = capacity == 0 ? NO_RING : new @Nullable Object[capacity];
        full = capacity * ONE;
    }

    // ---- without the lock

    static boolean canReceive(long s) {
        return (s & (SENDERS | CLOSED | SIZE)) != 0;
    }

    final boolean canSend(long s) {
        return (s & (RECEIVERS | CLOSED)) != 0 || (s & SIZE) < full;
    }

    /// Whether a wait for this need not go on.
    final boolean isAnswered(int question) {
        return switch (question) {
            case RECEIVED -> receiverCell != WAITING;
            case SENT -> senderCell != WAITING;
            // Those who sleep come first, so go and sleep among them.
            case VALUE -> (state & (RECEIVERS | SENDERS | CLOSED | SIZE)) != 0;
            default -> (state & (SENDERS | RECEIVERS | CLOSED)) != 0 || (state & SIZE) < full;
        };
    }

    // ---- the lock

    /// Fails before it has taken it, or not at all.
    ///
    /// @return the state, without the lock bit
    final long lock() {
        for (int round = 0; ; round++) {
            long s = state;
            if ((s & LOCK) == 0 && STATE.compareAndSet(this, s, s | LOCK)) {
                return s;
            }
            Pace.backOff(round);
        }
    }

    // ---- to wait no more

    /// Makes the cell free, unless somebody has come since its owner has looked.
    ///
    /// @param node to be queued instead
    /// @return whether the cell was left
    final boolean leave(int cell, Object entered, @Nullable Node node) {
        boolean sends = cell == SENT;
        Link queue = sends ? senders : receivers;
        long s = lock();
        // No call from here to the end of the section.
        boolean left = (sends ? senderCell : receiverCell) == WAITING;
        if (left) {
            Link place = entered == Step.JOINED_FIRST ? queue.next : queue; // nobody who sleeps is older
            if (node != null && place != null) {
                Link before = place.previous;
                node.previous = before;
                node.next = place;
                place.previous = node;
                if (before != null) {
                    before.next = node;
                }
            }
            if (sends) {
                offered = null;
                senderCell = FREE;
            } else {
                received = null;
                receiverCell = FREE;
            }
        }
        state = s + VERSION;
        return left;
    }

    /// Takes a node of a waiter that can be claimed no more out of its queue, if it is still there.
    final void takeBack(Node node) {
        long s = lock();
        // No call from here to the end of the section.
        Link next = node.next;
        Link previous = node.previous;
        if (next != null && previous != null) {
            next.previous = previous;
            previous.next = next;
            node.next = null;
            node.previous = null;
        }
        if (receivers.next == receivers && receiverCell != WAITING) {
            s &= ~RECEIVERS;
        }
        if (senders.next == senders && senderCell != WAITING) {
            s &= ~SENDERS;
        }
        state = s + VERSION;
    }

    // ---- closing

    /// Closes, and releases all who wait. If it fails where the stack ends, the next call goes on.
    final void shut() {
        if ((state & (CLOSED | RECEIVERS | SENDERS)) == CLOSED) {
            return;
        }
        long s = lock() | CLOSED;
        // No call from here to the end of the section.
        state = s | LOCK; // first, so that who learns it in a cell finds it here
        if (receiverCell == WAITING) {
            receiverCell = ENDED;
        }
        if (senderCell == WAITING) {
            senderCell = ENDED;
        }
        state = s + VERSION;
        while ((state & (RECEIVERS | SENDERS)) != 0) {
            releaseFirst();
        }
    }

    private void releaseFirst() {
        Object woken = null;
        long s = lock();
        long next = s;
        try {
            Link first = receivers.next != receivers ? receivers.next : senders.next;
            if (first == senders || first == null) {
                next &= ~(RECEIVERS | SENDERS);
            } else {
                Node node = (Node) first;
                Object sleeper = node.waiter.sleeper;
                int was = node.waiter.claim(node.index << 1 | 1); // the first effect: no calls from here on
                Link following = first.next;
                Link previous = first.previous;
                if (following != null && previous != null) {
                    following.previous = previous;
                    previous.next = following;
                }
                first.next = null;
                first.previous = null;
                woken = was == Waiter.ASLEEP ? sleeper : null;
            }
        } finally {
            state = next + VERSION; // an assignment, which cannot fail
        }
        if (woken != null) {
            Waiter.wake(woken);
        }
    }
}
