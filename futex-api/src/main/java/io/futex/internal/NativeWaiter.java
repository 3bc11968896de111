package io.futex.internal;

import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/// A platform thread's native wait: repeats it over meaningless returns, and lets an interrupt end it.
///
/// One object a thread, made on its first native wait and reused, so that waits allocate nothing.
final class NativeWaiter {
    // Not withInitial: a lambda here would cost every program a millisecond at its first wait.
    private static final ThreadLocal<NativeWaiter> CURRENT = new ThreadLocal<>() {
        @Override
        protected NativeWaiter initialValue() {
            return new NativeWaiter();
        }
    };
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    /// The bit of waiters that no interrupter looks for: an uninterruptible wait is disturbed by nobody's interrupt.
    private static final int UNINTERRUPTIBLE = 1 << 31;

    private static final int INTERRUPTIBLE_BITS = 31;

    /// The bit by which an interrupter finds this thread among the waiters of a word; a few threads may share it.
    private final int bit = 1 << Integer.remainderUnsigned(NUMBERS.getAndIncrement(), INTERRUPTIBLE_BITS);

    private final InterruptHook hook = new InterruptHook(Thread.currentThread(), bit);

    private NativeWaiter() {}

    static NativeWaiter current() {
        return CURRENT.get();
    }

    /// Waits until something ends the wait that has a meaning to the caller.
    ///
    /// @return `WOKEN`, `CHANGED` or `TIMED_OUT`; also `EARLY`, only if `interruptible`, after an interrupt
    Outcome await(
            FutexBackend backend,
            MemorySegment base,
            long offset,
            int expected,
            boolean shared,
            long deadline,
            boolean interruptible) {
        if (!interruptible) {
            for (; ; ) {
                Outcome outcome = backend.await(base, offset, expected, shared, UNINTERRUPTIBLE, deadline);
                if (isFinal(outcome, deadline)) {
                    return outcome;
                }
            }
        }
        try {
            hook.enter(backend, base.address() + offset, shared);
            // An interrupt after this look finds the hook, which wakes our bit until we have left.
            while (!Thread.currentThread().isInterrupted()) {
                Outcome outcome = backend.await(base, offset, expected, shared, bit, deadline);
                if (isFinal(outcome, deadline)) {
                    return outcome;
                }
            }
            return Outcome.EARLY;
        } finally {
            hook.leave();
        }
    }

    /// A timeout counts only by our own clock: the system's timer may round down or be capped.
    private static boolean isFinal(Outcome outcome, long deadline) {
        return outcome == Outcome.WOKEN
                || outcome == Outcome.CHANGED
                || (outcome == Outcome.TIMED_OUT && Segments.isOver(deadline));
    }
}
