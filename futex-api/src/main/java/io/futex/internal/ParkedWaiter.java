package io.futex.internal;

import io.futex.WaitResult;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A thread that waits on a local word in a list: every virtual thread, and every thread where there is no native wait,
/// by parking; elsewhere see the subclass.
class ParkedWaiter {
    /// In no list.
    static final int IDLE = 0;
    /// In a list; may be taken by a wake, or take itself back.
    static final int QUEUED = 1;
    /// Taken out by a wake, which will mark it woken in a moment and until then still uses it.
    static final int TAKEN = 2;
    /// Woken: its waiter makes it idle, and it is nobody else's any more; unless the wake fails and puts it back first.
    /// The bits above tell one wake from the next.
    private static final int WOKEN = 3;
    private static final int ONE_WAKE = 4;

    private static final AtomicIntegerFieldUpdater<ParkedWaiter> STATE =
            AtomicIntegerFieldUpdater.newUpdater(ParkedWaiter.class, "state");

    // Platform threads reuse one node each, so that a wait allocates nothing; a virtual thread is short-lived and makes
    // one for each wait.
    private static final ThreadLocal<ParkedWaiter> CURRENT = new ThreadLocal<>() {
        @Override
        protected ParkedWaiter initialValue() {
            return new ParkedWaiter(Thread.currentThread());
        }
    };

    final Thread thread;

    // Guarded by the list while queued; the waker's while taken.
    long address;

    @Nullable
    ParkedWaiter previous;

    @Nullable
    ParkedWaiter next;

    private int wakes;

    volatile int state = IDLE;

    ParkedWaiter(Thread thread) {
        this.thread = thread;
    }

    static ParkedWaiter current() {
        Thread thread = Thread.currentThread();
        return thread.isVirtual() ? new ParkedWaiter(thread) : CURRENT.get();
    }

    /// Sleeps until the deadline, until [#unpark], which is remembered, or for no reason.
    ///
    /// @param held the memory that holds the word
    /// @param blocker what thread dumps shall name
    void sleep(MemorySegment held, long deadline, Object blocker) {
        if (deadline == Segments.FOREVER) {
            LockSupport.park(blocker);
        } else {
            LockSupport.parkNanos(blocker, deadline - System.nanoTime());
        }
    }

    /// Ends this sleep, or else the next. Whoever calls may be late: nothing is used that changes from wait to wait.
    void unpark() {
        LockSupport.unpark(thread);
    }

    /// By who has taken it.
    ///
    /// @return the state, which no other wake has made
    final int markWoken() {
        int woken = wakes | WOKEN;
        wakes += ONE_WAKE;
        state = woken;
        return woken;
    }

    final boolean step(int from, int to) {
        return STATE.compareAndSet(this, from, to);
    }

    /// Takes note of the wake, if there was one.
    private boolean isWoken() {
        int s = state;
        return (s & WOKEN) == WOKEN && step(s, IDLE);
    }

    /// Whether a sleep ends at once while the thread's interrupt status is set, whoever may want that.
    boolean sleepEndsByInterrupt() {
        return true;
    }

    /// Sleeps in the list until woken, interrupted or timed out.
    ///
    /// @param wide whether the word has 64 bits
    /// @param blocker what thread dumps shall name
    /// @throws InterruptedException if `interruptible` and no wake was meant for this thread
    WaitResult await(
            ParkedList list,
            MemorySegment base,
            long offset,
            long expected,
            boolean wide,
            long deadline,
            boolean interruptible,
            Object blocker)
            throws InterruptedException {
        address = base.address() + offset;
        if (!list.append(this, base, offset, expected, wide)) {
            return WaitResult.CHANGED;
        }
        boolean interrupted = false;
        try {
            while (!isWoken()) {
                // park() returns at once while the flag is set, so an uninterruptible wait clears it and puts it back.
                if ((interruptible || sleepEndsByInterrupt()) && Thread.interrupted()) {
                    interrupted = true;
                    if (interruptible && list.remove(this)) {
                        interrupted = false;
                        throw new InterruptedException();
                    }
                }
                if (state == TAKEN || deadline == Segments.FOREVER) {
                    // Once a wake is meant for us, an interrupt or the end of the time comes too late.
                    sleep(base, Segments.FOREVER, blocker);
                } else if (!Segments.isOver(deadline)) {
                    sleep(base, deadline, blocker);
                } else if (list.remove(this)) {
                    return WaitResult.TIMED_OUT;
                }
            }
            return WaitResult.WOKEN;
        } catch (RuntimeException | Error e) {
            abandon(list); // the sleep failed: no stack, no thread to time it, or memory that was closed
            throw e;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Leaves the list in any case, since this node will be in it again; a wake that was meant for it is passed on.
    private void abandon(ParkedList list) {
        while (!list.remove(this)) {
            if (isWoken()) {
                list.wake(address, 1);
                return;
            }
            Thread.onSpinWait();
        }
    }
}
