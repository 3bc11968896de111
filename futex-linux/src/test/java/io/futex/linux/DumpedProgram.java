package io.futex.linux;

import io.futex.Futex;
import io.futex.WaitResult;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/// A program whose threads wait while somebody else asks it for thread dumps.
final class DumpedProgram {
    private static final int DUMPS = 10;

    private DumpedProgram() {}

    public static void main(String[] arguments) {
        MemorySegment word = Arena.ofAuto().allocate(128, 128).asSlice(0, 4);
        List<Waiter> waiters = List.of(
                Waiter.platform(() -> Futex.local().wait(word, 0)),
                Waiter.platform(() -> Futex.shared().waitUninterruptibly(word, 0)),
                Waiter.virtual(() -> Futex.local().wait(word, 0)));
        waiters.forEach(waiter -> waiter.awaitAsleep(word));
        System.out.println("asleep");
        for (int i = 0; i < DUMPS * 20; i++) { // lets the dumps come; each stops this thread too
            LockSupport.parkNanos(10_000_000);
            waiters.forEach(waiter -> waiter.awaitAsleep(word));
        }
        System.out.println("still asleep");
        int woken = Futex.local().wakeAll(word) + Futex.shared().wakeAll(word);
        waiters.forEach(waiter -> {
            if (waiter.waitResult() != WaitResult.WOKEN) {
                throw new AssertionError(waiter.waitResult());
            }
        });
        System.exit(woken == 3 ? 0 : 1);
    }
}
