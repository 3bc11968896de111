package io.futex.internal;

import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// A platform thread's native wait: repeats it over meaningless returns, and lets an interrupt end it.
///
/// One object a thread; see [PerThread].
final class NativeWaiter {
    private static final PerThread<NativeWaiter> CURRENT = new PerThread<>() {
        @Override
        NativeWaiter make() {
            return new NativeWaiter();
        }
    };
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    /// The bit of waiters that no interrupter looks for: an uninterruptible wait is disturbed by nobody's interrupt.
    private static final int UNINTERRUPTIBLE = 1 << 31;

    private static final int INTERRUPTIBLE_BITS = 31;

    private static final long NAP_NANOS = 1_000_000;

    /// The bit by which an interrupter finds this thread among the waiters of a word; a few threads may share it.
    private final int bit = 1 << Integer.remainderUnsigned(NUMBERS.getAndIncrement(), INTERRUPTIBLE_BITS);

    private final InterruptHook hook = new InterruptHook(Thread.currentThread(), bit);

    private NativeWaiter() {}

    static NativeWaiter current() {
        return CURRENT.current();
    }

    /// Waits until something ends the wait that has a meaning to the caller.
    ///
    /// @return `WOKEN`, perhaps for no reason, `CHANGED` or `TIMED_OUT`; also `EARLY`, only if `interruptible`: after
    ///     an interrupt, whose status is cleared
    Outcome await(
            FutexBackend backend,
            MemorySegment base,
            long offset,
            int expected,
            boolean shared,
            long deadline,
            boolean interruptible) {
        int mask = interruptible ? bit : UNINTERRUPTIBLE;
        for (; ; ) {
            Outcome outcome;
            if (interruptible) {
                try {
                    hook.enter(backend, base.address() + offset, shared);
                    // An interrupt after this look finds the hook, which wakes our bit until we have left. The look is
                    // the static one, which a subclass of Thread cannot override.
                    if (Thread.interrupted()) {
                        return Outcome.EARLY;
                    }
                    outcome = backend.await(base, offset, expected, shared, mask, deadline);
                } finally {
                    hook.leave();
                }
            } else {
                outcome = backend.await(base, offset, expected, shared, mask, deadline);
            }
            if (outcome == Outcome.FAILED) {
                // Outside the hook: what it needs is loaded at the first failure, and a class loader may use channels,
                // which would take the hook away.
                outcome = reason(backend, base, offset, expected, shared, mask, deadline);
            }
            if (outcome == Outcome.TIMED_OUT) {
                return Deadline.isOver(deadline) ? outcome : nap(deadline, interruptible);
            }
            if (outcome != Outcome.EARLY) {
                return outcome;
            }
        }
    }

    /// Why a wait failed. Mostly the clock tells, so it is asked before the system; never the word, which may be gone.
    static Outcome reason(
            FutexBackend backend,
            MemorySegment base,
            long offset,
            int expected,
            boolean shared,
            int mask,
            long deadline) {
        return Deadline.isOver(deadline)
                ? Outcome.TIMED_OUT
                : backend.diagnose(base, offset, expected, shared, mask, deadline);
    }

    /// The system's clock is ahead of ours, as where a process was restored on another machine: the system does not
    /// sleep until our deadline, so we do, in naps. A nap hears no wake, so the wait ends after it.
    private static Outcome nap(long deadline, boolean interruptible) {
        boolean interrupted = Thread.interrupted();
        long end = Math.min(System.nanoTime() + NAP_NANOS, deadline);
        for (long left = NAP_NANOS; left > 0 && !(interrupted && interruptible); left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
            interrupted |= Thread.interrupted(); // else the next one ends at once
        }
        if (interrupted && interruptible) {
            return Outcome.EARLY;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return Deadline.isOver(deadline) ? Outcome.TIMED_OUT : Outcome.WOKEN;
    }
}
