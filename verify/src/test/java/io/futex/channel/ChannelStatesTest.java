package io.futex.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Scale;
import io.futex.schedule.Explorer;
import io.futex.schedule.Game;
import io.futex.schedule.SteppedLoader;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The library's own code in all interleavings of a few players, step by step: registering in a cell and in queues,
/// claims, giving up, and closing. What comes of each is what may come of it, and nothing is left behind.
///
/// A play is written as the capacities of the channels, and the script of each player; see [Operation].
class ChannelStatesTest {
    private static final int STOPS = Scale.of(2, 3);

    /// Without a limit to how often a thread is stopped.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0: s0 | r0",
                "0: s0 | c0",
                "0: r0 k0 | c0",
                "0: s0 k0 | c0",
                "0: s0t | r0t | e0 | i1",
                "1: s0 s0 k0 | r0 c0 k0",
                "0,0: s0/r1 | s1/r0",
                "0,0: s0/r1t | s1/r0 | e0",
                "0,0: s0/r1 | s1/r0 | i0",
                "0: s0/r0 | s0/r0"
            })
    void allWaysOfTwoLeadToWhatMayBe(String play) {
        new Trial(play, Set.of()).run(Explorer.ALL);
    }

    /// Without a limit too. Where the stack ends the owner leaves its cell by assignments, without the lock.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0: s0! s0? | r0",
                "0: r0! r0? | s0",
                "0: s0! s0! | r0 r0?",
                "0: r0! r0! | s0 s0?",
                "0: s0! k0 | c0",
                "0: r0! k0 | c0",
                "0: s0! | r0!",
                "1: s0 s0! s0? | r0 r0? | e1",
                "0: r0! | s0? | s0?",
                "0: s0! | r0? | r0?",
                "0: r0! | r0? s0? | c0"
            })
    void whoFailsInACellLeavesNothingBehind(String play) {
        new Trial(play, Set.of()).runWithin(Explorer.ALL);
    }

    /// With fewer stops, since there are more players.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0: s0! | r0t | s0 | e1 r0?",
                "0: r0! | s0t | r0 | e1 s0?",
                "0: s0! | r0! | s0 r0? | c0",
                "0,0: s0! s1! | r0/r1 | r0/r1? | c1",
                "0,0: r0! r1! | s0/s1 | s0/r1t | e2 i1"
            })
    void whoFailsAmongManyLeavesNothingBehind(String play) {
        new Trial(play, Set.of()).runWithin(STOPS - 1);
    }

    /// With up to so many stops.
    @ParameterizedTest
    @ValueSource(
            strings = {
                // calls
                "0: s0 r0? | r0 s0? | r0?",
                "0: s0t | r0t | e0 e1",
                "0: s0 s0? | r0 r0? | i0 i1",
                "0: s0 | r0 | c0",
                "0: r0 | r0t | e1 s0",
                "1: s0t s0t | r0t s0? | e0 r0",
                "2: s0 s0 s0 | r0 r0 r0 | s0?",
                "8: r0 r0? | s0 s0 | c0",
                // selects
                "0,0: s0/r1 | s1/r0 | c0",
                "0,0: s0/r1t | r0/s1t | e0 i1",
                "0,1: s0/s1 | r0/r1? | r0/r1?",
                "0: r0/r0 k0 | s0 | c0",
                // one of two channels is always ready
                "1,1: s0 r1/r0? | s1 r0",
                "1,1: s0 r0/r1? | s1 r0",
                "1,0: s0 r1/r0? | c1 r0",
                "1,0: r1/s0? | c1 s0"
            })
    void allWaysLeadToWhatMayBe(String play) {
        new Trial(play, Set.of()).run(STOPS);
    }

    /// With fewer, since there are more players, or more that they do.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0: s0 | s0t | r0t | e2 e1",
                "0: r0 | r0t | s0 s0? | c0",
                "1: s0 s0 s0 | r0 r0 | c0",
                "0,0: s0/r1 | r0/s1 | c1 k1",
                "0,0: s0/r1t | r0/s1t | c0 | e0 i1",
                "0,0: s0/s1 | r0/r1 | r0/r1",
                "0: s0/r0 | s0/r0 | s0/r0"
            })
    void waysOfManyLeadToWhatMayBe(String play) {
        new Trial(play, Set.of()).run(STOPS - 1);
    }

    // ---- The model finds what is known to be wrong; else it would prove nothing.

    @Test
    void findsDefaultAfterOneLook() {
        assertFound("Cases.isUnchanged", "1,1: s0 r1/r0? | s1 r0");
    }

    @Test
    void findsLosersThatAreLeft() {
        assertFound("Sections.takeBack", "0,0: s0/r1 | s1/r0");
    }

    @Test
    void findsLocksInAnyOrder() {
        assertFound("Cases.sorted", "0,0: s0/r1 | s1/r0");
    }

    @Test
    void findsClaimOfOneWhoHasGivenUp() {
        assertFound("Waiter.claim", "0: s0t | r0t | e0 e1");
    }

    @Test
    void findsClaimOfOneTwice() {
        assertFound("Waiter.claim", "0,0: r0/r1 | s0 | s1");
    }

    @Test
    void findsWhoLeavesItsCellWithoutALook() {
        assertFound("Sections.leave", "0: s0 | r0");
    }

    @Test
    void findsCellThatIsFreeBeforeTheValueIsTaken() {
        assertFound("Core.leaveCell", "0: r0 | s0? | r0 | s0?", 3);
    }

    @Test
    void findsReceiverThatFailsWithoutALookAtTheLock() {
        assertFound("Core.state", "0: r0! | s0?", 2);
    }

    @Test
    void findsSenderThatFailsWithoutALookAtTheLock() {
        assertFound("Core.state", "0: s0! | r0?", 2);
    }

    @Test
    void findsCloseThatForgetsWhoWaits() {
        assertFound("Sections.shut", "0: s0 | c0");
    }

    private static void assertFound(String mistake, String play) {
        assertFound(mistake, play, 1);
    }

    private static void assertFound(String mistake, String play, int stops) {
        new Trial(play, Set.of()).run(1);
        assertThatThrownBy(() -> new Trial(play, Set.of(mistake)).run(stops))
                .as("%s in %s", mistake, play)
                .rootCause()
                .message()
                .matches("(?s)not allowed: .*|something is left .*");
    }

    /// A play, and what may come of it.
    private static final class Trial {
        private static final Pattern COMMA = Pattern.compile(",");
        private static final Pattern BAR = Pattern.compile(" \\| ");

        private final List<Integer> capacities;
        private final List<String> scripts;
        private final Set<String> allowed;
        private final Set<String> seen = new HashSet<>();
        private final SteppedLoader loader;

        Trial(String play, Set<String> mistakes) {
            int colon = play.indexOf(':');
            capacities = COMMA.splitAsStream(play.substring(0, colon))
                    .map(Integer::valueOf)
                    .toList();
            scripts = BAR.splitAsStream(play.substring(colon + 2)).toList();
            allowed = Oracle.outcomes(scripts, capacities);
            loader = new SteppedLoader(mistakes);
        }

        void run(int stops) {
            runWithin(stops);
            // A few may take more stops than are allowed.
            if (stops == Explorer.ALL) {
                assertThat(seen).isEqualTo(allowed);
            }
        }

        /// Where not all that is allowed need happen.
        void runWithin(int stops) {
            Predicate<String> isAllowed = outcome -> {
                seen.add(outcome);
                return allowed.contains(outcome);
            };
            int plays = Explorer.exploreAll(() -> (Game) loader.make("Play", scripts, capacities, isAllowed), stops);
            assertThat(plays).isPositive();
        }
    }
}
