package io.futex.sync;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// What the signaller wrote with the lock is visible after the await that it ends.
@JCStressTest
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "the wait is over and the write is there")
@Outcome(expect = FORBIDDEN, desc = "the write is missing, or the signal is lost (first is 0)")
@State
public class PConditionVisibility {
    private static final long LONG_ENOUGH_SECONDS = 60;

    private final PMutex mutex = new PMutex();
    private final PCondition condition = new PCondition(mutex);
    private boolean ready;
    private int written;

    /// Waits for the write.
    @Actor
    public void waiter(II_Result r) {
        mutex.lock();
        try {
            while (!ready) {
                if (!condition.awaitUninterruptibly(LONG_ENOUGH_SECONDS, TimeUnit.SECONDS)) {
                    return;
                }
            }
        } finally {
            mutex.unlock();
        }
        r.r1 = 1;
        r.r2 = written;
    }

    /// Writes and signals.
    @Actor
    public void signaller() {
        written = 1;
        mutex.lock();
        try {
            ready = true;
            condition.signal();
        } finally {
            mutex.unlock();
        }
    }
}
