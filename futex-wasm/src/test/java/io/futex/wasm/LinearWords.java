package io.futex.wasm;

import java.lang.foreign.MemorySegment;

/// Hands out the bytes of one memory, each once.
final class LinearWords {
    static final int PAGES = 256;

    private final MemorySegment bytes;
    private long used;

    LinearWords(SharedWasmMemory memory) {
        this.bytes = memory.segment();
    }

    /// Zeroed bytes at an address divisible by 128.
    synchronized MemorySegment next(long size) {
        MemorySegment found = bytes.asSlice(used, size);
        used = (used + size + 127) & -128;
        return found;
    }
}
