package io.futex.wasm;

import io.futex.Futex;
import io.futex.contract.FutexContract;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import run.endive.runtime.ByteArrayMemory;
import run.endive.runtime.Memory;
import run.endive.wasm.types.MemoryLimits;

/// The contract over a memory of Endive's own, without what its queue cannot keep.
///
/// Its words have no address: a segment here has the word's offset for its address, and nobody reads through it. Only
/// at small and storm scale: that queue rounds each wait up to milliseconds, which takes long.
@EnabledIfSystemProperty(named = "io.futex.test.scale", matches = "small|storm")
final class EndiveContractTest extends FutexContract {
    private static final int PAGES = 1024;
    private static final Memory MEMORY = new ByteArrayMemory(new MemoryLimits(PAGES, PAGES, true));
    private static final Futex FUTEX = WasmFutex.over(MEMORY);
    private static long used = 128;

    static {
        reachWordsBy(new WordAccess() {
            @Override
            public boolean reaches(MemorySegment word) {
                return word.address() < (long) PAGES * Memory.PAGE_SIZE;
            }

            @Override
            public int get(MemorySegment word) {
                return MEMORY.atomicReadInt((int) word.address());
            }

            @Override
            public boolean compareAndSet(MemorySegment word, int expected, int value) {
                return MEMORY.atomicCmpxchgInt((int) word.address(), expected, value) == expected;
            }
        });
    }

    @Override
    protected Futex futex() {
        return FUTEX;
    }

    @Override
    protected MemorySegment newMemory(long bytes) {
        synchronized (EndiveContractTest.class) {
            MemorySegment found = MemorySegment.ofAddress(used).reinterpret(bytes);
            used = (used + bytes + 127) & -128;
            return found;
        }
    }

    @Override
    protected boolean takesAnyNativeMemory() {
        return false;
    }

    @Override
    protected boolean holdsArenaOpen() {
        return false;
    }

    /// The handles of words.
    @Override
    protected boolean takesEmptySegments() {
        return true;
    }

    /// A notify there adds a permit without an owner and wakes all waiters of the word. The next notify may come while
    /// that herd is still on its way back to sleep, and then its permit goes to whoever of them gets the monitor next.
    /// So it is luck who of forty is among the first twenty: with both kinds of threads in turns, all twenty may be of
    /// one kind. A plain monitor used in this way does the same; one that wakes by `notify()` serves in order.
    @Override
    protected boolean takesTurns() {
        return false;
    }

    /// A wait makes a boxed address, under which it finds its queue, and a condition: 16 and 24 bytes; a wake the
    /// first.
    @Override
    protected int garbageBytes() {
        return 40;
    }
}
