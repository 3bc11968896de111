package io.futex.sync;

import io.futex.WaitResult;
import io.futex.memory.Words;

/// What an interrupt does to a wait: [Synchronizer#OBEYED] or [Synchronizer#DEFERRED].
///
/// A record, whose components the compiler takes for constants: each call that need not wait asks it, and the load is a
/// tenth of an `await` of an event that is set.
///
/// @param <X> what a wait throws that an interrupt has ended; unchecked if none does
/// @param endWaits whether an interrupt ends the wait
record Interrupts<X extends Exception>(boolean endWaits) {
    @SuppressWarnings("unchecked") // X is InterruptedException if an interrupt ends the wait
    X thrown(InterruptedException e) {
        if (!endWaits) {
            throw new AssertionError("an uninterruptible wait was interrupted", e);
        }
        return (X) e;
    }

    /// The begin of each wait: an interrupt may have come before.
    void check() throws X {
        if (endWaits && Thread.interrupted()) {
            throw thrown(new InterruptedException());
        }
    }

    /// Whether one has come that ends the wait; [#check] will throw it. A thread may override
    /// [Thread#isInterrupted()], so that is not asked: who looks clears the status, and sets it again.
    boolean isPending() {
        if (!endWaits || !Thread.interrupted()) {
            return false;
        }
        Thread.currentThread().interrupt();
        return true;
    }

    WaitResult await(Words words, long at, int expected, long deadline) throws X {
        try {
            return words.await(at, expected, deadline, endWaits);
        } catch (InterruptedException e) {
            throw thrown(e);
        }
    }
}
