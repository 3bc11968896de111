package io.futex.sync;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// No wait and no signal allocates a byte in a platform thread.
@SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop"}) // what fails in between ends the test anyway
@Timeout(60)
class PConditionAllocationTest {
    private final PMutex mutex = new PMutex();
    private final PCondition condition = new PCondition(mutex);
    private int turn;

    @Test
    void signalsThatNobodyWaitsFor() throws Exception {
        NoAllocation.of(1, 2_000, () -> {
            mutex.lock();
            condition.signal();
            condition.signalAll();
            mutex.unlock();
        });
    }

    @Test
    void givingUp() throws Exception {
        NoAllocation.of(2, 200, () -> {
            mutex.lock();
            condition.await(1, TimeUnit.NANOSECONDS);
            long unused = condition.awaitNanos(10_000);
            mutex.unlock();
        });
    }

    @Test
    void waitingAndSignalling() throws Exception {
        NoAllocation.of(2, 200, () -> {
            mutex.lock();
            int mine = turn++;
            condition.signal();
            while (turn == mine + 1 && condition.awaitNanos(1_000_000) > 0) {}
            mutex.unlock();
        });
    }
}
