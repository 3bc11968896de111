package io.futex.sync;

import io.futex.contract.Scale;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Test;

/// The real WaitGroup under a model checker: a waiter that is forgotten shows as a hang, one that is released by the
/// end of another round as a failed check.
class WaitGroupLincheckTest {
    private static final int INVOCATIONS = Scale.of(200, 20_000);

    @Test
    void roundsDoNotMix() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> WaitGroupScheduleTest.twoRounds(Model::run, null));
    }

    @Test
    void nobodyIsForgotten() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            WaitGroup group = WaitGroupScheduleTest.oneRound(Model::run, WaitGroupScheduleTest.words(2, null));
            Model.check(group.count() == 0, "the count is " + group);
        });
    }

    /// Rounds follow each other while a waiter of the first is slow; everybody comes out, and the
    /// WaitGroupScheduleTest.words agree.
    @Test
    void aSlowWaiterComesOut() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            WaitGroup group = new WaitGroup(WaitGroupScheduleTest.words(1, null), 0);
            Runnable round = () -> {
                group.add(1);
                group.done();
            };
            Model.run(group::awaitUninterruptibly, group::awaitUninterruptibly, group::done, round);
            Model.check(group.count() == 0, "the count is " + group);
            group.add(1); // the WaitGroupScheduleTest.words agree, or the next round would never end
            Model.run(group::awaitUninterruptibly, group::done);
        });
    }
}
