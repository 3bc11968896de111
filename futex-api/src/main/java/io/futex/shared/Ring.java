package io.futex.shared;

import io.futex.memory.Words;
import java.util.function.IntPredicate;
import java.util.function.LongFunction;

/// What a [SharedQueue] does with its memory; what the bytes are stands in `docs/layouts.md`.
///
/// The only thing that a kill can leave behind is a slot that is claimed or taken, with the number of who has done so.
/// Whoever is stopped by it looks whether that one lives, and if not, passes it over: the record of a dead producer was
/// never whole, and that of a dead consumer is lost with it.
class Ring {
    // Offsets.
    static final long KIND = 0;
    static final long CAPACITY = 4;
    static final long RECORD_BYTES = 8;
    static final long TAIL = 64;
    static final long HEAD = 128;
    static final long ITEMS = 192;
    static final long ROOM = 256;
    static final long MEMBERS = 320;
    static final long SLOTS = MEMBERS + Members.MOST * Members.BYTES;

    /// The record begins behind the slot's own long.
    static final long RECORD = Long.BYTES;

    /// Of the tail: it counts no further.
    static final long SHUT = 1L << 63;

    /// Free, claimed, full, taken.
    static final int PHASES = 4;

    static final int FULL = 2;

    private final Words words;
    private final long at;
    private final int capacity;
    private final long stride;
    private final IntPredicate isDead;

    final QueueEnd producers;
    final QueueEnd consumers;

    /// @param isDead whether who has this number has ended; asked when somebody has waited for it
    /// @param waits by the offset of the two words
    Ring(Words words, long at, int capacity, int recordBytes, IntPredicate isDead, LongFunction<QueueWaits> waits) {
        this.words = words;
        this.at = at;
        this.capacity = capacity;
        this.stride = stride(recordBytes);
        this.isDead = isDead;
        producers = new QueueEnd(words, this, at + TAIL, 0, waits.apply(at + ROOM));
        consumers = new QueueEnd(words, this, at + HEAD, FULL, waits.apply(at + ITEMS));
    }

    static long stride(int recordBytes) {
        return RegionLayout.align(RECORD + recordBytes, Long.BYTES);
    }

    static long bytes(int capacity, int recordBytes) {
        return Math.addExact(SLOTS, Math.multiplyExact(stride(recordBytes), capacity));
    }

    long slotAt(long position) {
        return at + SLOTS + index(position) * stride;
    }

    int index(long position) {
        return (int) (position % capacity);
    }

    long lap(long position) {
        return position / capacity;
    }

    /// No slot can be further. Producers that abandon all they claim may be laps ahead of the consumers.
    long mostPhase() {
        return (lap(producers.position()) + 1) * PHASES;
    }

    // ---- records

    void commit(long position, int owner) {
        producers.finish(position, owner, FULL);
        consumers.waits.signal();
    }

    /// The consumers pass over the slot, and the producers have it again in the next lap.
    void abandon(long position, int owner) {
        producers.finish(position, owner, PHASES);
        signalBoth();
    }

    void release(long position, int owner) {
        consumers.finish(position, owner, FULL);
        producers.waits.signal();
    }

    void signalBoth() {
        consumers.waits.signal();
        producers.waits.signal();
    }

    // ---- the end of it

    /// From now on nobody claims. The tail stays what it is, so it is certain which records are the last.
    void shutDown() {
        for (long tail = words.getLong(at + TAIL); tail >= 0; tail = words.getLong(at + TAIL)) {
            boolean unused = words.compareAndSetLong(at + TAIL, tail, tail | SHUT);
        }
        consumers.waits.signalAll();
        producers.waits.signalAll();
    }

    boolean isShut() {
        return words.getLong(at + TAIL) < 0;
    }

    int size() {
        long size = producers.position() - consumers.position();
        return Math.clamp(size, 0, capacity);
    }

    /// Whether nothing comes any more at this end.
    boolean isOver(QueueEnd end) {
        return isShut() && (end == producers || consumers.position() >= producers.position());
    }

    // ---- the dead

    /// Whoever is stopped by a slot has its owner looked after.
    void recover(long position) {
        long slot = words.getLong(slotAt(position));
        if (isOwned(slot) && isDead.test(owner(slot)) && passOver(slotAt(position), slot)) {
            signalBoth();
        }
    }

    /// Lets go of all that one has claimed or taken.
    void sweep(int owner) {
        boolean any = false;
        for (int i = 0; i < capacity; i++) {
            long slotAt = slotAt(i);
            long slot = words.getLong(slotAt);
            if (isOwned(slot) && owner(slot) == owner) {
                any |= passOver(slotAt, slot);
            }
        }
        if (any) {
            signalBoth();
        }
    }

    /// Lets go of one that was claimed or taken by somebody who has left meanwhile.
    void drop(long position, long slot) {
        if (passOver(slotAt(position), slot)) {
            signalBoth();
        }
    }

    /// Makes a slot that is claimed or taken free for the next lap. Who is dead changes no slot any more, and the
    /// phases only grow: so this is the very claim that was looked at.
    private boolean passOver(long slotAt, long slot) {
        return words.compareAndSetLong(slotAt, slot, passedOver(slot));
    }

    long passedOver(long slot) {
        return ((slot >>> QueueEnd.OWNER_BITS | (PHASES - 1)) + 1) << QueueEnd.OWNER_BITS;
    }

    /// Whether a queue may have written this.
    boolean isWhole(long slot) {
        return isOwned(slot) ? owner(slot) >= 1 && owner(slot) <= Members.MOST : owner(slot) == 0;
    }

    private static boolean isOwned(long slot) {
        return (slot >>> QueueEnd.OWNER_BITS & 1) != 0; // claimed or taken
    }

    private static int owner(long slot) {
        return (int) (slot & QueueEnd.OWNER);
    }

    DamagedException damaged(long position, long slot) {
        return new DamagedException("slot " + index(position) + " of the queue, at byte " + slotAt(position)
                + ", is damaged: at position " + position + " it is 0x" + Long.toHexString(slot));
    }
}
