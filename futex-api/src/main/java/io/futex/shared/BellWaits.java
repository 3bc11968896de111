package io.futex.shared;

import io.futex.sync.Doorbell;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// For one sleeper.
///
/// @param bell by which it sleeps
record BellWaits(Doorbell bell) implements QueueWaits {
    @Override
    public boolean await(BooleanSupplier ready, long deadline) throws InterruptedException {
        return bell.await(ready, deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void signal() {
        bell.ring();
    }

    @Override
    public void signalAll() {
        bell.ring();
    }

    @Override
    public void passOn(BooleanSupplier ready) {
        // There are no others.
    }
}
