package io.futex.internal;

import io.futex.spi.Outcome;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A wait on a shared word that somebody else makes in the system's queue, for a virtual thread, which parks meanwhile.
/// Whatever happens, the thread stays until that wait has ended: so whoever is woken is known, and a wake is never
/// consumed for one who has gone.
abstract class DelegatedWait {
    /// Held until the wait has ended: memory that the garbage collector frees must not be used for something else.
    final MemorySegment base;

    final long offset;
    final int expected;

    private final Thread waiter = Thread.currentThread();

    /// How it has ended; null until then.
    private volatile @Nullable Outcome outcome;

    /// Of the waiter.
    private boolean withdrawn;

    DelegatedWait(MemorySegment base, long offset, int expected) {
        this.base = base;
        this.offset = offset;
        this.expected = expected;
    }

    final long address() {
        return base.address() + offset;
    }

    /// By who makes the wait: it has ended, and nothing of it is left in the system. Called once.
    ///
    /// @param how `EARLY` if nothing was consumed: it was withdrawn, or could not be made
    final void end(Outcome how) {
        outcome = how;
        LockSupport.unpark(waiter);
    }

    /// Lets the wait end soon, in whichever way. Called once at most, by the waiter.
    abstract void withdraw();

    /// What is left to do for it once it was handed over. May be called again.
    void hasten() {}

    /// Parks until the wait has ended. An interrupt or the end of the time withdraws it; one that had ended in another
    /// way before tells of that.
    ///
    /// @param deadline when to withdraw it
    /// @param engine passes a wake on if the parking fails
    /// @return how it ended; `EARLY` only if `interruptible`, for an interrupt, whose status is cleared; null if it
    ///     could not be made
    @Nullable
    Outcome await(long deadline, boolean interruptible, Engine engine) {
        boolean interrupted = false;
        try {
            hasten();
            for (; ; ) {
                Outcome how = outcome;
                if (how != null) {
                    if (how != Outcome.EARLY) {
                        return how;
                    }
                    if (interruptible && interrupted) {
                        interrupted = false;
                        return Outcome.EARLY;
                    }
                    return withdrawn ? Outcome.TIMED_OUT : null;
                }
                // park() returns at once while the status is set, so it is cleared, and put back in the end.
                interrupted |= Thread.interrupted();
                if (!withdrawn && ((interruptible && interrupted) || Deadline.isOver(deadline))) {
                    withdrawn = true;
                    withdraw();
                } else if (withdrawn || deadline == Deadline.FOREVER) {
                    LockSupport.park(this);
                } else {
                    LockSupport.parkNanos(this, deadline - System.nanoTime());
                }
            }
        } catch (RuntimeException | Error e) {
            abandon(engine); // no stack, or no thread to time the parking
            throw e;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// Ends the wait in any case; a wake that it has consumed is passed on.
    @SuppressWarnings("ThreadPriorityCheck") // yield: whoever ends the wait may need this carrier
    private void abandon(Engine engine) {
        boolean left = withdrawn;
        withdrawn = true;
        while (outcome == null) {
            try {
                if (!left) {
                    left = true;
                    withdraw();
                }
                hasten();
            } catch (StackOverflowError e) {
                // again: there was stack enough before
            }
            Thread.yield();
        }
        if (outcome == Outcome.WOKEN) {
            int unused = engine.awaken(base, offset, 1, false);
        }
    }

    /// For thread dumps, as what blocks the thread.
    @Override
    public String toString() {
        return "wait on the shared word at 0x" + Long.toHexString(address()) + ", " + place();
    }

    /// Where the wait is, for people.
    abstract String place();
}
