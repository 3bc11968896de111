package io.futex.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Native memory of one platform thread, reused for every wait and freed after the thread's end.
final class ThreadBlock {
    private static final long LINE_BYTES = 128;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private static final ThreadLocal<ThreadBlock> CURRENT = new ThreadLocal<>() {
        @Override
        protected ThreadBlock initialValue() {
            return new ThreadBlock();
        }
    };

    // struct timespec { time_t tv_sec; long tv_nsec; }: two of 64 bits on each architecture of SystemCalls
    private final MemorySegment timespec;

    /// Room for what FFM captures after a call.
    final MemorySegment capture;

    private ThreadBlock() {
        MemorySegment block = Arena.ofAuto().allocate(LINE_BYTES, LINE_BYTES);
        timespec = block.asSlice(0, 16);
        capture = block.asSlice(64);
    }

    static ThreadBlock current() {
        return CURRENT.get();
    }

    long timespec(long nanos) {
        timespec.set(JAVA_LONG, 0, nanos / NANOS_PER_SECOND);
        timespec.set(JAVA_LONG, 8, nanos % NANOS_PER_SECOND);
        return timespec.address();
    }
}
