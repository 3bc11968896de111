package io.futex.sync;

import io.futex.contract.Scale;
import io.futex.memory.ModelWords;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Test;

/// The real Doorbell under a model checker: a ring that is lost shows as a hang.
class DoorbellLincheckTest {
    private static final int INVOCATIONS = Scale.of(100, 20_000);

    /// The first wait has a time limit, which ends at any moment; two DoorbellScheduleTest.publish and ring.
    @Test
    void nothingIsMissed() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            ModelWords words = new ModelWords(DoorbellScheduleTest.BYTES);
            Doorbell bell = new Doorbell(words, DoorbellScheduleTest.BELL);
            Model.run(
                    () -> DoorbellScheduleTest.consume(words, bell, 2),
                    () -> DoorbellScheduleTest.publish(words, bell),
                    () -> DoorbellScheduleTest.publish(words, bell),
                    () -> words.timeOutOne(DoorbellScheduleTest.BELL));
        });
    }
}
