package io.futex.shared;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.shared.RobustMachine.Mistakes;
import io.futex.shared.RobustMachine.Setup;
import io.futex.spi.RobustThread;
import io.futex.sync.StateSpace;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Visits all states of a robust lock whose users are killed at any step: there is one owner, whoever follows a dead
/// one is told, and from everywhere there is a way to the end on which nobody needs luck.
class RobustMachineTest {
    static Stream<Setup> setups() {
        return Stream.of(
                Setup.of(1, 1, "ll", "ll", "ll"),
                Setup.of(2, 1, "l", "l", "l"),
                Setup.of(1, 1, "l", "l", "l", "l"),
                Setup.of(1, 1, "l", "n", "ll"),
                Setup.of(2, 0, "n", "l", "n"));
    }

    @ParameterizedTest
    @MethodSource("setups")
    void isSound(Setup setup) {
        assertThat(faultOf(setup, Mistakes.NONE)).isNull();
    }

    // ---- The model finds what is known to be wrong; else it would prove nothing.

    /// As glibc does it: a release clears the flag, and whoever was woken sets it again.
    @Test
    void findsReleaseThatClearsTheFlag() {
        RobustRules zero = new RobustRules() {
            @Override
            int release(int word) {
                return word & RobustThread.OWNER_DIED;
            }
        };
        assertStuck(Setup.of(1, 0, "l", "l", "ll"), new Mistakes(zero, true, false));
    }

    @Test
    void findsFlagThatIsClearedWithoutTheCount() {
        RobustRules uncounted = new RobustRules() {
            @Override
            int next(int count) {
                return count;
            }
        };
        assertStuck(Setup.of(1, 0, "ll", "ll", "ll"), new Mistakes(uncounted, false, false));
    }

    @Test
    void findsWaiterOfWhichTheSystemDoesNotKnow() {
        assertStuck(Setup.of(1, 0, "l", "l", "l"), new Mistakes(RobustRules.RIGHT, false, true));
    }

    @Test
    void findsTakerThatForgetsTheDead() {
        RobustRules forgetful = new RobustRules() {
            @Override
            int release(int word) {
                return word & RobustThread.WAITERS;
            }

            @Override
            int taken(int word, int owner) {
                return owner | (word & RobustThread.WAITERS);
            }
        };
        assertThat(faultOf(Setup.of(1, 0, "l", "l", "l"), new Mistakes(forgetful, false, false)))
                .contains("was not told");
    }

    private static void assertStuck(Setup setup, Mistakes mistakes) {
        assertThat(faultOf(setup, mistakes)).contains("no way to the end");
    }

    private static String faultOf(Setup setup, Mistakes mistakes) {
        return StateSpace.explore(new RobustMachine(setup, mistakes)).fault();
    }
}
