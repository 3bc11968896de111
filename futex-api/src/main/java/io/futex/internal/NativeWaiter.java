package io.futex.internal;

import io.futex.memory.PerThread;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/// A platform thread's native wait: repeats it over meaningless returns, and lets an interrupt end it.
final class NativeWaiter {
    private static final PerThread<NativeWaiter> CURRENT = new PerThread<>() {
        @Override
        protected NativeWaiter make() {
            return new NativeWaiter();
        }
    };
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    /// The bit of waiters that no interrupter looks for: an uninterruptible wait is disturbed by nobody's interrupt.
    static final int UNINTERRUPTIBLE = 1 << 31;

    private static final int INTERRUPTIBLE_BITS = 31;

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
            if (outcome == Outcome.TIMED_OUT && !Deadline.isOver(deadline)) {
                // The system's clock is ahead of ours, as where a process was restored on another machine: it does not
                // sleep until our deadline, so we do, in naps. A nap hears no wake, so the wait ends after it.
                return Polling.nap(deadline, interruptible, base)
                        ? Outcome.EARLY
                        : Deadline.isOver(deadline) ? outcome : Outcome.WOKEN;
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
}
