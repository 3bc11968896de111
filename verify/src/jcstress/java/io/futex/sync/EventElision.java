package io.futex.sync;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// A turnstile to and fro, where a call may rely on a wake under way: a lost one shows as a wait that does not
/// end within the time that jcstress gives a test.
@JCStressTest
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "each came through each time")
@Outcome(expect = FORBIDDEN, desc = "a wake is lost")
@State
public class EventElision {
    private static final long LONG_ENOUGH_SECONDS = 60;
    private static final int TIMES = 4;

    private final Event there = Event.autoReset();
    private final Event back = Event.autoReset();

    /// Sets one, and waits for the other.
    @Actor
    public void one(II_Result r) {
        r.r1 = 1;
        for (int i = 0; i < TIMES; i++) {
            there.set();
            r.r1 &= passes(back);
        }
    }

    /// Waits for one, and sets the other.
    @Actor
    public void other(II_Result r) {
        r.r2 = 1;
        for (int i = 0; i < TIMES; i++) {
            r.r2 &= passes(there);
            back.set();
        }
    }

    private static int passes(Event event) {
        return event.awaitUninterruptibly(LONG_ENOUGH_SECONDS, TimeUnit.SECONDS) ? 1 : 0;
    }
}
