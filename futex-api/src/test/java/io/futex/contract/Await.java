package io.futex.contract;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/// Waits for a state by looking at it.
public final class Await {
    private Await() {}

    /// Returns once the condition holds, and fails after a minute. An interrupt does not end it: many tests send some.
    public static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Waiter.WATCHDOG_NANOS;
        for (int looks = 0; !condition.getAsBoolean(); looks++) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("never came true: " + what);
            }
            pause(looks);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // a hint; nothing relies on it
    private static void pause(int looks) {
        if (looks < 100) {
            Thread.onSpinWait();
        } else if (looks < 200) {
            Thread.yield();
        } else {
            LockSupport.parkNanos(100_000);
        }
    }
}
