package io.futex.sync;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.futex.memory.Words;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// What is published, and what was written before, all of it plainly, is seen by who waits, to and fro. Nothing is
/// missed on the way to sleep: the bells do not look before they announce, or they would always see what comes so soon.
@JCStressTest
@Outcome(id = "1, 1", expect = ACCEPTABLE, desc = "each round was seen in time")
@Outcome(expect = FORBIDDEN, desc = "a ring is lost, or a write before it")
@State
public class DoorbellVisibility {
    private static final long LONG_ENOUGH_SECONDS = 60;
    private static final int TIMES = 4;

    private final Doorbell there = withoutLooks();
    private final Doorbell back = withoutLooks();
    private int thing;
    private int told;
    private int answered;

    private static Doorbell withoutLooks() {
        Words.Place place = Words.fresh(Integer.BYTES);
        return new Doorbell(place.words(), place.offset());
    }

    /// Publishes, and waits for the answer.
    @Actor
    public void one(II_Result r) {
        r.r1 = 1;
        for (int i = 1; i <= TIMES; i++) {
            int round = i;
            thing = i;
            told = i;
            there.ring();
            r.r1 &= passes(back, () -> answered == round);
        }
    }

    /// Waits for what is published, and answers.
    @Actor
    public void other(II_Result r) {
        r.r2 = 1;
        for (int i = 1; i <= TIMES; i++) {
            int round = i;
            r.r2 &= passes(there, () -> told == round) & (thing == i ? 1 : 0);
            answered = i;
            back.ring();
        }
    }

    private static int passes(Doorbell bell, BooleanSupplier ready) {
        return bell.awaitUninterruptibly(ready, LONG_ENOUGH_SECONDS, TimeUnit.SECONDS) ? 1 : 0;
    }
}
