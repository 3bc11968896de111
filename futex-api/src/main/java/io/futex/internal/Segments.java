package io.futex.internal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// What a word must be, what a deadline is: the checks and conversions that every call begins with.
public final class Segments {
    /// The deadline of a wait without one.
    public static final long FOREVER = Long.MAX_VALUE;

    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();

    private Segments() {}

    /// The value of a checked word, as the kernel would read it.
    ///
    /// @throws IllegalStateException if the arena is closed
    /// @throws WrongThreadException if the arena is confined to another thread
    static int read(MemorySegment base, long offset) {
        return (int) INT.getVolatile(base, offset);
    }

    /// As [#read], of a word of 64 bits.
    static long readLong(MemorySegment base, long offset) {
        return (long) LONG.getVolatile(base, offset);
    }

    /// Refuses a segment that has no word at its start.
    static void requireWord(MemorySegment word) {
        if (word.byteSize() < Integer.BYTES) {
            throw new IllegalArgumentException("a word takes 4 bytes; this segment has " + word.byteSize());
        }
        requireNativeAligned(word, 0);
    }

    /// Refuses a place that is not a word.
    ///
    /// @param base the memory that should hold the word
    /// @param offset where in `base`
    /// @return `base`
    public static MemorySegment requireWord(MemorySegment base, long offset) {
        return requireWords(base, offset, Integer.BYTES);
    }

    /// Refuses a place that does not hold so many bytes of words.
    ///
    /// @param base the memory that should hold the words
    /// @param offset where in `base`
    /// @param bytes how many bytes they take
    /// @return `base`
    public static MemorySegment requireWords(MemorySegment base, long offset, long bytes) {
        Objects.checkFromIndexSize(offset, bytes, base.byteSize());
        requireNativeAligned(base, offset);
        return base;
    }

    /// Refuses a place where a synchronizer of so many bytes cannot live.
    ///
    /// @param base the memory that should hold it
    /// @param offset where in `base`
    /// @param bytes how many bytes it takes
    public static void requireWritable(MemorySegment base, long offset, long bytes) {
        requireWords(base, offset, bytes);
        if (base.isReadOnly()) {
            throw new IllegalArgumentException("the segment is read-only");
        }
    }

    private static void requireNativeAligned(MemorySegment base, long offset) {
        if (!base.isNative()) {
            throw new IllegalArgumentException(
                    "a word lies off the heap, where the garbage collector does not move it; this is a heap segment");
        }
        if (((base.address() + offset) & (Integer.BYTES - 1)) != 0) {
            throw new IllegalArgumentException("a word lies at an address divisible by 4; this one is 0x"
                    + Long.toHexString(base.address() + offset));
        }
    }

    /// Refuses dead memory without touching it: a waker must not fetch a cache line that it has just let go.
    static void requireAccessible(MemorySegment base) {
        if (!base.scope().isAlive()) {
            throw new IllegalStateException("Already closed");
        }
        if (!base.isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException("the word lies in an arena that is confined to another thread");
        }
    }

    /// The deadline of a wait that begins now; a time too long to add up to one is for ever.
    ///
    /// @param timeout how long, 0 or more
    /// @param unit of `timeout`
    /// @return a point in time on [System#nanoTime()]'s clock, or [#FOREVER]
    public static long deadline(long timeout, TimeUnit unit) {
        long nanos = unit.toNanos(timeout);
        if (nanos == Long.MAX_VALUE) {
            return FOREVER;
        }
        long now = System.nanoTime();
        long deadline = now + nanos;
        return deadline < now ? FOREVER : deadline;
    }

    /// Whether a deadline has passed. Compared by value and not by difference, since [#FOREVER] is a value too; the
    /// clock counts up from somewhere near the machine's start and does not overflow.
    ///
    /// @param deadline on [System#nanoTime()]'s clock
    /// @return whether a wait until then is over
    public static boolean isOver(long deadline) {
        return deadline != FOREVER && System.nanoTime() >= deadline;
    }
}
