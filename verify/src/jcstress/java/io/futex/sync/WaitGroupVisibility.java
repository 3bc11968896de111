package io.futex.sync;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/// All writes before a `done` are visible after the `await`, also those before a `done` that did not end the round.
@JCStressTest
@Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "both tasks are done and their writes are there")
@Outcome(expect = FORBIDDEN, desc = "a write is missing, or the wake is lost (first is 0)")
@State
public class WaitGroupVisibility {
    private static final long LONG_ENOUGH_SECONDS = 60;

    private final WaitGroup group = new WaitGroup();
    private int first;
    private int second;

    public WaitGroupVisibility() {
        group.add(2);
    }

    /// Waits for both.
    @Actor
    public void waiter(III_Result r) {
        if (group.awaitUninterruptibly(LONG_ENOUGH_SECONDS, TimeUnit.SECONDS)) {
            r.r1 = 1;
            r.r2 = first;
            r.r3 = second;
        }
    }

    /// One task, and then the other; in threads of their own they would need a third processor.
    @Actor
    public void tasks() {
        first = 1;
        group.done();
        second = 1;
        group.done();
    }
}
