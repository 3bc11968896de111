package io.futex.channel;

import io.futex.contract.Scale;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.junit.jupiter.api.Test;

/// The library's own code under Lincheck, which sees every access to a field too, and tries first what takes few
/// switches of threads.
///
/// Who sleeps is for [ChannelStatesTest] and [ChannelScheduleTest]: Lincheck does not see that, in the kernel, and its
/// clock stands still. So the time of a call that waits is over here. So is a channel without a buffer: one call after
/// the other nobody would meet.
class ChannelLincheckTest {
    private static final int INVOCATIONS = Scale.of(100, 20_000);

    // What takes as many rounds here is no livelock.
    private static final int ROOM = 40;
    private static final int LOOKS = 200;

    @Test
    void whatNeedNotWaitIsOneStep() {
        new ModelCheckingOptions()
                .threads(4)
                .actorsPerThread(2)
                .actorsBefore(2)
                .actorsAfter(0)
                .iterations(5)
                .invocationsPerIteration(INVOCATIONS)
                .minimizeFailedScenario(false)
                .sequentialSpecification(ChannelActors.TryingInOrder.class)
                .check(ChannelActors.Trying.class);
    }

    @Test
    void whatWaitsAndLeavesIsOneStep() {
        new ModelCheckingOptions()
                .threads(2)
                .actorsPerThread(2)
                .actorsBefore(0)
                .actorsAfter(2)
                .iterations(8)
                .invocationsPerIteration(5 * INVOCATIONS)
                .recursionBound(2 * ROOM)
                .loopBound(2 * LOOKS)
                .minimizeFailedScenario(false)
                .sequentialSpecification(ChannelActors.InTimeInOrder.class)
                .check(ChannelActors.InTime.class);
    }
}
