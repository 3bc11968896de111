package io.futex.spi;

import java.lang.foreign.MemorySegment;

/// A lock's record in memory that processes share, by a mapping that nobody but this library can undo: the system looks
/// at it when a thread ends, whatever the caller has done to its own mapping.
public abstract class RobustRecord {
    private final MemorySegment memory;

    /// For backends.
    ///
    /// @param memory the record, by a mapping that lasts as long as anybody refers to it
    protected RobustRecord(MemorySegment memory) {
        this.memory = memory;
    }

    /// The record.
    ///
    /// @return the same bytes that the caller has, at another address
    public final MemorySegment memory() {
        return memory;
    }
}
