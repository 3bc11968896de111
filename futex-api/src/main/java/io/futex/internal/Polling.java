package io.futex.internal;

import io.futex.memory.MemoryChecks;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A wait where nothing need wake the waiter: it looks at the word for a while, sleeps for a millisecond, and returns.
///
/// That it returns as woken although nobody said so is what keeps it correct: a wake that left the word as it was
/// cannot be seen, and any wait may end spuriously. The caller's loop does the rest.
final class Polling {
    private static final int SPINS = 64;
    private static final int YIELDS = 4;
    private static final long NAP_NANOS = 1_000_000;

    private Polling() {}

    /// Waits once.
    ///
    /// @param backend sleeps on the word itself, and so hears of wakes from this process; null to park
    /// @return as [NativeWaiter#await]: `WOKEN` for a wake that was perhaps consumed, or for no reason
    @SuppressWarnings("ThreadPriorityCheck") // yield: a hint before the sleep; nothing relies on it
    static Outcome await(
            @Nullable FutexBackend backend,
            MemorySegment base,
            long offset,
            int expected,
            long deadline,
            boolean interruptible,
            Object blocker) {
        for (int look = 0; look < SPINS + YIELDS; look++) {
            if (MemoryChecks.read(base, offset) != expected) {
                return Outcome.CHANGED;
            }
            if (Deadline.isOver(deadline)) {
                return Outcome.TIMED_OUT;
            }
            if (look < SPINS) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
        if (backend != null) {
            // Short enough that an interrupt need not end it, nor a return for no reason be made up for.
            int mask = FutexBackend.ALL;
            long wakeUp = Math.min(System.nanoTime() + NAP_NANOS, deadline);
            Outcome outcome = backend.await(base, offset, expected, false, mask, wakeUp);
            if (outcome == Outcome.FAILED) {
                outcome = NativeWaiter.reason(backend, base, offset, expected, false, mask, wakeUp);
            }
            if (outcome == Outcome.WOKEN) {
                return outcome;
            }
        } else if (nap(deadline, interruptible, blocker)) {
            return Outcome.EARLY;
        }
        if (base.scope().isAlive() && MemoryChecks.read(base, offset) != expected) {
            return Outcome.CHANGED;
        }
        return Deadline.isOver(deadline) ? Outcome.TIMED_OUT : Outcome.WOKEN;
    }

    /// Sleeps for a millisecond, or until the deadline. No wake ends it.
    ///
    /// @param blocker what thread dumps shall name
    /// @return whether an interrupt has ended it, whose status is cleared
    static boolean nap(long deadline, boolean interruptible, Object blocker) {
        boolean interrupted = Thread.interrupted(); // park returns at once while the status is set
        long end = Math.min(System.nanoTime() + NAP_NANOS, deadline);
        while (!(interrupted && interruptible) && System.nanoTime() < end) {
            LockSupport.parkNanos(blocker, end - System.nanoTime());
            interrupted |= Thread.interrupted();
        }
        if (interrupted && !interruptible) {
            Thread.currentThread().interrupt();
        }
        return interrupted && interruptible;
    }
}
