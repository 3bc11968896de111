package io.futex.examples;

import io.futex.sync.Doorbell;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BooleanSupplier;

/// A ring of one's own, of numbers other than 0, for one producer, and one consumer, who sleeps while it is empty.
public final class OwnRing {
    private final AtomicLongArray slots = new AtomicLongArray(1024); // 0 is free
    private final Doorbell bell = new Doorbell();
    private final BooleanSupplier ready = this::hasNext;
    private int put;
    private int taken;

    /// An empty one.
    public OwnRing() {}

    /// Puts a number.
    ///
    /// @return whether there was room
    public boolean offer(long number) {
        boolean free = slots.compareAndSet(put & 1023, 0, number);
        put += free ? 1 : 0;
        bell.ring();
        return free;
    }

    /// Takes the oldest number; sleeps while there is none.
    public long take() throws InterruptedException {
        bell.await(ready);
        return slots.getAndSet(taken++ & 1023, 0);
    }

    private boolean hasNext() {
        return slots.get(taken & 1023) != 0;
    }
}
