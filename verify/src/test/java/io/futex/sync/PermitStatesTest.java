package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.sync.PermitMachine.Setup;
import io.futex.sync.PermitMistakes.Planted;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Visits all states of permits, as a semaphore and an auto-reset event have them: the counts are right, nothing is
/// left in the words, and from everywhere there is a way to the end on which nobody needs luck.
class PermitStatesTest {
    static Stream<Setup> sections() {
        return Stream.of(
                Setup.sections(1, 1, "ar", "ar", "ar", "ar"),
                Setup.sections(1, 2, "ar", "ar", "ar", "ar", "ar"),
                Setup.sections(1, 1, "arar", "arar", "arar"),
                Setup.sections(1, 2, "arar", "arar", "arar", "arar"));
    }

    /// Some take and some give, as long as nobody sleeps beside a permit.
    static Stream<Setup> handOvers() {
        return Stream.of(
                Setup.open(0, 0, "a", "a", "a", "rr", "r"),
                Setup.open(0, 1, "a", "a", "a", "rr", "r"),
                Setup.open(0, 1, "a", "a", "a", "ar", "rr"),
                Setup.open(0, 2, "a", "a", "a", "a", "rrrr"),
                Setup.open(1, 2, "ar", "ar", "ar", "ar", "r"));
    }

    /// Several permits at once: at the begin, or by one release.
    static Stream<Setup> several() {
        return Stream.of(
                Setup.sections(2, 1, "ar", "ar", "ar", "ar", "ar"),
                new Setup(List.of("a", "a", "a", "R", "r"), 0, 0, 0),
                Setup.open(0, 2, "a", "a", "ar", "R", "r"),
                Setup.open(0, 1, "a", "a", "ar", "ar", "Rr"));
    }

    /// Virtual threads beside platform threads: once woken they may have no carrier.
    static Stream<Setup> virtual() {
        return Stream.of(
                Setup.open(0, 0, "a", "va", "rr"),
                Setup.open(0, 0, "a", "a", "va", "rrr"),
                Setup.open(0, 0, "a", "va", "va", "rr", "r"),
                Setup.open(0, 1, "a", "a", "va", "r", "rr"),
                Setup.open(0, 1, "va", "va", "a", "rr", "r"),
                Setup.open(0, 0, "a", "a", "var", "var", "rr"),
                Setup.sections(1, 0, "ar", "ar", "var", "var"),
                Setup.sections(1, 1, "arar", "arar", "var"));
    }

    static Stream<Setup> semaphores() {
        return Stream.of(sections(), handOvers(), several(), virtual()).flatMap(setups -> setups);
    }

    static Stream<Setup> events() {
        return Stream.of(sections(), handOvers(), virtual()).flatMap(setups -> setups);
    }

    @ParameterizedTest
    @MethodSource("semaphores")
    void localSemaphoreIsSound(Setup setup) {
        assertSound(setup, PermitRules.LOCAL);
    }

    @ParameterizedTest
    @MethodSource("semaphores")
    void sharedSemaphoreIsSound(Setup setup) {
        assertSound(setup, PermitRules.SHARED);
    }

    @ParameterizedTest
    @MethodSource("events")
    void localEventIsSound(Setup setup) {
        assertSound(setup, PermitRules.LOCAL_EVENT);
    }

    @ParameterizedTest
    @MethodSource("events")
    void sharedEventIsSound(Setup setup) {
        assertSound(setup, PermitRules.SHARED_EVENT);
    }

    // ---- The model finds what is known to be wrong; else it would prove nothing.

    @Test
    void findsNewSleeperThatKeepsTheFlag() {
        assertStuck(PermitMistakes.NewSleeperKeepsWoken::new);
    }

    @Test
    void findsSleeperThatKeepsTheFlag() {
        assertStuck(PermitMistakes.SleeperKeepsWoken::new);
    }

    @Test
    void findsLeaverThatKeepsTheFlag() {
        assertStuck(PermitMistakes.LeaverKeepsWoken::new);
    }

    @Test
    void findsLeaverThatKeepsItsWake() {
        assertStuck(PermitMistakes.LeaverKeepsWake::new);
    }

    @Test
    void findsTakerThatKeepsTheWakes() {
        assertStuck(PermitMistakes.TakerKeepsWakes::new);
    }

    @Test
    void findsReleaseThatWakesFromNoneOnly() {
        assertStuck(PermitMistakes.WakesFromNoneOnly::new);
    }

    @Test
    void findsLeaverThatKeepsItsPassage() {
        assertThat(faults(events(), new PermitMistakes.LeaverKeepsItsPermit(true)))
                .anySatisfy(fault -> assertThat(fault).contains("too many passages"));
    }

    /// A release relies on a virtual thread that has no carrier, while a platform thread sleeps beside a permit.
    @Test
    void findsWakesThatAreForAnybody() {
        for (boolean capped : new boolean[] {false, true}) {
            PermitRules rules = PermitRules.of(false, capped);
            assertThat(virtual()
                            .map(setup -> StateSpace.explore(new PermitMachine(setup, rules, false))
                                    .fault()))
                    .anySatisfy(fault -> assertThat(fault).contains("no way to the end"));
        }
    }

    private static void assertSound(Setup setup, PermitRules rules) {
        assertThat(StateSpace.explore(new PermitMachine(setup, rules)).fault()).isNull();
    }

    private static void assertStuck(Planted mistake) {
        for (boolean capped : new boolean[] {false, true}) {
            assertThat(faults(capped ? events() : semaphores(), mistake.of(capped))
                            .findFirst())
                    .hasValueSatisfying(
                            fault -> assertThat(fault).containsAnyOf("no way to the end", "the flag is left"));
        }
    }

    private static Stream<String> faults(Stream<Setup> setups, PermitRules rules) {
        return setups.map(setup ->
                        StateSpace.explore(new PermitMachine(setup, rules)).fault())
                .filter(Objects::nonNull);
    }
}
