package io.futex.shared;

import io.futex.WaitResult;
import io.futex.memory.Words;
import java.util.function.BooleanSupplier;

/// For several sleepers, who are counted, so that nobody is woken by a system call if there are none.
///
/// @param words the memory
/// @param at two words: the turn, which is counted up before a wake and slept on, and the number of sleepers
record CountedWaits(Words words, long at) implements QueueWaits {
    private static final long SLEEPERS = 4;

    @Override
    public boolean await(BooleanSupplier ready, long deadline) throws InterruptedException {
        // The count before the question, as the change of a slot comes before the look at the count; all are volatile:
        //
        //   sleeper               who changes a slot
        //   sleepers + 1          slot = ready
        //   ready? return         sleepers != 0? turn + 1, wake
        //   sleep while turn
        //
        // Each writes one and then reads the other, so one of them sees what the other has written. The turn is read
        // before the question, so a wake in between ends the sleep.
        int unusedBefore = words.getAndAdd(at + SLEEPERS, 1);
        try {
            for (boolean over = false; ; ) {
                int turn = words.get(at);
                if (ready.getAsBoolean()) {
                    return true;
                }
                if (over) {
                    return false;
                }
                over = words.await(at, turn, deadline, true) == WaitResult.TIMED_OUT;
            }
        } finally {
            int unusedNow = words.getAndAdd(at + SLEEPERS, -1);
        }
    }

    @Override
    public void signal() {
        wake(1);
    }

    @Override
    public void signalAll() {
        wake(Integer.MAX_VALUE);
    }

    /// Records become ready out of order: of two wakes the first may have found nothing, and both may have been for the
    /// thread that calls.
    @Override
    public void passOn(BooleanSupplier ready) {
        if (words.get(at + SLEEPERS) != 0 && ready.getAsBoolean()) {
            wake(1);
        }
    }

    private void wake(int count) {
        if (words.get(at + SLEEPERS) != 0) {
            int unusedTurn = words.getAndAdd(at, 1);
            int unused = words.wake(at, count);
        }
    }
}
