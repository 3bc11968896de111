package io.futex.sync;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/// All writes before an arrival are visible after the return of every other party, and one of them leads.
@JCStressTest
@Outcome(id = "2, 2, 1", expect = ACCEPTABLE, desc = "each sees the other's write, and one leads")
@Outcome(expect = FORBIDDEN, desc = "a write is missing, a wake is lost, or there is not one leader")
@State
public class BarrierVisibility {
    private static final long LONG_ENOUGH_SECONDS = 60;

    private final Barrier barrier = new Barrier(2);
    private int one;
    private int other;
    private boolean oneLeads;
    private boolean otherLeads;

    /// One party.
    @Actor
    public void one(III_Result r) {
        one = 2;
        oneLeads = leads();
        r.r1 = other;
    }

    /// The other.
    @Actor
    public void other(III_Result r) {
        other = 2;
        otherLeads = leads();
        r.r2 = one;
    }

    /// When both are done.
    @Arbiter
    public void leaders(III_Result r) {
        r.r3 = (oneLeads ? 1 : 0) + (otherLeads ? 1 : 0);
    }

    private boolean leads() {
        try {
            return barrier.awaitUninterruptibly(LONG_ENOUGH_SECONDS, TimeUnit.SECONDS) == 0;
        } catch (BrokenBarrierException | TimeoutException e) {
            return false;
        }
    }
}
