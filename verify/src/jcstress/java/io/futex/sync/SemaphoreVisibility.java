package io.futex.sync;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/// All writes before a release are visible after the acquire that takes its permits: one at a time, and several.
@JCStressTest
@Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "both permits came, and the writes before them")
@Outcome(expect = FORBIDDEN, desc = "a write is missing, or a wake is lost (the first number is 0)")
@State
public class SemaphoreVisibility {
    private static final long LONG_ENOUGH_SECONDS = 60;

    private final Semaphore two = new Semaphore(0);
    private final Semaphore one = new Semaphore(0);
    private int first;
    private int second;
    private int third;

    /// Waits for both. What the one publishes is read before the other could publish it too.
    @Actor
    public void waiter(III_Result r) {
        if (one.tryAcquireUninterruptibly(LONG_ENOUGH_SECONDS, TimeUnit.SECONDS)) {
            r.r2 = first;
            if (two.tryAcquireUninterruptibly(2, LONG_ENOUGH_SECONDS, TimeUnit.SECONDS)) {
                r.r1 = 1;
                r.r3 = second & third;
            }
        }
    }

    /// One permit, and then two, one by one.
    @Actor
    public void releaser() {
        first = 1;
        one.release();
        second = 1;
        two.release();
        third = 1;
        two.release();
    }
}
