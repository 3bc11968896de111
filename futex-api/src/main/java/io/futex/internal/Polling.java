package io.futex.internal;

import io.futex.WaitResult;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;

/// A wait where nothing can wake the waiter: it looks at the word for a while, sleeps for a millisecond, and returns.
///
/// That it returns as woken although nobody said so is what keeps it correct: a wake that left the word as it was
/// cannot be seen, and any wait may end spuriously. The caller's loop does the rest.
final class Polling {
    private static final int SPINS = 64;
    private static final int YIELDS = 4;
    private static final long SLEEP_NANOS = 1_000_000;

    private Polling() {}

    static WaitResult await(
            MemorySegment base, long offset, int expected, long deadline, boolean interruptible, Object blocker)
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
        sleep(deadline, interruptible, blocker);
        if (Segments.read(base, offset) != expected) {
            return WaitResult.CHANGED;
        }
        return Segments.isOver(deadline) ? WaitResult.TIMED_OUT : WaitResult.WOKEN;
    }

    private static void sleep(long deadline, boolean interruptible, Object blocker) throws InterruptedException {
        // parkNanos returns at once while the flag is set, so an uninterruptible wait clears it and puts it back.
        boolean interrupted = Thread.interrupted();
        if (!interrupted || !interruptible) {
            long nanos =
                    deadline == Segments.FOREVER ? SLEEP_NANOS : Math.min(SLEEP_NANOS, deadline - System.nanoTime());
            LockSupport.parkNanos(blocker, nanos);
            interrupted |= Thread.interrupted();
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
