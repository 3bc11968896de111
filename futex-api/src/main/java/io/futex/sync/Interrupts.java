package io.futex.sync;

import io.futex.WaitResult;
import io.futex.memory.Words;

/// What an interrupt does to a wait: [Synchronizer#OBEYED] or [Synchronizer#DEFERRED].
///
/// @param <X> what a wait throws that an interrupt has ended; unchecked if none does
abstract class Interrupts<X extends Exception> {
    /// Whether an interrupt ends the wait.
    final boolean endWaits;

    Interrupts(boolean endWaits) {
        this.endWaits = endWaits;
    }

    abstract X thrown(InterruptedException e);

    /// The begin of each wait: an interrupt may have come before.
    final void check() throws X {
        if (endWaits && Thread.interrupted()) {
            throw thrown(new InterruptedException());
        }
    }

    /// Whether one has come that ends the wait; [#check] will throw it. A thread may override
    /// [Thread#isInterrupted()], so that is not asked: who looks clears the status, and sets it again.
    final boolean isPending() {
        if (!endWaits || !Thread.interrupted()) {
            return false;
        }
        Thread.currentThread().interrupt();
        return true;
    }

    final WaitResult await(Words words, long at, int expected, long deadline) throws X {
        try {
            return words.await(at, expected, deadline, endWaits);
        } catch (InterruptedException e) {
            throw thrown(e);
        }
    }
}
