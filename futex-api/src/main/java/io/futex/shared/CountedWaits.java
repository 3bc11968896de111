package io.futex.shared;

import io.futex.WaitResult;
import io.futex.memory.Words;
import java.util.function.BooleanSupplier;

/// For several sleepers, who are counted, so that nobody is woken by a system call if there are none.
///
/// Two words and a long: the turn, which is counted up before a wake and slept on; and how many sleep, below the round.
/// Who is killed in its sleep stays counted. So whoever wakes and is told that nobody was there begins a new round, in
/// which nobody is counted, and has all that sleep after all count themselves anew. A count that is merely late, as
/// that of one who has been woken and has not run yet, is forgotten as well, and costs no second call. Where the system
/// does not tell whether a wake woke anybody, it stays counted, and each signal makes a needless call.
class CountedWaits implements QueueWaits {
    static final long SLEEPERS = 8;

    private final Words words;
    private final long at;

    /// @param words the memory
    /// @param at where
    CountedWaits(Words words, long at) {
        this.words = words;
        this.at = at;
    }

    @Override
    public boolean await(BooleanSupplier ready, long deadline) throws InterruptedException {
        // The count before the question, as the change of a slot comes before the look at the count; all are volatile:
        //
        //   sleeper                           who changes a slot
        //   sleepers + 1                      slot = ready
        //   turn; still this round? ready?    sleepers != 0? turn + 1, wake
        //   sleep while turn
        //
        // Each writes one and then reads the other, so one of them sees what the other has written. The turn is read
        // before the question, so a wake in between ends the sleep; and before the look at the round, since a new round
        // comes before its turn: who sees neither is woken by that.
        long round = enter();
        try {
            for (boolean over = false; ; ) {
                int turn = words.get(at);
                if (!isOf(round)) {
                    round = enter();
                    continue;
                }
                if (ready.getAsBoolean()) {
                    return true;
                }
                if (over) {
                    return false;
                }
                over = words.await(at, turn, deadline, true) == WaitResult.TIMED_OUT;
            }
        } finally {
            leave(round);
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

    private void wake(int count) {
        long sleepers = words.getLong(at + SLEEPERS);
        if ((int) sleepers != 0) {
            int unusedTurn = words.getAndAdd(at, 1);
            if (words.wake(at, count) == 0 && beginRound(sleepers)) {
                wakeAll();
            }
        }
    }

    /// Records become ready out of order: of two wakes the first may have found nothing, and both may have been for the
    /// thread that calls.
    @Override
    public void passOn(BooleanSupplier ready) {
        if ((int) words.getLong(at + SLEEPERS) != 0 && ready.getAsBoolean()) {
            signal();
        }
    }

    /// @return the round
    private long enter() {
        long sleepers = words.getLong(at + SLEEPERS);
        while (!words.compareAndSetLong(at + SLEEPERS, sleepers, sleepers + 1)) {
            sleepers = words.getLong(at + SLEEPERS);
        }
        return sleepers >>> Integer.SIZE;
    }

    boolean isOf(long round) {
        return words.getLong(at + SLEEPERS) >>> Integer.SIZE == round;
    }

    void leave(long round) {
        long sleepers = words.getLong(at + SLEEPERS);
        while (sleepers >>> Integer.SIZE == round && !words.compareAndSetLong(at + SLEEPERS, sleepers, sleepers - 1)) {
            sleepers = words.getLong(at + SLEEPERS);
        }
    }

    boolean beginRound(long sleepers) {
        return words.compareAndSetLong(at + SLEEPERS, sleepers, ((sleepers >>> Integer.SIZE) + 1) << Integer.SIZE);
    }

    /// Those that have come since the wake that woke nobody.
    void wakeAll() {
        int unusedTurn = words.getAndAdd(at, 1);
        int unused = words.wake(at, Integer.MAX_VALUE);
    }
}
