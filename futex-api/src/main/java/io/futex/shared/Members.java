package io.futex.shared;

import io.futex.memory.Words;
import java.util.function.IntConsumer;

/// Who uses a queue: a table of processes, whose numbers stand in the slots that they hold. A queue that is opened
/// twice is two of them.
final class Members {
    /// How many at a time.
    static final int MOST = 64;

    /// A process, and its PID namespace.
    static final long BYTES = 16;

    private static final long NAMESPACE = 8;

    private final Here here = Here.get();
    private final Words words;
    private final long at;

    Members(Words words, long at) {
        this.words = words;
        this.at = at;
    }

    /// Gives this process a number.
    ///
    /// @param sweep what to do with what a dead one of that number holds
    /// @return 1 to [#MOST]
    int join(IntConsumer sweep) {
        long self = here.process();
        for (int number = 1; number <= MOST; number++) {
            if (words.compareAndSetLong(entry(number), 0, self)) {
                set(entry(number) + NAMESPACE, here.machine().namespace());
                return number;
            }
        }
        for (int number = 1; number <= MOST; number++) {
            long dead = words.getLong(entry(number));
            // Of the same namespace, or we would not know that it is dead.
            if (hasEnded(number, dead) && words.compareAndSetLong(entry(number), dead, self)) {
                // Not before, or we would sweep what another newcomer with that number has claimed. Whoever is killed
                // here has ended as well.
                sweep.accept(number);
                return number;
            }
        }
        throw new IllegalStateException("a queue has " + MOST + " users at most, and all live");
    }

    /// Gives a number back, whose owner holds nothing any more.
    void leave(int number) {
        set(entry(number) + NAMESPACE, 0);
        set(entry(number), 0);
    }

    /// Whether nobody has this number any more. A process in another PID namespace lives as far as we know.
    boolean isDead(int number) {
        if (number < 1 || number > MOST) {
            return false;
        }
        long process = words.getLong(entry(number));
        // Nobody's: a thread of one that was leaving has taken a slot, and was killed before it saw that.
        return process == 0 || hasEnded(number, process);
    }

    private boolean hasEnded(int number, long process) {
        return process != 0
                && words.getLong(entry(number) + NAMESPACE) == here.machine().namespace()
                && process != here.process()
                && !here.isAlive(process);
    }

    /// All of a boot that is over.
    void forget(IntConsumer sweep) {
        for (int number = 1; number <= MOST; number++) {
            sweep.accept(number);
            leave(number);
        }
    }

    private long entry(int number) {
        return at + (number - 1) * BYTES;
    }

    private void set(long where, long value) {
        long found = words.getLong(where);
        while (found != value && !words.compareAndSetLong(where, found, value)) {
            found = words.getLong(where);
        }
    }
}
