package io.futex.sync;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.futex.memory.SleeplessWord;
import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/// Who rings writes the publication and reads the word; who waits writes the word and reads the publication. Without
/// one of the two fences both could read what was there before, and the waiter would sleep over the publication.
///
/// The real Doorbell on a word of production's memory order, by which nobody really sleeps: so it is tried some million
/// times a second.
@JCStressTest
@Outcome(id = "false, false", expect = ACCEPTABLE, desc = "seen in time")
@Outcome(id = "true, false", expect = ACCEPTABLE, desc = "seen in time, and woken for nothing")
@Outcome(id = "true, true", expect = ACCEPTABLE, desc = "woken")
@Outcome(id = "false, true", expect = FORBIDDEN, desc = "asleep, and nobody wakes it")
@State
public class DoorbellFences {
    private final SleeplessWord word = new SleeplessWord();
    private final Doorbell bell = new Doorbell(word, 0);
    private int published;

    /// Publishes plainly, and rings.
    @Actor
    public void producer(ZZ_Result r) {
        published = 1;
        bell.ring();
        r.r1 = word.woken;
    }

    /// Waits, reading plainly.
    @Actor
    public void waiter(ZZ_Result r) {
        boolean unused = bell.awaitUninterruptibly(() -> published == 1, 1, TimeUnit.DAYS);
        r.r2 = word.slept;
    }
}
