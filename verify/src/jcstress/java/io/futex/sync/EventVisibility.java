package io.futex.sync;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IIIII_Result;

/// All writes before a `set` are visible after the `await` that it ends, and to who has seen that the event is set.
@JCStressTest
@Outcome(id = "1, 1, 1, 1, 1", expect = ACCEPTABLE, desc = "through both, and the writes before are there")
@Outcome(expect = FORBIDDEN, desc = "a write is missing, or a wake is lost (the first number is 0)")
@State
public class EventVisibility {
    private static final long LONG_ENOUGH_SECONDS = 60;

    private final Event gate = Event.manualReset();
    private final Event turnstile = Event.autoReset();
    private int first;
    private int second;

    /// Looks at both, and waits for them. What the turnstile publishes is read before the gate could publish it too.
    @Actor
    public void waiter(IIIII_Result r) {
        r.r4 = !turnstile.isSet() || first == 1 ? 1 : 0;
        if (turnstile.awaitUninterruptibly(LONG_ENOUGH_SECONDS, TimeUnit.SECONDS)) {
            r.r2 = first;
            r.r5 = !gate.isSet() || second == 1 ? 1 : 0;
            if (gate.awaitUninterruptibly(LONG_ENOUGH_SECONDS, TimeUnit.SECONDS)) {
                r.r1 = 1;
                r.r3 = second;
            }
        }
    }

    /// Lets one through the turnstile, and opens the gate.
    @Actor
    public void setter() {
        first = 1;
        turnstile.set();
        second = 1;
        gate.set();
        gate.reset();
        gate.set();
    }
}
