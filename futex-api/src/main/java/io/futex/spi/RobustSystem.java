package io.futex.spi;

import java.lang.foreign.MemorySegment;

/// A system that tells the locks of a thread that it has ended.
public interface RobustSystem {
    /// How many bytes a record has: the word at the begin, a place for the system's links from the 24th byte on.
    long RECORD_BYTES = 64;

    /// A record in memory of the caller, whose arena may be closed from then on.
    ///
    /// @param memory [#RECORD_BYTES], writable, on one page, of a mapping that processes share
    /// @return the same memory
    /// @throws IllegalArgumentException if it is not of such a mapping
    RobustRecord record(MemorySegment memory);

    /// Of the calling platform thread.
    ///
    /// @return a new object
    RobustThread thread();

    /// How long who waits sleeps at most before it asks whether the owner has ended: for locks that must ask, since no
    /// system tells them.
    ///
    /// @return in nanoseconds; [FutexBackend#FOREVER] where the system does tell
    default long patienceNanos() {
        return FutexBackend.FOREVER;
    }

    /// Whether the owner of a lock has ended. Asked only where [#patienceNanos] is a time.
    ///
    /// @param record whose word has named the owner
    /// @param owner the thread's number there
    /// @return false if it is there, or nobody knows
    default boolean hasEnded(RobustRecord record, int owner) {
        return false;
    }
}
