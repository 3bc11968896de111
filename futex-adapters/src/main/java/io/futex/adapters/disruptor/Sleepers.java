package io.futex.adapters.disruptor;

import io.futex.memory.Words;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/// Those who sleep until something has moved on. They may be several, each waiting for another position, so a signal
/// wakes them all; it costs a fence and a look while nobody sleeps.
///
/// The lowest bit of the word is set while somebody sleeps or is about to. A signal that finds it adds one, which
/// clears the bit and counts the signal in the bits above. A flag alone would not do, since others set it again:
///
/// ```
/// A                        producer                 B
/// announce, look: not yet
///                          publish, clear, wake
///                                                   look: taken, the next is not there yet; announce
/// asleep while the flag is set: over what was published
/// ```
///
/// With the count the word is not what A has seen, and A does not sleep. The count wraps round after 2^31 signals, all
/// in the moment between one thread's look and its sleep.
final class Sleepers {
    private static final int ANNOUNCED = 1;

    /// Whether it pays to look before a sleep; of all of them together.
    int gain;

    private final Words words;
    private final long at;

    Sleepers() {
        this(Words.fresh(Integer.BYTES));
    }

    private Sleepers(Words.Place place) {
        this(place.words(), place.offset());
    }

    /// For models.
    Sleepers(Words words, long at) {
        this.words = words;
        this.at = at;
    }

    /// For tests: what to sleep on.
    MemorySegment word() {
        return words.segment.asSlice(at, Integer.BYTES);
    }

    /// Says that this thread is about to sleep; it must look once more before it does.
    ///
    /// @return for [#sleep]
    int announce() {
        int seen = words.getAndBitwiseOr(at, ANNOUNCED) | ANNOUNCED;
        // A sequence is read plainly, and that must come after the announcement. The other half is in signal().
        VarHandle.fullFence();
        return seen;
    }

    /// Sleeps unless there was a signal since the announcement; may return for no reason. The announcement stays when
    /// the time is over: others may rely on it, and at worst a signal finds nobody.
    ///
    /// @param seen what [#announce] returned
    /// @param deadline on [System#nanoTime]'s clock
    void sleep(int seen, long deadline) throws InterruptedException {
        var unused = words.await(at, seen, deadline, true);
    }

    /// After the publication, by whatever store: that must come before the look.
    void signal() {
        VarHandle.fullFence();
        int seen = words.getOpaque(at);
        // Who loses the exchange lost it to a signal that came later than our publication, and which wakes for us too.
        if ((seen & ANNOUNCED) != 0 && words.compareAndSet(at, seen, seen + ANNOUNCED)) {
            var unused = words.wake(at, Integer.MAX_VALUE);
        }
    }
}
