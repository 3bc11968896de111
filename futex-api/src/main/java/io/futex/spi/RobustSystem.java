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
}
