package io.futex.internal;

import io.futex.WaitResult;
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
    private static final long SLEEP_NANOS = 1_000_000;

    private Polling() {}

    /// @param backend sleeps on the word itself, and so hears of wakes from this process; null to park
    static WaitResult await(
            @Nullable FutexBackend backend,
            MemorySegment base,
            long offset,
            int expected,
            long deadline,
            boolean interruptible,
            Object blocker)
            throws InterruptedException {
        for (int look = 0; look < SPINS + YIELDS; look++) {
            if (Segments.read(base, offset) != expected) {
                return WaitResult.CHANGED;
            }
            if (Segments.isOver(deadline)) {
                return WaitResult.TIMED_OUT;
            }
            if (look < SPINS) {
                Thread.onSpinWait();
            } else {
                giveWay();
            }
        }
        long wakeUp = wakeUp(deadline);
        if (backend == null || Thread.currentThread().isVirtual()) {
            park(wakeUp, interruptible, blocker);
        } else {
            nap(backend, base, offset, expected, wakeUp, interruptible);
        }
        if (Segments.read(base, offset) != expected) {
            return WaitResult.CHANGED;
        }
        return Segments.isOver(deadline) ? WaitResult.TIMED_OUT : WaitResult.WOKEN;
    }

    private static long wakeUp(long deadline) {
        long next = System.nanoTime() + SLEEP_NANOS;
        return deadline == Segments.FOREVER ? next : Math.min(next, deadline);
    }

    /// Short enough that an interrupt need not end it, nor a return for no reason be made up for.
    private static void nap(
            FutexBackend backend, MemorySegment base, long offset, int expected, long wakeUp, boolean interruptible)
            throws InterruptedException {
        if (!interruptible || !Thread.currentThread().isInterrupted()) {
            Outcome unused = backend.await(base, offset, expected, false, FutexBackend.ALL, wakeUp);
        }
        if (interruptible && Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    private static void park(long wakeUp, boolean interruptible, Object blocker) throws InterruptedException {
        // parkNanos returns at once while the flag is set, so an uninterruptible wait clears it and puts it back.
        boolean interrupted = Thread.interrupted();
        if (!interrupted || !interruptible) {
            long left = wakeUp - System.nanoTime();
            do {
                LockSupport.parkNanos(blocker, left);
                interrupted |= Thread.interrupted();
                left = wakeUp - System.nanoTime();
                // Each interrupt, that at the end of the nap before included, leaves a permit for one more park.
            } while (interrupted && !interruptible && left > 0);
        }
        if (interrupted) {
            if (interruptible) {
                throw new InterruptedException();
            }
            Thread.currentThread().interrupt();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // a hint before the sleep; nothing relies on it
    private static void giveWay() {
        Thread.yield();
    }
}
