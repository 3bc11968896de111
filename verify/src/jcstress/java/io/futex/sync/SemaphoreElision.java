package io.futex.sync;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// A release that relies on a wake under way, while the thread that it is for goes to sleep again or takes its permit:
/// permits go to and fro, and a lost wake shows as a wait that does not end within the time that jcstress gives a test.
@JCStressTest
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "each got its permits")
@Outcome(expect = FORBIDDEN, desc = "a wake is lost")
@State
public class SemaphoreElision {
    private static final long LONG_ENOUGH_SECONDS = 60;
    private static final int TIMES = 4;

    private final Semaphore there = new Semaphore(0);
    private final Semaphore back = new Semaphore(0);

    /// Gives, and takes back.
    @Actor
    public void one(II_Result r) {
        r.r1 = 1;
        for (int i = 0; i < TIMES; i++) {
            there.release();
            there.release();
            r.r1 &= takes(back);
        }
    }

    /// Takes, and gives back.
    @Actor
    public void other(II_Result r) {
        r.r2 = 1;
        for (int i = 0; i < TIMES; i++) {
            r.r2 &= takes(there);
            r.r2 &= takes(there);
            back.release();
        }
    }

    private static int takes(Semaphore semaphore) {
        return semaphore.tryAcquireUninterruptibly(LONG_ENOUGH_SECONDS, TimeUnit.SECONDS) ? 1 : 0;
    }
}
