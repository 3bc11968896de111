package io.futex.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.futex.Futex;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The array of `struct futex_waitv` of the calling thread (include/uapi/linux/futex.h, Linux 5.16), made at its first
/// wait on several words:
///
/// ```
/// struct futex_waitv { __u64 val; __u64 uaddr; __u32 flags; __u32 __reserved; };
/// ```
final class WaitVector {
    private static final long BYTES = 24;
    private static final long ADDRESS = 8;
    private static final long FLAGS = 16;

    /// The kernel takes the value as 64 bits, and wants the upper ones to be 0.
    private static final long UNSIGNED = 0xFFFF_FFFFL;

    /// As of [io.futex.spi.ThreadBlock], of a type of the JDK, so that the thread does not keep our class loader.
    private static final ThreadLocal<MemorySegment> CURRENT = new ThreadLocal<>() {
        @Override
        protected MemorySegment initialValue() {
            return Arena.ofAuto().allocate((Futex.MOST_WAITS + 1) * BYTES, Long.BYTES);
        }
    };

    private WaitVector() {}

    /// The array of the calling thread.
    static MemorySegment current() {
        return CURRENT.get();
    }

    /// Writes one word of it; what is reserved stays 0.
    static void set(MemorySegment vector, int index, int expected, long address, int flags) {
        long at = index * BYTES;
        vector.set(JAVA_LONG, at, expected & UNSIGNED);
        vector.set(JAVA_LONG, at + ADDRESS, address);
        vector.set(JAVA_INT, at + FLAGS, flags);
    }
}
