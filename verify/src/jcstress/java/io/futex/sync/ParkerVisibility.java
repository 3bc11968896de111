package io.futex.sync;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// All writes before an `unpark` are visible after the park that consumes the permit.
@JCStressTest
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "both were seen")
@Outcome(expect = FORBIDDEN, desc = "a write is missing, or the permit is lost")
@State
public class ParkerVisibility {
    private static final long LONG_ENOUGH_SECONDS = 60;

    private final Parker parker = new Parker();
    private int first;
    private int second;

    /// The owner: parks until it has seen both, and no more often than it was told.
    @Actor
    public void owner(II_Result r) {
        for (int told = 0; told < 2 && first + second < 2; told++) {
            if (!parker.parkUninterruptibly(LONG_ENOUGH_SECONDS, TimeUnit.SECONDS)) {
                r.r1 = -1;
                return;
            }
        }
        r.r1 = first;
        r.r2 = second;
    }

    /// Has two things to say.
    @Actor
    public void other() {
        first = 1;
        parker.unpark();
        second = 1;
        parker.unpark();
    }
}
