package io.futex.channel;

import io.futex.internal.Deadline;
import org.jspecify.annotations.Nullable;

/// How a party waits, by the sections of [Attempts]: in the cell while it runs, then by a node in the queue, asleep.
///
/// Where the stack ends, or the memory, the owner of a cell leaves it by assignments, which cannot fail. It writes
/// `DONE` without the lock: so no section that begins afterwards finds it there. One that had begun may still serve it,
/// or close; that one's end is awaited. Then the place of the value tells which it was: a receiver's has one only if
/// it was given it, a sender's has none only if it was taken. Others may enter once it has written `FREE`.
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
        Step step = send(value, small, null);
        if (step == Step.JOINED || step == Step.JOINED_FIRST) {
            Node node = null;
            try {
                node = leaveCell(SENT, value, step, virtual, patient);
            } catch (RuntimeException | Error e) { // no call from here on that must not fail
                senderCell = DONE;
                for (long s = state; (s & LOCK) != 0 && ((state ^ s) & -VERSION) == 0; ) {
                    try {
                        Pace.giveWay();
                    } catch (StackOverflowError none) {
                        // then it spins
                    }
                }
                if (offered != null) {
                    offered = null;
                    senderCell = FREE;
                    throw e;
                }
            }
            if (node != null) {
                return sent(awaitClaim(node, deadline));
            }
            step = senderCell == DONE ? Step.DONE : Step.CLOSED;
            offered = null;
            try {
                SENDER.lazySet(this, FREE);
            } catch (StackOverflowError e) {
                senderCell = FREE;
            }
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
        Object result = receive(small, null);
        if (result == Step.JOINED || result == Step.JOINED_FIRST) {
            Node node = null;
            try {
                node = leaveCell(RECEIVED, null, result, virtual, patient);
            } catch (RuntimeException | Error e) { // likewise
                receiverCell = DONE;
                for (long s = state; (s & LOCK) != 0 && ((state ^ s) & -VERSION) == 0; ) {
                    try {
                        Pace.giveWay();
                    } catch (StackOverflowError none) {
                        // then it spins
                    }
                }
                if (received == null) {
                    receiverCell = FREE;
                    throw e;
                }
            }
            if (node != null) {
                return received(node, awaitClaim(node, deadline));
            }
            Object value = received;
            received = null;
            try {
                RECEIVER.lazySet(this, FREE); // then the next one may enter, and be given a value in the same place
            } catch (StackOverflowError e) {
                receiverCell = FREE;
            }
            return value == null ? Step.CLOSED : value;
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

    private static Object received(Node node, int result) {
        Object value = node.item;
        if (result == Waiter.CANCELLED) {
            return Step.NONE;
        }
        return value == null || (result & 1) != 0 ? Step.CLOSED : value; // or of one that has failed to hand it over
    }

    /// Waits in the cell, and leaves it for the queue if nobody comes.
    ///
    /// @param cell which, by its question
    /// @param entered with which step it was entered
    /// @return the node in the queue, or null if somebody has come: then the cell is still to be made free
    private @Nullable Node leaveCell(
            int cell, @Nullable Object item, Object entered, boolean virtual, boolean patient) {
        pace.await(this, cell, true, virtual, patient);
        if (isAnswered(cell)) {
            return null;
        }
        Room.require(); // to sleep, and to wake up
        Node node = Node.forCall(item);
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
