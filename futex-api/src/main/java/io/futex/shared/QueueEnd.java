package io.futex.shared;

import io.futex.channel.ChannelClosedException;
import io.futex.internal.Deadline;
import io.futex.memory.Words;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/// Where producers claim slots, or where consumers take them. Both do the same: what is the next position, is its slot
/// in the state that this end wants, take it, count the position up.
///
/// A slot is one long, so that each step is one compare-and-exchange, whose outcome a kill cannot leave half done:
///
/// | bits | what |
/// |---|---|
/// | 0–15 | who has claimed or taken it, by number; else 0 |
/// | 16–63 | the phase, which only grows: four times the lap, plus 0 free, 1 claimed, 2 full, 3 taken |
///
/// The position is counted up after the slot was taken, by whoever comes: one that was killed in between is in nobody's
/// way. A slot whose phase is beyond what this end wants has been taken, or passed over; one whose phase is short of it
/// has not come so far.
final class QueueEnd {
    /// No position.
    static final long NONE = -1;

    /// Nobody relies on wakes alone: who wakes may be killed before, and who is woken. So who sleeps looks for itself:
    /// after so long, and each time after twice as long, since hundreds may wait for what hardly ever comes.
    static final long PATIENCE_NANOS = 100_000_000;

    static final long MOST_PATIENCE_NANOS = 16 * PATIENCE_NANOS;

    static final int OWNER_BITS = 16;
    static final long OWNER = (1L << OWNER_BITS) - 1;

    /// How many phases a slot can be short of what the end wants at its position: in the lap before it was taken.
    private static final int MOST_BEHIND = 3;

    private final Words words;
    private final Ring ring;
    private final long positionAt;

    /// The phase, within a lap, that this end wants.
    private final int wants;

    final QueueWaits waits;

    // Kept, since a lambda that captures something is a new object each time.
    private final BooleanSupplier ready = this::isReady;

    QueueEnd(Words words, Ring ring, long positionAt, int wants, QueueWaits waits) {
        this.words = words;
        this.ring = ring;
        this.positionAt = positionAt;
        this.wants = wants;
        this.waits = waits;
    }

    private long wanted(long position) {
        return ring.lap(position) * Ring.PHASES + wants;
    }

    /// What comes next.
    long position() {
        return words.getLong(positionAt) & ~Ring.SHUT;
    }

    /// Whether a try would do more than to look, or there will be nothing more.
    private boolean isReady() {
        long position = position();
        return words.getLong(ring.slotAt(position)) >>> OWNER_BITS >= wanted(position) || ring.isOver(this);
    }

    /// Takes the next slot, if it is ready.
    ///
    /// @param user by whom; 0 if this process has left
    /// @return its position, or [#NONE]
    /// @throws ChannelClosedException if there will be nothing more
    /// @throws IllegalStateException if this process has left, or leaves meanwhile
    long take(IntSupplier user) {
        int owner = user.getAsInt();
        long position = owner == 0 ? NONE : take(owner);
        // Who leaves takes its number away, and then sweeps the slots. It has done so before ours was taken, or we see
        // that the number is another one.
        if (owner == 0 || (position != NONE && user.getAsInt() != owner)) {
            if (position != NONE) {
                ring.drop(position, (wanted(position) + 1) << OWNER_BITS | owner);
            }
            waits.passOn(ready); // it may have been woken for it
            throw new IllegalStateException("this process has closed the queue");
        }
        return position;
    }

    private long take(int owner) {
        for (; ; ) {
            long position = words.getLong(positionAt);
            if (position < 0) { // SHUT
                throw over();
            }
            long slotAt = ring.slotAt(position);
            long wanted = wanted(position);
            long slot = words.getLong(slotAt);
            long ahead = (slot >>> OWNER_BITS) - wanted;
            if (ahead == 0 && (slot & OWNER) == 0) {
                if (words.compareAndSetLong(slotAt, slot, (wanted + 1) << OWNER_BITS | owner)) {
                    return taken(position, owner);
                }
            } else if (ahead > 0 && slot >>> OWNER_BITS <= ring.mostPhase()) {
                boolean unused = words.compareAndSetLong(positionAt, position, position + 1);
            } else if (ahead < 0 && ahead >= -MOST_BEHIND && ring.isWhole(slot)) {
                if (ring.isOver(this)) {
                    throw over();
                }
                return NONE;
            } else if (position() == position) {
                throw ring.damaged(position, slot);
            }
        }
    }

    /// Others that sleep were perhaps not woken, since there was something to come when the queue was shut down.
    private ChannelClosedException over() {
        waits.passOn(ready);
        return new ChannelClosedException();
    }

    private long taken(long position, int owner) {
        // Lost where another one has counted up for us; or where the queue was shut down: then it counts no further.
        if (!words.compareAndSetLong(positionAt, position, position + 1) && position() <= position) {
            finish(position, owner, Ring.PHASES);
            throw over();
        }
        waits.passOn(ready);
        return position;
    }

    /// Takes the next slot, as soon as it is ready.
    ///
    /// @param user by whom; 0 if this process has left
    /// @param deadline on [System#nanoTime()]'s clock
    /// @return its position, or [#NONE] if the time is over
    /// @throws ChannelClosedException if there will be nothing more
    long take(IntSupplier user, long deadline) throws InterruptedException {
        for (long patience = PATIENCE_NANOS; ; ) {
            long position = take(user);
            if (position != NONE || Deadline.isOver(deadline)) {
                return position;
            }
            if (!waits.await(ready, Math.min(deadline, System.nanoTime() + patience))) {
                ring.recover(position());
                patience = Math.min(2 * patience, MOST_PATIENCE_NANOS);
            }
        }
    }

    /// Lets go of a slot.
    ///
    /// @param phases how many further it is than this end wants
    /// @throws IllegalStateException if it is not this owner's
    void finish(long position, int owner, int phases) {
        long wanted = wanted(position);
        if (position < 0
                || !words.compareAndSetLong(
                        ring.slotAt(position), (wanted + 1) << OWNER_BITS | owner, (wanted + phases) << OWNER_BITS)) {
            throw new IllegalStateException("the record at " + position + " is not, or no longer, in your hands");
        }
    }
}
