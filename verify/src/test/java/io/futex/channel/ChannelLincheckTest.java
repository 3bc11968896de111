package io.futex.channel;

import io.futex.contract.Scale;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.junit.jupiter.api.Test;

/// The library's own code under Lincheck, which sees every access to a field too, and tries first what takes few
/// switches of threads. What waits is for [ChannelStatesTest] and [ChannelScheduleTest]: Lincheck does not see who
/// sleeps
/// in the kernel, and one call after the other nobody would meet.
class ChannelLincheckTest {
    private static final int INVOCATIONS = Scale.of(100, 20_000);

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
}
