package io.futex.sync;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// The action sees what all parties wrote before they arrived, and all of them see what it wrote.
@JCStressTest
@Outcome(id = "3, 3", expect = ACCEPTABLE, desc = "each sees the sum that the action has made of both writes")
@Outcome(expect = FORBIDDEN, desc = "a write is missing, or a wake is lost")
@State
public class BarrierAction {
    private static final long LONG_ENOUGH_SECONDS = 60;

    private final Barrier barrier = new Barrier(2, this::add);
    private int one;
    private int other;
    private int sum;

    private void add() {
        sum += one + other;
    }

    /// One party.
    @Actor
    public void one(II_Result r) {
        one = 1;
        r.r1 = passes() ? sum : -1;
    }

    /// The other.
    @Actor
    public void other(II_Result r) {
        other = 2;
        r.r2 = passes() ? sum : -1;
    }

    private boolean passes() {
        try {
            return barrier.awaitUninterruptibly(LONG_ENOUGH_SECONDS, TimeUnit.SECONDS) >= 0;
        } catch (BrokenBarrierException | TimeoutException e) {
            return false;
        }
    }
}
