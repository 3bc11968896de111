package io.futex.linux;

import io.futex.Futex;
import io.futex.WaitResult;
import io.futex.contract.Waiter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// A program whose threads wait while somebody else asks it for thread dumps, until its input is closed.
final class DumpedProgram {
    private DumpedProgram() {}

    public static void main(String[] arguments) throws IOException {
        MemorySegment word = Arena.ofAuto().allocate(128, 128).asSlice(0, 4);
        List<Waiter> waiters = List.of(
                Waiter.platform(() -> Futex.local().wait(word, 0)),
                Waiter.platform(() -> Futex.shared().waitUninterruptibly(word, 0)),
                Waiter.virtual(() -> Futex.local().wait(word, 0)),
                Waiter.platform(() -> portable().wait(word, 0)),
                Waiter.platform(() -> portable().waitUninterruptibly(word, 0)));
        waiters.forEach(waiter -> waiter.awaitAsleep(word));
        System.out.println("asleep");
        int end = System.in.read();
        waiters.forEach(waiter -> waiter.awaitAsleep(word));
        int woken = Futex.local().wakeAll(word)
                + Futex.shared().wakeAll(word)
                + portable().wakeAll(word);
        waiters.forEach(waiter -> {
            if (waiter.waitResult() != WaitResult.WOKEN) {
                throw new AssertionError(waiter.waitResult());
            }
        });
        System.exit(end == -1 && woken == waiters.size() ? 0 : 1);
    }

    private static Futex portable() {
        return Futex.available().stream()
                .filter(futex -> futex.backend().equals("portable"))
                .findFirst()
                .orElseThrow();
    }
}
