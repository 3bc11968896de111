package io.futex.shared;

import java.util.function.BooleanSupplier;

/// Where those sleep who have found nothing at one end of a queue.
interface QueueWaits {
    /// Sleeps until there is something.
    ///
    /// @param ready whether there is
    /// @param deadline on [System#nanoTime()]'s clock, not for ever
    /// @return whether there is something
    boolean await(BooleanSupplier ready, long deadline) throws InterruptedException;

    /// There is something more for one.
    void signal();

    /// There will be nothing more. Who sleeps again, since something is still to come, hears of the end from another.
    void signalAll();

    /// The caller has taken something, or seen the end, and others may have to be told of what is next.
    void passOn(BooleanSupplier ready);
}
