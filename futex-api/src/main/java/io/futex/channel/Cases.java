package io.futex.channel;

import io.futex.internal.Deadline;
import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The cases of a select, and how one is chosen. All have one waiter, which is claimed once.
///
/// It looks at the channels without a lock, and takes that of one which is ready. Only to sleep, and to be sure, does
/// it take all locks, in an order that all selects agree on: so it stands in all queues before anybody may find it in
/// one. Nobody claims two parties at once, so selects may meet selects.
final class Cases {
    // How to look, before it sleeps.
    private static final int LOOKS = 8;
    private static final int PAUSES = 8;
    private static final int VIRTUAL_PAUSES = 4;
    private static final int VIRTUAL_YIELDS = 4;

    final Waiter waiter = new Waiter();
    private final boolean inOrder;

    private Case[] cases = new Case[4];
    private int size;

    /// Indexes of those that are ready and have not been tried.
    private int[] ready = new int[4];

    /// By the order of their channels; null if it must be made anew.
    private Case @Nullable [] byChannel;

    private long random = System.nanoTime() * 0x9E3779B97F4A7C15L | 1;

    /// The case that was done, and what it has come to.
    private @Nullable Case chosen;

    private Object outcome = Step.NONE;

    Cases(boolean inOrder) {
        this.inOrder = inOrder;
    }

    void add(Case added) {
        if (size == cases.length) {
            cases = Arrays.copyOf(cases, 2 * size);
            ready = Arrays.copyOf(ready, 2 * size);
        }
        cases[size++] = added;
        byChannel = null;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /// What the chosen case has come to: a value, `DONE` or `CLOSED`. It is not kept.
    Object takeOutcome() {
        Object taken = outcome;
        outcome = Step.NONE;
        return taken;
    }

    /// Does one case.
    ///
    /// @param nanos how long to wait; zero or less does not
    /// @return the case, or null if none was ready in time
    @Nullable
    Case choose(long nanos) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        try {
            for (int i = 0; i < size; i++) {
                cases[i].askForValue();
            }
            decide(nanos);
            return chosen;
        } finally {
            chosen = null;
            for (int i = 0; i < size; i++) {
                cases[i].forget();
            }
        }
    }

    private void decide(long nanos) throws InterruptedException {
        boolean waits = nanos > 0;
        boolean virtual = Thread.currentThread().isVirtual();
        int looks = !waits ? 2 : !Pace.LOOKS ? 0 : virtual ? LOOKS + VIRTUAL_YIELDS : LOOKS;
        long deadline = Deadline.FOREVER;
        for (int look = 0; look <= looks; look++) {
            int n = peek(false);
            if (n > 0 && tryReady(n, false)) {
                return;
            }
            if (n == 0 && !waits && isUnchanged()) {
                return; // between the first look at the last channel and the second at the first none was ready
            }
            if (waits) {
                if (look == 0) {
                    deadline = Deadline.after(nanos, TimeUnit.NANOSECONDS);
                }
                if (look < looks) {
                    lookAway(look, virtual);
                }
            }
        }
        block(waits, deadline);
    }

    @SuppressWarnings("ThreadPriorityCheck") // a hint is all that is wanted
    private static void lookAway(int look, boolean virtual) {
        if (look >= LOOKS) {
            Thread.yield();
        } else {
            Pace.pause(virtual ? VIRTUAL_PAUSES : PAUSES);
        }
    }

    // ---- one look

    /// Looks at all.
    ///
    /// @param locked whether all locks are ours
    /// @return how many are ready
    private int peek(boolean locked) {
        int n = 0;
        for (int i = 0; i < size; i++) {
            Case c = cases[i];
            long s = locked ? c.channel.held : c.channel.state;
            c.seen = s;
            if (c.isReady(s)) {
                ready[n++] = i;
            }
        }
        return n;
    }

    private boolean isUnchanged() {
        for (int i = 0; i < size; i++) {
            if (((cases[i].channel.state ^ cases[i].seen) & ~Core.LOCK) != 0) {
                return false;
            }
        }
        return true;
    }

    /// Tries the first `n` of `ready`, one after the other, until one is done. Without the locks others may come first.
    private boolean tryReady(int n, boolean locked) {
        for (int left = n; left > 0; left--) {
            int at = inOrder ? n - left : left == 1 ? 0 : random(left);
            Case c = cases[ready[at]];
            Object result = c.attempt(locked);
            if (result != Step.NONE) {
                chosen = c;
                outcome = result;
                return true;
            }
            if (!inOrder) {
                ready[at] = ready[left - 1];
            }
        }
        return false;
    }

    /// Of all below `bound` alike: one after the other from a random start would prefer whoever follows one that is not
    /// ready.
    private int random(int bound) {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return (int) (((random >>> 33) * bound) >>> 31);
    }

    // ---- with all locks

    /// Does a case that is ready, or else sleeps until one is done or the time is over.
    ///
    /// @param waits if not, it does not sleep
    @SuppressWarnings("ReferenceEquality") // of channels
    private void block(boolean waits, long deadline) throws InterruptedException {
        Case[] sorted = sorted();
        Room.require(); // to wake, or to leave again
        if (waits) {
            waiter.prepare();
        }
        boolean joined = false;
        Object woken = null;
        int held = 0; // of the cases, in this order: their channels' locks are ours
        try {
            for (; held < size; held++) {
                Core channel = sorted[held].channel;
                if (held == 0 || channel != sorted[held - 1].channel) {
                    channel.held = channel.lock();
                }
            }
            // What is ready is taken here: to give the locks back first might go on for ever, while others are quicker.
            if (!tryReady(peek(true), true) && waits) {
                for (int i = 0; i < size; i++) {
                    enqueue(sorted[i]);
                }
                waiter.arm();
                joined = true;
            }
        } finally {
            // No call from here to the end of the section. If there was not the stack to come to an end, nodes may be
            // left in queues: nobody can claim them, and the next run finds them there.
            for (int i = held - 1; i >= 0; i--) {
                Core channel = sorted[i].channel;
                if (i == 0 || channel != sorted[i - 1].channel) {
                    woken = channel.woken == null ? woken : channel.woken;
                    channel.woken = null;
                    channel.state = channel.held + Core.VERSION;
                }
            }
        }
        if (woken != null) {
            Waiter.wake(woken);
        }
        if (joined) {
            awaitClaim(deadline);
        } else if (waits) {
            waiter.end();
        }
    }

    private static void enqueue(Case c) {
        Core channel = c.channel;
        if (c.next == null) {
            c.insertBefore(c.sends ? channel.senders : channel.receivers);
        }
        channel.held |= c.sends ? Core.SENDERS : Core.RECEIVERS;
    }

    private void awaitClaim(long deadline) throws InterruptedException {
        int result = Waiter.CANCELLED;
        try {
            result = waiter.await(deadline);
        } finally {
            for (int i = 0; i < size; i++) {
                if (result == Waiter.CANCELLED
                        || i != result >> 1) { // that one was taken out by whoever has claimed it
                    cases[i].channel.takeBack(cases[i]);
                }
            }
            waiter.end();
        }
        if (result != Waiter.CANCELLED) {
            Case c = cases[result >> 1];
            Object item = c.item;
            chosen = c;
            outcome = (result & 1) != 0 ? Step.CLOSED : c.sends || item == null ? Step.DONE : item;
        }
    }

    private Case[] sorted() {
        Case[] sorted = byChannel;
        if (sorted == null) {
            sorted = Arrays.copyOf(cases, size);
            Arrays.sort(sorted, Comparator.comparingLong(c -> c.channel.id));
            byChannel = sorted;
        }
        return sorted;
    }
}
