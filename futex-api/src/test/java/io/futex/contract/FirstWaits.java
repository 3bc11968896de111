package io.futex.contract;

import io.futex.Futex;
import io.futex.WaitResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/// A thread's first waits and wakes. Its name asks for a note only while they last.
public final class FirstWaits implements Runnable {
    /// For [OwnLoader#copyOf].
    public FirstWaits() {}

    @Override
    public void run() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment word = arena.allocate(4, 4);
            // Everything that this class itself needs, without a sleep.
            use(Futex.local(), word, 0);
            use(Futex.shared(), word, 0);
            Thread.currentThread().setName(OwnLoader.NOTED);
            use(Futex.local(), word, 500_000);
            use(Futex.shared(), word, 500_000);
            Thread.currentThread().setName("done");
        }
    }

    private static void use(Futex futex, MemorySegment word, long nanos) {
        try {
            WaitResult uninterruptible = futex.waitUninterruptibly(word, 0, 0, nanos, TimeUnit.NANOSECONDS);
            WaitResult interruptible = futex.wait(word, 0, 0, nanos, TimeUnit.NANOSECONDS);
            if (uninterruptible == WaitResult.CHANGED || interruptible == WaitResult.CHANGED) {
                throw new AssertionError("nobody changes it");
            }
            int woken = futex.wakeAll(word, 0);
            if (woken > 0) {
                throw new AssertionError("nobody waits");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
