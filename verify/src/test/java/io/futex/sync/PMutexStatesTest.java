package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.sync.PMutexModel.Kill;
import io.futex.sync.PMutexModel.Setup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Visits all states of the mutex: at most one owner, nothing left in the word, and from everywhere a way to the end on
/// which nobody needs luck.
class PMutexStatesTest {
    @ParameterizedTest
    @CsvSource({"4, 1, 1", "5, 1, 2", "5, 1, 5", "3, 3, 1", "4, 2, 2"})
    void localRulesAreSound(int threads, int operations, int timed) {
        assertSound(Setup.of(PMutexRules.LOCAL, threads, operations, timed));
    }

    @ParameterizedTest
    @CsvSource({"4, 1, 1", "5, 1, 2", "3, 3, 1", "4, 2, 2"})
    void sharedRulesAreSound(int threads, int operations, int timed) {
        assertSound(Setup.of(PMutexRules.SHARED, threads, operations, timed));
    }

    @ParameterizedTest
    @CsvSource({"4, 1, 1", "5, 1, 2", "4, 2, 1"})
    void killedSleeperHurtsNobody(int threads, int operations, int timed) {
        assertSound(Setup.of(PMutexRules.SHARED, threads, operations, timed).killing(Kill.ASLEEP));
    }

    /// At worst, sleepers of a free lock wait for the next one who uses it.
    @ParameterizedTest
    @CsvSource({"4, 1, 1", "5, 1, 2", "4, 2, 1"})
    void killedThreadDelaysSleepersAtWorst(int threads, int operations, int timed) {
        assertSound(Setup.of(PMutexRules.SHARED, threads, operations, timed).killing(Kill.ANYWHERE));
    }

    @ParameterizedTest
    @CsvSource({"5, 2, 2, NOWHERE", "5, 2, 2, ANYWHERE", "4, 3, 2, NOWHERE", "4, 3, 1, ANYWHERE"})
    @EnabledIfSystemProperty(named = "io.futex.test.scale", matches = "storm")
    void storm(int threads, int operations, int timed, Kill kill) {
        PMutexRules rules = PMutexRules.of(kill != Kill.NOWHERE);
        assertSound(Setup.of(rules, threads, operations, timed).killing(kill));
    }

    // ---- The model finds what is known to be wrong; else it would prove nothing.

    @Test
    void findsUnlockerThatTakesBackAnUnneededWake() {
        assertFault(Setup.of(PMutexRules.LOCAL, 4, 1, 0).takingBack(), "the word and the number of sleepers disagree");
    }

    @Test
    void findsNewSleeperThatKeepsWoken() {
        assertFault(Setup.of(new PMutexMistakes.NewSleeperKeepsWoken(), 3, 2, 0), "no way to the end");
    }

    @Test
    void findsSleeperThatKeepsWoken() {
        assertFault(Setup.of(new PMutexMistakes.SleeperKeepsWoken(), 4, 1, 0), "no way to the end");
    }

    @Test
    void findsLeaverThatKeepsTheWake() {
        assertFault(Setup.of(new PMutexMistakes.LeaverKeepsWake(), 4, 1, 1), "no way to the end");
    }

    @Test
    void findsLeaverThatKeepsReserved() {
        assertFault(Setup.of(new PMutexMistakes.LeaverKeepsReserved(), 4, 1, 1), "something is left in the word");
    }

    /// Why memory shared with other processes needs rules of its own.
    @Test
    void findsKilledThreadThatLeavesReserved() {
        assertFault(Setup.of(PMutexRules.LOCAL, 4, 1, 0).killing(Kill.ASLEEP), "no way to the end");
    }

    /// How many states there are, so that a model that has become blind to some is noticed.
    @Test
    void visitsAllStates() {
        assertThat(StateSpace.explore(new PMutexModel(Setup.of(PMutexRules.LOCAL, 4, 1, 1)))
                        .states())
                .isEqualTo(3706);
        assertThat(StateSpace.explore(new PMutexModel(Setup.of(PMutexRules.LOCAL, 5, 1, 2)))
                        .states())
                .isEqualTo(50594);
    }

    private static void assertSound(Setup setup) {
        assertThat(StateSpace.explore(new PMutexModel(setup)).fault())
                .as("%s", setup)
                .isNull();
    }

    private static void assertFault(Setup setup, String fault) {
        assertThat(StateSpace.explore(new PMutexModel(setup)).fault()).startsWith(fault);
    }
}
