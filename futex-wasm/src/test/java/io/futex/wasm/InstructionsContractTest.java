package io.futex.wasm;

import io.futex.Futex;
import io.futex.contract.FutexContract;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// The contract over a memory of ours, every wait and wake by the instruction.
///
/// Only at small and storm scale: what is new in it is little, and tried by [WasmFutexTest] too.
@EnabledIfSystemProperty(named = "io.futex.test.scale", matches = "small|storm")
final class InstructionsContractTest extends FutexContract {
    private static final SharedWasmMemory MEMORY = SharedWasmMemory.create(LinearWords.PAGES, LinearWords.PAGES);
    private static final LinearWords WORDS = new LinearWords(MEMORY);
    private static final Futex FUTEX = WasmFutex.viaInstructions(MEMORY);

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

    /// The interpreter makes arrays of arguments and results, and a frame with its locals: some 500 bytes a call.
    @Override
    protected int garbageBytes() {
        return 1_000;
    }
}
