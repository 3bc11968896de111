package io.futex.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.futex.spi.ThreadBlock;
import java.lang.foreign.MemorySegment;

/// The `struct timespec { time_t tv_sec; long tv_nsec; }` of the calling thread: two of 64 bits on each architecture of
/// [SystemCalls].
final class Timespec {
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private Timespec() {}

    /// Puts a point in time into it.
    ///
    /// @param nanos on CLOCK_MONOTONIC
    /// @return the address of the struct; valid until the next call on the same thread
    static long write(long nanos) {
        MemorySegment block = ThreadBlock.current();
        block.set(JAVA_LONG, 0, nanos / NANOS_PER_SECOND);
        block.set(JAVA_LONG, 8, nanos % NANOS_PER_SECOND);
        return block.address();
    }

    /// What is in it.
    static long read() {
        MemorySegment block = ThreadBlock.current();
        return block.get(JAVA_LONG, 0) * NANOS_PER_SECOND + block.get(JAVA_LONG, 8);
    }
}
