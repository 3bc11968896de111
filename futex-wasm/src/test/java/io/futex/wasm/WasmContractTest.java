package io.futex.wasm;

import io.futex.Futex;
import io.futex.contract.FutexContract;
import java.lang.foreign.MemorySegment;

/// The whole contract over a memory of ours.
final class WasmContractTest extends FutexContract {
    private static final SharedWasmMemory MEMORY = SharedWasmMemory.create(LinearWords.PAGES, LinearWords.PAGES);
    private static final LinearWords WORDS = new LinearWords(MEMORY);
    private static final Futex FUTEX = WasmFutex.over(MEMORY);

    @Override
    protected Futex futex() {
        return FUTEX;
    }

    @Override
    protected MemorySegment newMemory(long bytes) {
        return WORDS.next(bytes);
    }

    @Override
    protected boolean takesAnyNativeMemory() {
        return false;
    }

    @Override
    protected boolean holdsArenaOpen() {
        return false;
    }
}
