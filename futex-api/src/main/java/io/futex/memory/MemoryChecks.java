package io.futex.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.util.Objects;

/// What a word must be: the checks that every call begins with, and the look at a checked one.
public final class MemoryChecks {
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();

    private MemoryChecks() {}

    /// The value of a checked word, as the kernel would read it.
    ///
    /// @throws IllegalStateException if the arena is closed
    /// @throws WrongThreadException if the arena is confined to another thread
    public static int read(MemorySegment base, long offset) {
        return (int) INT.getVolatile(base, offset);
    }

    /// As [#read], of a word of 64 bits.
    public static long readLong(MemorySegment base, long offset) {
        return (long) LONG.getVolatile(base, offset);
    }

    /// Refuses a segment that is too short for a word at its start. The other checks are those of [#requireWord].
    ///
    /// @param word the memory that should begin with a word
    /// @return `word`
    public static MemorySegment requireLength(MemorySegment word) {
        if (word.byteSize() < Integer.BYTES) {
            throw new IllegalArgumentException("a word takes 4 bytes; this segment has " + word.byteSize());
        }
        return word;
    }

    /// Refuses a place that is not a word.
    ///
    /// @param base the memory that should hold the word
    /// @param offset where in `base`
    /// @return `base`
    public static MemorySegment requireWord(MemorySegment base, long offset) {
        return requireWords(base, offset, Integer.BYTES, Integer.BYTES);
    }

    /// As [#requireWord], of a word of 64 bits.
    public static MemorySegment requireLong(MemorySegment base, long offset) {
        return requireWords(base, offset, Long.BYTES, Long.BYTES);
    }

    /// The memory of a direct buffer up to its limit, wherever its position is: an offset in there is an index of the
    /// buffer. It keeps the buffer alive.
    public static MemorySegment of(ByteBuffer buffer) {
        if (!buffer.isDirect()) {
            throw new IllegalArgumentException("a word lies off the heap, where the garbage collector does not move it;"
                    + " this is a heap buffer, and not one of ByteBuffer.allocateDirect or FileChannel.map");
        }
        return MemorySegment.ofBuffer(buffer.duplicate().position(0));
    }

    /// Refuses a place where a synchronizer of so many bytes, made of words of 32 bits, cannot live.
    ///
    /// @param base the memory that should hold it
    /// @param offset where in `base`
    /// @param bytes how many bytes it takes
    public static void requireWritable(MemorySegment base, long offset, long bytes) {
        requireWritable(base, offset, bytes, Integer.BYTES);
    }

    /// Refuses a place where a synchronizer of so many bytes cannot live.
    ///
    /// @param base the memory that should hold it
    /// @param offset where in `base`
    /// @param bytes how many bytes it takes
    /// @param alignment of its widest word, in bytes: 4 or 8
    public static void requireWritable(MemorySegment base, long offset, long bytes, long alignment) {
        MemorySegment unused = requireWords(base, offset, bytes, alignment);
        if (base.isReadOnly()) {
            throw new IllegalArgumentException("the segment is read-only");
        }
    }

    private static MemorySegment requireWords(MemorySegment base, long offset, long bytes, long alignment) {
        Objects.checkFromIndexSize(offset, bytes, base.byteSize());
        if (!base.isNative()) {
            throw new IllegalArgumentException(
                    "a word lies off the heap, where the garbage collector does not move it; this is a heap segment");
        }
        if (((base.address() + offset) & (alignment - 1)) != 0) {
            throw new IllegalArgumentException("a word lies at an address divisible by " + alignment
                    + "; this one is 0x" + Long.toHexString(base.address() + offset));
        }
        return base;
    }

    /// Refuses dead memory without touching it: a waker must not fetch a cache line that it has just let go.
    public static void requireAccessible(MemorySegment base) {
        if (!base.scope().isAlive()) {
            throw new IllegalStateException("Already closed");
        }
        if (!base.isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException("the word lies in an arena that is confined to another thread");
        }
    }
}
