package io.futex;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicInteger;

/// Memory for fresh local words. The first slab, of 64 blocks of 4 KiB, lasts as long as the program, most of whose
/// locks it will hold. Others are a block each, freed by the garbage collector once none of its words is in use.
///
/// Packed words cost 4 bytes but share cache lines: two locks on one line slow each other down several times over. A
/// line for each word wastes 60 bytes of 64. So words are packed, but handed out *across* the lines: neighbours in
/// time are strangers in memory until every line of a block has a word, and only the 65th shares one.
final class WordSlab {
    private static final int LINE_BYTES = 64;
    private static final int LINES = 64;
    private static final int BLOCK_BYTES = LINES * LINE_BYTES;
    private static final int BLOCK_WORDS = BLOCK_BYTES / Integer.BYTES;

    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();

    /// Slabs between two collections, at most: 32 MiB. The collector does not see memory off the heap, so a program
    /// that makes words and drops them, but hardly any other garbage, would grow and grow.
    private static final int SLABS_PER_COLLECTION = 8192;

    /// The memory of the first slab: a constant, so that the compiler knows its address; see [SegmentWord].
    static final MemorySegment FIRST = memory(Arena.global(), 64);

    private static volatile WordSlab current = new WordSlab(FIRST, true);

    /// Cleared by a collection; tells that one has come by itself.
    private static WeakReference<Object> canary = new WeakReference<>(new Object());

    private static int slabsSinceCollection;

    /// Zeroed by its allocation. Reachable from each of its words, and freed after the last of them, unless it is the
    /// first.
    private final MemorySegment memory;

    private final boolean isFirst;

    /// How many words have been asked for; more than there are, if some came too late.
    private final AtomicInteger used = new AtomicInteger();

    private WordSlab(MemorySegment memory, boolean isFirst) {
        this.memory = memory;
        this.isFirst = isFirst;
    }

    private static MemorySegment memory(Arena arena, long blocks) {
        return arena.allocate(blocks * BLOCK_BYTES, 2 * LINE_BYTES);
    }

    static SegmentWord allocate(int initial) {
        Futex futex = Futex.local();
        for (; ; ) {
            WordSlab slab = current;
            int index = slab.used.getAndIncrement();
            if (index >= 0 && index < slab.memory.byteSize() / Integer.BYTES) {
                long offset = offset(index);
                if (initial != 0) {
                    INT.setVolatile(slab.memory, offset, initial);
                }
                return new SegmentWord(futex, slab.memory, offset, slab.isFirst);
            }
            replace(slab);
        }
    }

    /// Under a lock, since a race of many threads here would make a slab each and throw all but one away.
    private static synchronized void replace(WordSlab full) {
        if (current != full) {
            return;
        }
        if (canary.refersTo(null)) {
            canary = new WeakReference<>(new Object());
            slabsSinceCollection = 0;
        } else if (++slabsSinceCollection == SLABS_PER_COLLECTION) {
            slabsSinceCollection = 0; // if this comes to nothing (-XX:+DisableExplicitGC) it is asked for again
            System.gc(); // as direct buffers do when theirs run out
        }
        current = new WordSlab(memory(Arena.ofAuto(), 1), false);
    }

    /// Block by block; in a block even lines first, then odd ones, since some processors fetch lines in pairs; then the
    /// next word of every line.
    private static long offset(int index) {
        int block = index / BLOCK_WORDS;
        int rest = index % BLOCK_WORDS;
        int turn = rest % LINES;
        int line = 2 * (turn % (LINES / 2)) + turn / (LINES / 2);
        return (long) block * BLOCK_BYTES + (long) line * LINE_BYTES + (long) (rest / LINES) * Integer.BYTES;
    }
}
