package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Scale;
import io.futex.memory.ModelWords;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Test;

/// The real Once under a model checker: who is forgotten shows as a hang.
class OnceLincheckTest {
    private static final int INVOCATIONS = Scale.of(100, 20_000);

    /// The first body to run throws; one of the others may give up.
    @Test
    void oneBodyEnds() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            ModelWords words = new ModelWords(4);
            Once once = new Once(words, 0);
            OnceScheduleTest.Bodies bodies = new OnceScheduleTest.Bodies(1);
            Model.run(
                    () -> bodies.call(once),
                    () -> bodies.call(once),
                    () -> bodies.callTimed(once),
                    () -> words.timeOutOne(0));
            Model.check(once.isDone() && bodies.ended == 1, "not done: " + once);
        });
    }

    /// A body that ends without looking whether anybody waits.
    @Test
    void findsEndThatDoesNotLook() {
        assertThatThrownBy(() -> Lincheck.runConcurrentTest(INVOCATIONS, () -> {
                    ModelWords words = new ModelWords(4) {
                        @Override
                        public int getAndSet(long at, int value) {
                            return super.getAndSet(at, value) & 1;
                        }
                    };
                    Once once = new Once(words, 0);
                    OnceScheduleTest.Bodies bodies = new OnceScheduleTest.Bodies(0);
                    Model.run(() -> bodies.call(once), () -> bodies.call(once));
                }))
                .hasMessageContaining("hung");
    }
}
