package io.futex.channel;

import org.jspecify.annotations.Nullable;

/// What a party does in one section: serves one who waits, or the buffer, or joins those who wait.
///
/// A select does the same while it holds the locks of other channels too; so what a section changes of the state stands
/// in `held` until the lock is given back.
@SuppressWarnings("ReferenceEquality") // of links
abstract class Attempts extends Sections {
    Attempts(int capacity) {
        super(capacity);
    }

    /// Sends if a receiver waits or there is room. Else enters the cell or the queue, if it may.
    ///
    /// @param mayEnter whether to enter the cell, if it is free
    /// @param node to be queued
    /// @return any step
    final Step send(Object value, boolean mayEnter, @Nullable Node node) {
        return (Step) attempt(value, mayEnter, node);
    }

    /// Receives if there is a value, in the buffer or of a sender that waits. Else enters the cell or the queue, if it
    /// may.
    ///
    /// @param mayEnter whether to enter the cell, if it is free
    /// @param node to be queued
    /// @return the value, or any step but `DONE`
    final Object receive(boolean mayEnter, @Nullable Node node) {
        return attempt(null, mayEnter, node);
    }

    private Object attempt(@Nullable Object value, boolean mayEnter, @Nullable Node node) {
        Object result;
        held = lock();
        try {
            result = value != null ? sendHeld(value, mayEnter, node) : receiveHeld(mayEnter, node);
        } catch (Throwable e) {
            state = held + VERSION;
            throw e;
        }
        Object sleeper = woken;
        woken = null;
        try {
            STATE.lazySet(this, held + VERSION);
        } catch (Throwable e) {
            state = held + VERSION;
        }
        if (sleeper != null) {
            Waiter.wake(sleeper);
        }
        return result;
    }

    /// As [#send], by who holds the lock and will give it back, and then wake whom this leaves in `woken`.
    final Step sendHeld(Object value, boolean mayEnter, @Nullable Node node) {
        Step step = Step.NONE;
        long s = held;
        if ((s & CLOSED) != 0) {
            step = Step.CLOSED;
        } else if ((s & RECEIVERS) != 0) {
            for (; ; ) {
                Link first = receivers.next;
                boolean alone = first == receivers;
                if (receiverCell == WAITING && (alone || overtakes < MOST_OVERTAKES)) {
                    received = value;
                    try {
                        RECEIVER.lazySet(this, DONE); // the first effect: no calls from here on
                    } catch (Throwable e) {
                        received = null; // else its owner takes it for handed over
                        throw e;
                    }
                    overtakes = alone ? 0 : overtakes + 1;
                    step = Step.DONE;
                    break;
                }
                if (alone || first == null) {
                    break;
                }
                Node receiver = (Node) first;
                Object sleeper = receiver.waiter.sleeper;
                receiver.item = value;
                int was = receiver.waiter.claim(receiver.index << 1); // likewise
                Link second = first.next;
                receivers.next = second;
                if (second != null) {
                    second.previous = receivers;
                }
                first.next = null;
                first.previous = null;
                if (was < 0) {
                    woken = was == Waiter.ASLEEP ? sleeper : null;
                    overtakes = 0;
                    step = Step.DONE;
                    break;
                }
                receiver.item = null; // claimed elsewhere, or has given up
            }
            if (receivers.next == receivers && receiverCell != WAITING) {
                held &= ~RECEIVERS;
            }
        }
        if (step == Step.NONE) {
            if ((s & SIZE) < full) {
                ring[tail] = value;
                tail = tail + 1 == ring.length ? 0 : tail + 1;
                held += ONE;
                step = Step.DONE;
            } else if (node != null) {
                node.insertBefore(senders);
                held |= SENDERS;
                step = Step.JOINED;
            } else if (mayEnter && senderCell == FREE) {
                offered = value;
                SENDER.lazySet(this, WAITING);
                held |= SENDERS;
                step = senders.next == senders ? Step.JOINED_FIRST : Step.JOINED;
            }
        }
        return step;
    }

    /// As [#receive], likewise.
    final Object receiveHeld(boolean mayEnter, @Nullable Node node) {
        Object value = Step.NONE;
        long s = held;
        Object offer = null;
        // A sender that waits has found the buffer full, and nobody has received since. One that waits on a closed
        // channel will learn so.
        if ((s & (SENDERS | CLOSED)) == SENDERS) {
            for (; ; ) {
                Link first = senders.next;
                boolean alone = first == senders;
                if (senderCell == WAITING && (alone || overtakes < MOST_OVERTAKES)) {
                    Object mine = offered;
                    SENDER.lazySet(this, DONE); // the first effect: no calls from here on
                    offer = mine;
                    offered = null;
                    overtakes = alone ? 0 : overtakes + 1;
                    break;
                }
                if (alone || first == null) {
                    break;
                }
                Node sender = (Node) first;
                Object sleeper = sender.waiter.sleeper;
                Object mine = sender.item; // before the claim: then it may change
                int was = sender.waiter.claim(sender.index << 1); // likewise
                Link second = first.next;
                senders.next = second;
                if (second != null) {
                    second.previous = senders;
                }
                first.next = null;
                first.previous = null;
                if (was < 0) {
                    woken = was == Waiter.ASLEEP ? sleeper : null;
                    offer = mine;
                    overtakes = 0;
                    break;
                }
            }
            if (senders.next == senders && senderCell != WAITING) {
                held &= ~SENDERS;
            }
        }
        if ((s & SIZE) != 0) {
            Object oldest = ring[head];
            value = oldest == null ? value : oldest;
            ring[head] = offer;
            head = head + 1 == ring.length ? 0 : head + 1;
            if (offer == null) {
                held -= ONE;
            } else {
                tail = head;
            }
        } else if (offer != null) {
            value = offer;
        } else if ((s & CLOSED) != 0) {
            value = Step.CLOSED;
        } else if (node != null) {
            node.insertBefore(receivers);
            held |= RECEIVERS;
            value = Step.JOINED;
        } else if (mayEnter && receiverCell == FREE) {
            RECEIVER.lazySet(this, WAITING);
            held |= RECEIVERS;
            value = receivers.next == receivers ? Step.JOINED_FIRST : Step.JOINED;
        }
        return value;
    }
}
