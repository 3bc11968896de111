package io.futex.memory;

import java.util.ArrayList;
import java.util.List;

/// All interleavings in which the turn is taken from a thread that could go on so many times at most, one after the
/// other: for the real code, whose states cannot be told apart, so that nobody could visit them all.
///
/// ```java
/// Interleavings interleavings = new Interleavings(2);
/// do {
///     play(new ModelScheduler(interleavings));
/// } while (interleavings.next());
/// ```
public final class Interleavings {
    private final int switches;

    /// The choices of this run, and how many there were at each.
    private final List<int[]> choices = new ArrayList<>();

    private int at;
    private int left;
    private long runs = 1;

    /// @param switches how many
    public Interleavings(int switches) {
        this.switches = switches;
        left = switches;
    }

    /// Goes on to the next one.
    ///
    /// @return whether there is one
    public boolean next() {
        at = 0;
        left = switches;
        runs++;
        for (int last = choices.size() - 1; last >= 0; last--) {
            int[] choice = choices.get(last);
            if (++choice[0] < choice[1]) {
                return true;
            }
            choices.remove(last);
        }
        return false;
    }

    /// How many there were until now.
    public long runs() {
        return runs;
    }

    /// @param able how many threads can go on
    /// @param self which of them has the turn, or -1
    /// @return which one gets it
    int choose(int able, int self) {
        if (able == 1 || (self >= 0 && left == 0)) {
            return Math.max(self, 0);
        }
        if (at == choices.size()) {
            choices.add(new int[] {0, able});
        }
        int chosen = choices.get(at++)[0];
        if (self < 0) {
            return chosen;
        }
        // The one that has the turn comes first.
        left -= chosen == 0 ? 0 : 1;
        return chosen == 0 ? self : chosen <= self ? chosen - 1 : chosen;
    }
}
