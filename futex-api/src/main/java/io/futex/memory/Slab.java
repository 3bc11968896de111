package io.futex.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicInteger;

/// Memory for fresh words of local scope, in units of one size. The first slab of each size lasts as long as the
/// program, most of whose locks it will hold. Others are a block of 4 KiB each, freed by the garbage collector once
/// none of its words is in use.
///
/// Packed words cost 4 bytes but share cache lines: two locks on one line slow each other down several times over. A
/// line for each wastes most of its 64 bytes. So units are packed, but handed out *across* the lines: neighbours in
/// time are strangers in memory until every line of a block has a unit, and only the 65th shares one.
final class Slab {
    private static final int LINE_BYTES = 64;
    private static final int LINES = 64;
    private static final int BLOCK_BYTES = LINES * LINE_BYTES;

    /// One word.
    private static final int SMALL = 4;
    /// A synchronizer of several words.
    private static final int LARGE = 16;

    /// Half of the first memory for units of each size: 32 768 small ones and 8 192 large ones.
    private static final int FIRST_BYTES = 32 * BLOCK_BYTES;

    /// Slabs between two collections, at most: 32 MiB. The collector does not see memory off the heap, so a program
    /// that makes words and drops them, but hardly any other garbage, would grow and grow.
    private static final int SLABS_PER_COLLECTION = 8192;

    /// A constant, so that the compiler knows its address; see [SegmentWords].
    static final MemorySegment FIRST_MEMORY = memory(Arena.global(), 2 * FIRST_BYTES);

    static final SegmentWords FIRST = new SegmentWords(Words.local(), FIRST_MEMORY);

    private static volatile Slab small = new Slab(FIRST, SMALL, 0, FIRST_BYTES);
    private static volatile Slab large = new Slab(FIRST, LARGE, FIRST_BYTES, FIRST_BYTES);

    /// Cleared by a collection; tells that one has come by itself.
    private static WeakReference<Object> canary = new WeakReference<>(new Object());

    private static int slabsSinceCollection;

    /// Zeroed by its allocation. Reachable from each of its users, and freed after the last of them, unless it is the
    /// first.
    private final SegmentWords words;

    private final int unit;
    private final long from;
    private final int units;

    /// How many units have been asked for; more than there are, if some came too late.
    private final AtomicInteger used = new AtomicInteger();

    private Slab(SegmentWords words, int unit, long from, int bytes) {
        this.words = words;
        this.unit = unit;
        this.from = from;
        this.units = bytes / unit;
    }

    private static MemorySegment memory(Arena arena, long bytes) {
        return arena.allocate(bytes, 2 * LINE_BYTES);
    }

    static Words.Place allocate(int bytes) {
        for (; ; ) {
            Slab slab = bytes <= SMALL ? small : large;
            int index = slab.used.getAndIncrement();
            if (index >= 0 && index < slab.units) {
                return new Words.Place(slab.words, slab.offset(index));
            }
            replace(slab);
        }
    }

    /// Under a lock, since a race of many threads here would make a slab each and throw all but one away.
    private static synchronized void replace(Slab full) {
        if (full != small && full != large) {
            return;
        }
        if (canary.refersTo(null)) {
            canary = new WeakReference<>(new Object());
            slabsSinceCollection = 0;
        } else if (++slabsSinceCollection == SLABS_PER_COLLECTION) {
            slabsSinceCollection = 0; // if this comes to nothing (-XX:+DisableExplicitGC) it is asked for again
            System.gc(); // as direct buffers do when theirs run out
        }
        MemorySegment block = memory(Arena.ofAuto(), BLOCK_BYTES);
        Slab next = new Slab(new SegmentWords(Words.local(), block), full.unit, 0, BLOCK_BYTES);
        if (full.unit == SMALL) {
            small = next;
        } else {
            large = next;
        }
    }

    /// Block by block; in a block even lines first, then odd ones, since some processors fetch lines in pairs; then the
    /// next unit of every line.
    private long offset(int index) {
        int perBlock = BLOCK_BYTES / unit;
        int rest = index % perBlock;
        int turn = rest % LINES;
        int line = 2 * (turn % (LINES / 2)) + turn / (LINES / 2);
        return from + (long) (index / perBlock) * BLOCK_BYTES + (long) line * LINE_BYTES + (long) (rest / LINES) * unit;
    }
}
