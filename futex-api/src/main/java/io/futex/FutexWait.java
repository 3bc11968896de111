package io.futex;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// One word of a [Futex#waitAny] call.
///
/// @param base the memory that holds the word
/// @param offset where in `base` the word lies, in bytes
/// @param expected the value for which to sleep
public record FutexWait(MemorySegment base, long offset, int expected) {
    /// Refuses null; the rest is checked by the wait, when the memory may have changed its state.
    public FutexWait {
        Objects.requireNonNull(base, "base");
    }
}
