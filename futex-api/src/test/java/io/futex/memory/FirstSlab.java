package io.futex.memory;

import java.lang.foreign.MemorySegment;

/// The memory of the first words of a program, for tests that must know.
public final class FirstSlab {
    /// Its words.
    public static final Words WORDS = Slab.FIRST;

    /// The one that is handed out last, if ever.
    public static final long LAST_WORD = Slab.FIRST_MEMORY.byteSize() / 2 - Integer.BYTES;

    private FirstSlab() {}

    /// Whether some memory is part of it.
    ///
    /// @param segment the memory
    /// @return whether it is
    public static boolean contains(MemorySegment segment) {
        return Slab.FIRST_MEMORY.asOverlappingSlice(segment).isPresent();
    }
}
