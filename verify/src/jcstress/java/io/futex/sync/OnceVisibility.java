package io.futex.sync;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// What the one body wrote is visible after `run`, in whichever thread it has run.
@JCStressTest
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "one body has run, and both see what it wrote")
@Outcome(expect = FORBIDDEN, desc = "two bodies have run, or a write is missing")
@State
public class OnceVisibility {
    private final Once once = new Once();
    private int plain;

    /// One that may run the body, and reads from the word that it is done. From then on the object remembers it, and
    /// the other one may not have read the word at all.
    @Actor
    public void one(II_Result r) {
        once.run(this::body);
        r.r1 = once.isDone() ? plain : 0;
    }

    /// Another one.
    @Actor
    public void other(II_Result r) {
        once.run(this::body);
        r.r2 = plain;
    }

    private void body() {
        plain++;
    }
}
