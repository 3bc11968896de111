package io.futex.channel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Field;

/// Mistakes to be planted instead of the methods of these names, by [io.futex.schedule.SteppedLoader].
@SuppressWarnings("unused")
final class Mistakes {
    private static final VarHandle WAITER;
    private static final Field CASES;

    static {
        try {
            WAITER = MethodHandles.privateLookupIn(Waiter.class, MethodHandles.lookup())
                    .findVarHandle(Waiter.class, "state", int.class);
            CASES = Cases.class.getDeclaredField("cases");
            CASES.setAccessible(true);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("not the code that this is made for", e);
        }
    }

    private Mistakes() {}

    /// Does not ask whether anything has changed since the first look.
    static boolean isUnchanged(Cases cases) {
        return true;
    }

    /// Leaves its nodes where they are.
    static void takeBack(Sections channel, Node node) {}

    /// Of selects: takes the locks in the order of the cases.
    static Case[] sorted(Cases cases) {
        try {
            return ((Case[]) CASES.get(cases)).clone();
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("not the code that this is made for", e);
        }
    }

    /// Claims who has given up, or was claimed elsewhere.
    static int claim(Waiter waiter, int result) {
        int before = (int) WAITER.getAndSet(waiter, result);
        return before == Waiter.ASLEEP ? before : Waiter.RUNNING;
    }

    /// Does not look again at its cell.
    static boolean leave(Sections channel, int cell, Object entered, Node node) {
        long s = channel.lock();
        if (node != null) {
            node.insertBefore(cell == Sections.SENT ? channel.senders : channel.receivers);
        }
        if (cell == Sections.SENT) {
            channel.offered = null;
            channel.senderCell = Sections.FREE;
        } else {
            channel.received = null;
            channel.receiverCell = Sections.FREE;
        }
        channel.state = s + Sections.VERSION;
        return true;
    }

    /// Makes the cell of a receiver free before the value is taken.
    static Node leaveCell(Core channel, int cell, Object item, Object entered, boolean virtual, boolean patient) {
        Node node = channel.isAnswered(cell) ? null : Node.forCall(item);
        if (node != null && channel.leave(cell, entered, node)) {
            return node;
        }
        if (cell == Sections.RECEIVED) {
            Sections.RECEIVER.lazySet(channel, Sections.FREE);
        }
        return null;
    }

    /// Forgets who waits in a cell.
    static void shut(Sections channel) {
        long s = channel.lock();
        channel.state = (s | Sections.CLOSED) + Sections.VERSION;
    }
}
