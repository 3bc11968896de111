package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.sync.PermitMachine.Setup;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Visits all states of the woken flag of a semaphore and of an auto-reset event: the counts are right, nothing is left
/// in the words, and from everywhere there is a way to the end on which nobody needs luck.
class PermitMachineTest {
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

    static Stream<Setup> semaphores() {
        return Stream.of(sections(), handOvers(), several()).flatMap(setups -> setups);
    }

    static Stream<Setup> events() {
        return Stream.concat(sections(), handOvers());
    }

    @ParameterizedTest
    @MethodSource("semaphores")
    void localSemaphoreIsSound(Setup setup) {
        assertSound(new SemaphoreMachine(setup, SemaphoreRules.LOCAL));
    }

    @ParameterizedTest
    @MethodSource("semaphores")
    void sharedSemaphoreIsSound(Setup setup) {
        assertSound(new SemaphoreMachine(setup, SemaphoreRules.SHARED));
    }

    @ParameterizedTest
    @MethodSource("events")
    void localEventIsSound(Setup setup) {
        assertSound(new EventMachine(setup, EventRules.LOCAL));
    }

    @ParameterizedTest
    @MethodSource("events")
    void sharedEventIsSound(Setup setup) {
        assertSound(new EventMachine(setup, EventRules.SHARED));
    }

    // ---- The model finds what is known to be wrong; else it would prove nothing.

    @Test
    void findsSleeperThatKeepsTheFlag() {
        assertStuck(semaphores().map(s -> new SemaphoreMachine(s, new SemaphoreMistakes.SleeperKeepsWoken())));
        assertStuck(events().map(s -> new EventMachine(s, new EventMistakes.SleeperKeepsWoken())));
    }

    @Test
    void findsQuitterThatKeepsTheFlag() {
        assertStuck(semaphores().map(s -> new SemaphoreMachine(s, new SemaphoreMistakes.QuitterKeepsWoken())));
        assertStuck(events().map(s -> new EventMachine(s, new EventMistakes.QuitterKeepsWoken())));
    }

    @Test
    void findsTakerThatKeepsTheWakes() {
        assertStuck(semaphores().map(s -> new SemaphoreMachine(s, new SemaphoreMistakes.TakerKeepsWakes())));
        assertStuck(events().map(s -> new EventMachine(s, new EventMistakes.PasserKeepsWakes())));
    }

    @Test
    void findsLeaverThatKeepsItsWake() {
        assertStuck(semaphores().map(s -> new SemaphoreMachine(s, new SemaphoreMistakes.LeaverKeepsWake())));
        assertStuck(events().map(s -> new EventMachine(s, new EventMistakes.LeaverKeepsWake())));
    }

    @Test
    void findsLeaverThatKeepsTheFlag() {
        assertStuck(semaphores().map(s -> new SemaphoreMachine(s, new SemaphoreMistakes.LeaverKeepsWoken())));
        assertStuck(events().map(s -> new EventMachine(s, new EventMistakes.LeaverKeepsWoken())));
    }

    private static void assertSound(Machine machine) {
        assertThat(StateSpace.explore(machine).fault()).isNull();
    }

    private static void assertStuck(Stream<? extends Machine> machines) {
        assertThat(machines.map(machine -> StateSpace.explore(machine).fault())
                        .filter(fault -> fault != null)
                        .findFirst())
                .hasValueSatisfying(fault -> assertThat(fault).containsAnyOf("no way to the end", "the flag is left"));
    }
}
