package io.futex.channel;

import io.futex.contract.Scale;
import io.futex.contract.Seed;
import io.futex.schedule.Explorer;
import io.futex.schedule.Game;
import io.futex.schedule.SteppedLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Players who send, receive, select, close, give up and are interrupted at random, in interleavings drawn by lot: what
/// comes of it is what the [Oracle] allows.
@ExtendWith(Seed.class)
class ChannelScheduleTest {
    private static final int PLAYS = Scale.of(250, 40_000);
    private static final int DRAWS = 25;

    /// In all: of three players who have three each, or four who have two.
    private static final int CALLS = 9;

    private final SteppedLoader loader = new SteppedLoader();

    @Test
    void nothingComesThatMayNotBe() {
        SplittableRandom random = new SplittableRandom(Seed.VALUE);
        for (int i = 0; i < PLAYS; i++) {
            List<Integer> capacities = new ArrayList<>();
            for (int n = 1 + random.nextInt(2); n > 0; n--) {
                capacities.add(random.nextInt(3));
            }
            int players = 2 + random.nextInt(3);
            List<String> scripts = new ArrayList<>();
            for (int p = 0; p < players; p++) {
                scripts.add(script(random, 1 + random.nextInt(CALLS / players), players, capacities.size()));
            }
            Set<String> allowed = Oracle.outcomes(scripts, capacities);
            Predicate<String> isAllowed = allowed::contains;
            for (int draw = 0; draw < DRAWS; draw++) {
                try {
                    Explorer.draw((Game) loader.make("Play", scripts, capacities, isAllowed), random.nextLong());
                } catch (Throwable e) {
                    throw new AssertionError(capacities + ": " + scripts, e);
                }
            }
        }
    }

    private static String script(SplittableRandom random, int calls, int players, int channels) {
        StringBuilder script = new StringBuilder();
        for (int i = 0; i < calls; i++) {
            int drawn = random.nextInt(24);
            String word = switch (drawn) {
                case 0 -> "c" + random.nextInt(channels);
                case 1 -> "k" + random.nextInt(channels);
                case 2 -> "i" + random.nextInt(players);
                case 3 -> "e" + random.nextInt(players);
                default -> communication(random, drawn < 14 ? 1 : 1 + random.nextInt(3), channels);
            };
            script.append(word).append(' ');
        }
        return script.toString();
    }

    private static String communication(SplittableRandom random, int ways, int channels) {
        List<String> words = new ArrayList<>();
        for (int i = 0; i < ways; i++) {
            words.add((random.nextBoolean() ? "s" : "r") + random.nextInt(channels));
        }
        return String.join("/", words) + List.of("", "", "t", "?").get(random.nextInt(4));
    }
}
