package io.futex.internal;

import io.futex.Futex;
import java.lang.foreign.MemorySegment;

/// A word object that can be pointed at another place, so that an algorithm written on [io.futex.FutexWord] serves
/// words that have no object, and nothing is allocated. Every word in native memory is one, but only who made a word
/// for this purpose may move it: all others are final to their users.
public interface WordCursor {
    /// Points this object at another word. The caller has checked the place, and no other thread knows this object.
    ///
    /// @param futex which futex the users of that word have agreed on
    /// @param base the memory that holds the word
    /// @param offset where in `base`, in bytes
    void moveTo(Futex futex, MemorySegment base, long offset);
}
