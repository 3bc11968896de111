package io.futex.internal;

import io.futex.WaitResult;
import java.lang.foreign.MemorySegment;

/// Words of 32 or 64 bits on which every thread waits parked, whatever kind of thread it is: first come first served,
/// woken one by one, so that counts are exact, and no wait returns as woken unless a wake has claimed it. For a backend
/// that promises all this to others; waiters of [io.futex.Futex#local()] are not found here.
///
/// The memory should stay open while somebody waits on it; one that sleeps over its end gets [IllegalStateException].
public final class ParkedWords {
    private final Engine engine = Engine.portable();

    /// A table without waiters.
    public ParkedWords() {}

    /// Parks while the word holds `expected`. The word is looked at under the lock that wakes take, before the time.
    ///
    /// @param base the memory that holds the word; checked by the caller
    /// @param offset where in `base`, in bytes; aligned to the word
    /// @param expected the value for which to wait; of a narrow word, with its sign extended
    /// @param wide whether the word has 64 bits, else 32
    /// @param deadline a point in time of [System#nanoTime()]'s clock, perhaps past; [Deadline#FOREVER] for none
    /// @param interruptible whether an interrupt ends the wait; else the status is kept for the caller
    /// @return why it returned, exactly
    /// @throws InterruptedException if `interruptible` and no wake was meant for this thread
    public WaitResult await(
            MemorySegment base, long offset, long expected, boolean wide, long deadline, boolean interruptible)
            throws InterruptedException {
        return engine.park(base, offset, expected, wide, deadline, interruptible);
    }

    /// Wakes those who have waited longest.
    ///
    /// @param base the memory that holds the word; checked by the caller
    /// @param offset where in `base`, in bytes
    /// @param count how many at most, more than 0
    /// @return how many, exactly
    public int wake(MemorySegment base, long offset, int count) {
        return engine.awaken(base, offset, count, false);
    }
}
