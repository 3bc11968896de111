package io.futex.wasm;

import io.futex.memory.MemoryChecks;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.Memory;

/// Between segments, by which the common interface names a word, and byte offsets in one memory.
final class WordPlaces {
    private final Memory memory;

    /// Where the memory lies off the heap; null for one of the runtime's own, whose words have no address.
    private final @Nullable SharedWasmMemory own;

    /// The address of offset 0; where words have none, the offset stands for it.
    private final long start;

    WordPlaces(Memory memory) {
        this.memory = memory;
        this.own = memory instanceof SharedWasmMemory shared ? shared : null;
        this.start = own == null ? 0 : own.segment().address();
    }

    /// The value at a segment in this machine's order, as guests see it.
    int value(int value) {
        return own == null ? value : WasmOrder.swap(value);
    }

    /// The handle of a word.
    MemorySegment word(int offset) {
        require(offset);
        return own == null ? MemorySegment.ofAddress(offset) : own.segment().asSlice(offset, Integer.BYTES);
    }

    /// Refuses what is not the offset of a word.
    int require(int offset) {
        Objects.checkFromIndexSize(offset, Integer.BYTES, bytes());
        if ((offset & (Integer.BYTES - 1)) != 0) {
            throw new IllegalArgumentException("a word lies at an offset divisible by 4; this one is " + offset);
        }
        return offset;
    }

    int offsetOf(MemorySegment word) {
        if (own == null && word.byteSize() == 0) {
            return handle(word);
        }
        if (word.byteSize() < Integer.BYTES) {
            throw new IllegalArgumentException("a word takes 4 bytes; this segment has " + word.byteSize());
        }
        return offsetOf(word, 0);
    }

    int offsetOf(MemorySegment base, long offset) {
        if (own == null && base.byteSize() == 0 && offset == 0) {
            return handle(base);
        }
        MemoryChecks.requireWord(base, offset);
        return inMemory(base.address() + offset);
    }

    private int handle(MemorySegment handle) {
        if (!handle.isNative() || (handle.address() & (Integer.BYTES - 1)) != 0) {
            throw new IllegalArgumentException("not the handle of a word: " + handle);
        }
        return inMemory(handle.address());
    }

    private int inMemory(long address) {
        long at = address - start;
        if (at < 0 || at > bytes() - Integer.BYTES) {
            throw new IllegalArgumentException("the word does not lie in this WebAssembly memory");
        }
        return (int) at;
    }

    private long bytes() {
        return memory.pages() * (long) Memory.PAGE_SIZE;
    }
}
