package io.futex.channel;

import io.futex.internal.Deadline;
import org.jspecify.annotations.Nullable;

/// How a party waits, by the sections of [Attempts]: in the cell while it runs, then by a node in the queue, asleep.
abstract class Core extends Attempts {
    /// With less room a waiter enters the cell at once; with more it first looks for room, or for a value, from
    /// outside: so whole batches pass meanwhile.
    private static final int SMALL = 8;

    private final boolean small;
    private final Pace pace = new Pace();

    Core(int capacity) {
        super(capacity);
        small = capacity < SMALL && Pace.LOOKS;
    }

    /// Sends, however long it takes.
    ///
    /// @return `DONE`, `CLOSED`, or `NONE` if the time is over
    final Step sendSlowly(Object value, long deadline) throws InterruptedException {
        boolean virtual = Thread.currentThread().isVirtual();
        boolean patient = deadline == Deadline.FOREVER;
        if (!small && Pace.LOOKS) {
            pace.await(this, ROOM, false, virtual, patient);
        }
        boolean enters = small && !canSend(state);
        if (enters) {
            Room.require();
        }
        Step step = send(value, enters, null);
        if (step == Step.NONE && small && !enters) {
            Room.require();
            step = send(value, true, null);
        }
        if (step == Step.JOINED || step == Step.JOINED_FIRST) {
            Node node = leaveCell(SENT, value, step, virtual, patient);
            if (node != null) {
                return sent(awaitClaim(node, deadline));
            }
            step = senderCell == DONE ? Step.DONE : Step.CLOSED;
            SENDER.lazySet(this, FREE);
            return step;
        }
        if (step == Step.NONE) {
            Room.require();
            Node node = Node.forCall(value);
            step = send(value, false, node);
            if (step == Step.JOINED) {
                return sent(awaitClaim(node, deadline));
            }
        }
        return step;
    }

    private static Step sent(int result) {
        return result == Waiter.CANCELLED ? Step.NONE : (result & 1) != 0 ? Step.CLOSED : Step.DONE;
    }

    /// Receives, however long it takes.
    ///
    /// @return the value, `CLOSED`, or `NONE` if the time is over
    final Object receiveSlowly(long deadline) throws InterruptedException {
        boolean virtual = Thread.currentThread().isVirtual();
        boolean patient = deadline == Deadline.FOREVER;
        if (!small && Pace.LOOKS) {
            pace.await(this, VALUE, false, virtual, patient);
        }
        boolean enters = small && !canReceive(state);
        if (enters) {
            Room.require();
        }
        Object result = receive(enters, null);
        if (result == Step.NONE && small && !enters) {
            Room.require();
            result = receive(true, null);
        }
        if (result == Step.JOINED || result == Step.JOINED_FIRST) {
            Node node = leaveCell(RECEIVED, null, result, virtual, patient);
            if (node != null) {
                return received(node, awaitClaim(node, deadline));
            }
            return takeFromCell();
        }
        if (result == Step.NONE) {
            Room.require();
            Node node = Node.forCall(null);
            result = receive(false, node);
            if (result == Step.JOINED) {
                return received(node, awaitClaim(node, deadline));
            }
        }
        return result;
    }

    /// By the receiver in the cell, once that is answered.
    private Object takeFromCell() {
        Object value = receiverCell == DONE ? received : null; // else it may be of one that has failed to hand it over
        received = null;
        RECEIVER.lazySet(this, FREE); // then the next one may enter, and be given a value in the same place
        return value == null ? Step.CLOSED : value;
    }

    private static Object received(Node node, int result) {
        Object value = node.item;
        if (result == Waiter.CANCELLED) {
            return Step.NONE;
        }
        return value == null || (result & 1) != 0 ? Step.CLOSED : value; // likewise
    }

    /// Waits in the cell, and leaves it for the queue if nobody comes.
    ///
    /// @param cell which, by its question
    /// @param entered with which step it was entered
    /// @return the node in the queue, or null if somebody has come: then the cell is still to be made free
    private @Nullable Node leaveCell(
            int cell, @Nullable Object item, Object entered, boolean virtual, boolean patient) {
        Node node;
        try {
            pace.await(this, cell, true, virtual, patient);
            if (isAnswered(cell)) {
                return null;
            }
            node = Node.forCall(item);
        } catch (RuntimeException | Error e) { // no stack, or no memory
            if (leave(cell, entered, null)) {
                throw e;
            }
            return null;
        }
        return leave(cell, entered, node) ? node : null;
    }

    /// Sleeps until claimed or the time is over, and leaves nothing behind.
    private int awaitClaim(Node node, long deadline) throws InterruptedException {
        int result = Waiter.CANCELLED;
        try {
            result = node.waiter.await(deadline);
            return result;
        } finally {
            if (result == Waiter.CANCELLED) {
                takeBack(node);
            }
        }
    }
}
