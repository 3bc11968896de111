package io.futex;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicInteger;

/// Memory for fresh local words, by 4 KiB. A slab is freed by the garbage collector once none of its words is in use.
///
/// Packed words cost 4 bytes but share cache lines: two locks on one line slow each other down several times over. A
/// line for each word wastes 60 bytes of 64. So words are packed, but handed out *across* the lines: neighbours in
/// time are strangers in memory until every line of the slab has a word, and only the 65th shares one.
final class WordSlab {
    private static final int LINE_BYTES = 64;
    private static final int LINES = 64;
    private static final int BYTES = LINES * LINE_BYTES;
    private static final int WORDS = BYTES / Integer.BYTES;

    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();

    /// Slabs between two collections, at most: 32 MiB. The collector does not see memory off the heap, so a program
    /// that makes words and drops them, but hardly any other garbage, would grow and grow.
    private static final int SLABS_PER_COLLECTION = 8192;

    private static volatile WordSlab current = new WordSlab();

    /// Cleared by a collection; tells that one has come by itself.
    private static WeakReference<Object> canary = new WeakReference<>(new Object());

    private static int slabsSinceCollection;

    /// Zeroed by its allocation. Reachable from each of its words, and freed after the last of them.
    private final MemorySegment memory = Arena.ofAuto().allocate(BYTES, 2 * LINE_BYTES);

    /// How many words have been asked for; beyond WORDS by those who came too late.
    private final AtomicInteger used = new AtomicInteger();

    private WordSlab() {}

    static SegmentWord allocate(int initial) {
        Futex futex = Futex.local();
        for (; ; ) {
            WordSlab slab = current;
            int index = slab.used.getAndIncrement();
            if (index >= 0 && index < WORDS) {
                long offset = offset(index);
                if (initial != 0) {
                    INT.setVolatile(slab.memory, offset, initial);
                }
                return new SegmentWord(futex, slab.memory, offset);
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
        current = new WordSlab();
    }

    /// Even lines first, then odd ones, since some processors fetch lines in pairs; then the next word of every line.
    private static long offset(int index) {
        int turn = index % LINES;
        int line = 2 * (turn % (LINES / 2)) + turn / (LINES / 2);
        return (long) line * LINE_BYTES + (long) (index / LINES) * Integer.BYTES;
    }
}
