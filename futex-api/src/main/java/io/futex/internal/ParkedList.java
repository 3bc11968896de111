package io.futex.internal;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The parked waiters of one bucket, first come first served. Wakes claim *nodes*: a count of anonymous permits would
/// let a latecomer take the wake of one who has slept since before it.
///
/// Guarded by its own monitor, which is held for a walk of the list and never while anybody sleeps.
final class ParkedList {
    private @Nullable ParkedWaiter first;
    private @Nullable ParkedWaiter last;

    /// Who is served next when both kinds of waiters wait on one word, so that neither starves. Races are harmless.
    private boolean parkedFirst;

    boolean takeTurn() {
        parkedFirst = !parkedFirst;
        return parkedFirst;
    }

    /// Appends the node if the word still holds `expected`. The comparison is under the lock that a wake takes: done
    /// before it, a change and its wake could both slip in between, and the waiter would sleep for ever.
    ///
    /// @param wide whether the word has 64 bits; of a narrow one, `expected` is the value with its sign extended
    /// @return whether the node was appended
    synchronized boolean append(ParkedWaiter node, MemorySegment base, long offset, long expected, boolean wide) {
        if ((wide ? Segments.readLong(base, offset) : Segments.read(base, offset)) != expected) {
            return false;
        }
        node.state = ParkedWaiter.QUEUED;
        node.previous = last;
        node.next = null;
        if (last == null) {
            first = node;
        } else {
            last.next = node;
        }
        last = node;
        return true;
    }

    /// Takes a node back that gave up.
    ///
    /// @return false if a wake has taken the node before; it is the caller's then, and must not be lost
    synchronized boolean remove(ParkedWaiter node) {
        if (node.state != ParkedWaiter.QUEUED) {
            return false;
        }
        unlink(node);
        node.state = ParkedWaiter.IDLE;
        return true;
    }

    /// Wakes up to `count` waiters of the word. One whose thread cannot be unparked, for want of stack or of memory, is
    /// put back for the next wake, and the caller hears of it when the others are awake: nobody else could wake those.
    ///
    /// @return how many, exactly
    int wake(long address, int count) {
        int taken = 0;
        ParkedWaiter head = null;
        ParkedWaiter tail = null;
        synchronized (this) {
            ParkedWaiter node = first;
            while (node != null && taken < count) {
                ParkedWaiter following = node.next;
                if (node.address == address) {
                    unlink(node);
                    node.state = ParkedWaiter.TAKEN;
                    node.next = null;
                    if (tail == null) {
                        head = node;
                    } else {
                        tail.next = node;
                    }
                    tail = node;
                    taken++;
                }
                node = following;
            }
        }
        // Unparked outside the lock, which those who wake up may want at once. A node is its waiter's again, and may be
        // in another list, as soon as it is marked woken: so everything is read from it before.
        Throwable failure = null;
        while (head != null) {
            ParkedWaiter node = head;
            head = node.next;
            node.next = null;
            int woken = node.markWoken();
            try {
                node.unpark();
            } catch (RuntimeException | Error e) {
                failure = failure == null ? e : failure;
                putBack(node, woken);
            }
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        return taken;
    }

    /// Unless the waiter has seen that it was woken.
    private synchronized void putBack(ParkedWaiter node, int woken) {
        if (!node.step(woken, ParkedWaiter.TAKEN)) {
            return;
        }
        node.previous = null;
        node.next = first;
        if (first == null) {
            last = node;
        } else {
            first.previous = node;
        }
        first = node;
        node.state = ParkedWaiter.QUEUED;
    }

    private void unlink(ParkedWaiter node) {
        if (node.previous == null) {
            first = node.next;
        } else {
            node.previous.next = node.next;
        }
        if (node.next == null) {
            last = node.previous;
        } else {
            node.next.previous = node.previous;
        }
        node.previous = null;
    }
}
