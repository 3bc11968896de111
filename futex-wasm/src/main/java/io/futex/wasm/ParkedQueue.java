package io.futex.wasm;

import io.futex.WaitResult;
import io.futex.internal.ParkedWords;
import java.lang.foreign.MemorySegment;

/// The queue of a memory that this JVM alone uses: everybody parks in the engine's list and is claimed one by one.
final class ParkedQueue implements WordQueue {
    /// One table for all memories: no two of them have an address in common.
    private static final ParkedWords WORDS = new ParkedWords();

    private final MemorySegment base;

    ParkedQueue(MemorySegment base) {
        this.base = base;
    }

    @Override
    public WaitResult await(int offset, long expected, boolean wide, long deadline, boolean interruptible)
            throws InterruptedException {
        long value = wide ? WasmOrder.swap(expected) : WasmOrder.swap((int) expected);
        return WORDS.await(base, offset, value, wide, deadline, interruptible);
    }

    @Override
    public int wake(int offset, int count) {
        return WORDS.wake(base, offset, count);
    }

    @Override
    public boolean isExact() {
        return true;
    }

    @Override
    public String description() {
        return "parked";
    }
}
