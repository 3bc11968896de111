package io.futex.schedule;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/// Plays a game in all interleavings, or in some.
public final class Explorer {
    /// Stops without a limit.
    public static final int ALL = Integer.MAX_VALUE;

    private static final int MANY = ALL / 2;
    private static final byte[] NOTHING = {};

    private Explorer() {}

    /// All interleavings in which so many times a thread is stopped that could go on.
    ///
    /// A way that leads to a state which was reached before, with no fewer stops left, is not followed again.
    ///
    /// @param games makes one for each interleaving, always alike
    /// @param stops at most
    /// @return how many there were
    public static int exploreAll(Supplier<Game> games, int stops) {
        Deque<byte[]> ways = new ArrayDeque<>();
        ways.push(NOTHING);
        Map<Long, Integer> seen = new HashMap<>();
        int plays = 0;
        while (!ways.isEmpty()) {
            Way way = new Way(ways.pop(), ways, seen, stops);
            try {
                Schedule.play(games.get(), way);
            } catch (Throwable e) {
                throw new AssertionError("after " + plays + " others, by the way " + way, e);
            }
            plays++;
        }
        return plays;
    }

    /// One interleaving, drawn by lot.
    ///
    /// @param game a new one
    /// @param seed brings the same one back
    public static void draw(Game game, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        Schedule.play(game, (count, goesOn, key, player) -> random.nextInt(count));
    }

    /// Where to turn: first as given, then straight on, and what was not chosen is remembered.
    private static final class Way implements Schedule.Chooser {
        private final byte[] given;
        private final Deque<byte[]> ways;
        private final Map<Long, Integer> seen;
        private byte[] taken;
        private int length;
        private int stops;

        Way(byte[] given, Deque<byte[]> ways, Map<Long, Integer> seen, int stops) {
            this.given = given;
            this.ways = ways;
            this.seen = seen;
            this.stops = stops;
            taken = Arrays.copyOf(given, given.length + 64);
        }

        @Override
        public int choose(int count, boolean goesOn, long state, int player) {
            int chosen = 0;
            // Where stops are counted it matters who can go on without one.
            long key = stops > MANY ? state : state * 31 + player;
            if (length < given.length) {
                chosen = given[length];
            } else {
                Integer before = seen.get(key);
                if (before != null && before >= stops) {
                    return -1;
                }
                seen.put(key, stops);
                if (!goesOn || stops > 0) {
                    for (int other = count - 1; other > 0; other--) {
                        byte[] way = Arrays.copyOf(taken, length + 1);
                        way[length] = (byte) other;
                        ways.push(way);
                    }
                }
            }
            if (length == taken.length) {
                taken = Arrays.copyOf(taken, 2 * length);
            }
            taken[length++] = (byte) chosen;
            if (goesOn && chosen > 0) {
                stops--;
            }
            return chosen;
        }

        @Override
        public String toString() {
            return Arrays.toString(Arrays.copyOf(taken, length));
        }
    }
}
