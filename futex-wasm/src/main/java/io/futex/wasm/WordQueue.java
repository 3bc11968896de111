package io.futex.wasm;

import io.futex.WaitResult;

/// Where those sleep who wait on the words of one memory. The caller has checked the offset.
interface WordQueue {
    /// Sleeps while the word holds the value.
    ///
    /// @param offset of the word in the memory, in bytes
    /// @param expected the value in the memory's order; of a word of 32 bits, with its sign extended
    /// @param wide whether the word has 64 bits
    /// @param deadline a point in time of [System#nanoTime()]'s clock, perhaps past; [Long#MAX_VALUE] for none
    /// @param interruptible whether an interrupt ends it by an exception
    /// @return why it returned
    WaitResult await(int offset, long expected, boolean wide, long deadline, boolean interruptible)
            throws InterruptedException;

    /// Wakes waiters of the word.
    ///
    /// @param offset of the word in the memory, in bytes
    /// @param count how many at most, at least 1; [Integer#MAX_VALUE] for all
    /// @return how many, or [io.futex.Futex#UNKNOWN]
    int wake(int offset, int count);

    /// Whether a wait returns as woken only if a wake was meant for it, and an interrupted one has taken no wake along.
    boolean isExact();

    /// How waiters sleep, for people.
    String description();
}
