package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Scale;
import io.futex.memory.ModelWords;
import org.jetbrains.lincheck.Lincheck;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.junit.jupiter.api.Test;

/// The real Semaphore under a model checker: who is forgotten shows as a hang.
class SemaphoreLincheckTest {
    private static final int INVOCATIONS = Scale.of(100, 20_000);

    /// Two want one permit, one of them gives up at any moment; one wants two; the permits come one by one.
    @Test
    void nobodyIsForgotten() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            SemaphoreScheduleTest.Game game = new SemaphoreScheduleTest.Game(
                    new ModelWords(SemaphoreScheduleTest.BYTES), SemaphoreScheduleTest.noMistake());
            Model.run(() -> game.take(1), () -> game.takeTimed(1), () -> game.take(2), () -> {
                game.semaphore.release(2);
                game.words.timeOutOne(SemaphoreScheduleTest.LOW);
                game.semaphore.release();
                game.semaphore.release();
            });
            game.check(4);
        });
    }

    /// A release that wakes only when there were no permits before: the second of two in a row wakes nobody.
    @Test
    void findsReleaseThatWakesOnlyFromNone() {
        assertThatThrownBy(() -> Lincheck.runConcurrentTest(INVOCATIONS, () -> {
                    SemaphoreScheduleTest.Game game = new SemaphoreScheduleTest.Game(
                            new ModelWords(SemaphoreScheduleTest.BYTES), new PermitMistakes.WakesFromNoneOnly(false));
                    Model.run(() -> game.take(1), () -> game.take(1), game.semaphore::release, game.semaphore::release);
                }))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("hung");
    }

    // ---- one wake for several releases

    /// One permit goes round among four, one of whom gives up at any moment.
    @Test
    void noSectionIsForgotten() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            SemaphoreScheduleTest.Game game = new SemaphoreScheduleTest.Game(
                    new ModelWords(SemaphoreScheduleTest.BYTES).with(SemaphoreScheduleTest.LOW, 1),
                    SemaphoreScheduleTest.noMistake());
            Model.run(game::section, game::section, game::section, game::sectionTimed, game::endTime);
            game.check(1);
        });
    }
}
