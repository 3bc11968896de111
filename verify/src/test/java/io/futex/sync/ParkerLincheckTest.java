package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Scale;
import io.futex.memory.ModelWords;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Test;

/// The real Parker under a model checker: a lost permit shows as a hang.
class ParkerLincheckTest {
    private static final int INVOCATIONS = Scale.of(100, 20_000);

    /// The ParkerScheduleTest.owner parks for a limited time first, which ends at any moment; two put something down
    /// for it.
    @Test
    void nothingIsLeftUnseen() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            ModelWords words = new ModelWords(4);
            Parker parker = new Parker(words, 0);
            AtomicInteger put = new AtomicInteger();
            Model.run(
                    () -> ParkerScheduleTest.owner(parker, put, 2),
                    () -> ParkerScheduleTest.putDown(parker, put),
                    () -> ParkerScheduleTest.putDown(parker, put),
                    () -> words.timeOutOne(0));
        });
    }

    /// An unpark that does not see that the ParkerScheduleTest.owner sleeps, and so does not wake.
    @Test
    void findsUnparkThatDoesNotWake() {
        assertThatThrownBy(() -> Lincheck.runConcurrentTest(INVOCATIONS, () -> {
                    Parker parker = new Parker(
                            new ModelWords(4) {
                                @Override
                                public int wake(long at, int count) {
                                    return 0;
                                }
                            },
                            0);
                    Model.run(parker::parkUninterruptibly, parker::unpark);
                }))
                .hasMessageContaining("hung");
    }
}
