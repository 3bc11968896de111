package io.futex.adapters.disruptor;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/// A producer moves a sequence, by a plain write, and reads the word; a consumer writes the word and reads the
/// sequence, plainly too: without one of the two fences both could read what was there before, and the consumer sleeps
/// over the publication.
@JCStressTest
@Outcome(id = "1, [01]", expect = ACCEPTABLE, desc = "the consumer has seen it")
@Outcome(id = "0, 0", expect = ACCEPTABLE, desc = "the consumer was signalled, and does not sleep")
@Outcome(expect = FORBIDDEN, desc = "a publication is slept over")
@State
public class SleepersFences {
    private final Sleepers sleepers = new Sleepers();
    private int sequence;
    private int seen;

    /// Publishes.
    @Actor
    public void producer() {
        sequence = 1;
        sleepers.signal();
    }

    /// Is about to sleep.
    @Actor
    public void consumer(II_Result r) {
        seen = sleepers.announce();
        r.r1 = sequence;
    }

    /// Whether the consumer would sleep: there was no signal since its announcement.
    @Arbiter
    public void sleep(II_Result r) {
        r.r2 = sleepers.announce() == seen ? 1 : 0;
    }
}
