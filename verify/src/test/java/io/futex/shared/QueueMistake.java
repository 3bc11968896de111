package io.futex.shared;

import io.futex.sync.ModelBells;
import java.nio.ByteOrder;
import java.util.function.BooleanSupplier;
import java.util.function.IntPredicate;

/// What a queue may do wrong: the library's own code, but for one thing.
enum QueueMistake {
    NONE,

    // ---- wakes
    /// Who takes something does not look whether there is more for others.
    NO_PASS_ON,
    /// Who sees the end keeps it for itself.
    END_KEPT,
    NO_WAKE_OF_CONSUMERS_BY_ABANDON,
    NO_WAKE_OF_PRODUCERS_BY_ABANDON,
    NO_WAKE_BY_LEAVE,
    /// The turn is not counted up before a wake.
    TURN_STAYS,
    /// Nobody wakes those who have come to sleep before a new round.
    NO_WAKE_BY_ROUND,
    /// Nor does anybody look whether it is counted in it.
    ROUND_UNSEEN,
    /// Who leaves takes one away from a round in which it was not counted.
    COUNTED_OUT_TWICE,
    /// Who was killed is counted for ever.
    NO_ROUND,

    // ---- records
    /// The claim of a dead producer is given to a consumer.
    DEAD_CLAIM_IS_FULL,
    /// What a dead consumer had taken is taken once more.
    DEAD_TAKE_IS_FULL,
    /// Nobody looks after the dead.
    DEAD_STAY,
    LAP_FORGOTTEN,
    FULL_BEFORE_WRITTEN,
    FREE_BEFORE_READ,
    /// Who has taken something does not look whether its process has left meanwhile.
    LEFT_UNSEEN;

    /// Where the lower half of a long lies.
    private static final long LOW = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 0 : Integer.BYTES;

    Ring ring(MortalWords words, int capacity, SharedQueue.Kind kind, IntPredicate isDead) {
        return new Ring(words, 0, capacity, Integer.BYTES, isDead, at -> waits(words, at, kind)) {
            @Override
            long lap(long position) {
                return QueueMistake.this == LAP_FORGOTTEN ? 0 : super.lap(position);
            }

            @Override
            long passedOver(long slot) {
                long phase = slot >>> QueueEnd.OWNER_BITS;
                boolean claimed = phase % PHASES == 1;
                return switch (QueueMistake.this) {
                    case DEAD_CLAIM_IS_FULL -> claimed ? (phase + 1) << QueueEnd.OWNER_BITS : super.passedOver(slot);
                    case DEAD_TAKE_IS_FULL -> claimed ? super.passedOver(slot) : (phase - 1) << QueueEnd.OWNER_BITS;
                    case DEAD_STAY -> slot;
                    default -> super.passedOver(slot);
                };
            }

            @Override
            void signalBoth() {
                if (QueueMistake.this != NO_WAKE_BY_LEAVE || isShut()) {
                    super.signalBoth();
                }
            }
        };
    }

    private QueueWaits waits(MortalWords words, long at, SharedQueue.Kind kind) {
        if (kind == SharedQueue.Kind.SPSC) {
            return new BellWaits(ModelBells.at(words, at));
        }
        if (this == TURN_STAYS) {
            words.keep(at);
        }
        return new CountedWaits(words, at) {
            @Override
            public void passOn(BooleanSupplier ready) {
                boolean shut = words.peekLong(Ring.TAIL) < 0;
                if (QueueMistake.this != (shut ? END_KEPT : NO_PASS_ON)) {
                    super.passOn(ready);
                }
            }

            @Override
            boolean isOf(long round) {
                return QueueMistake.this == ROUND_UNSEEN || super.isOf(round);
            }

            @Override
            void leave(long round) {
                if (QueueMistake.this == COUNTED_OUT_TWICE) {
                    long unused = words.getAndAdd(at + SLEEPERS + LOW, -1);
                } else {
                    super.leave(round);
                }
            }

            @Override
            boolean beginRound(long sleepers) {
                return QueueMistake.this != NO_ROUND && super.beginRound(sleepers);
            }

            @Override
            void wakeAll() {
                if (QueueMistake.this != NO_WAKE_BY_ROUND) {
                    super.wakeAll();
                }
            }
        };
    }

    void abandon(Ring ring, long position, int owner) {
        switch (this) {
            case NO_WAKE_OF_CONSUMERS_BY_ABANDON -> {
                ring.producers.finish(position, owner, Ring.PHASES);
                ring.producers.waits.signal();
            }
            case NO_WAKE_OF_PRODUCERS_BY_ABANDON -> {
                ring.producers.finish(position, owner, Ring.PHASES);
                ring.consumers.waits.signal();
            }
            default -> ring.abandon(position, owner);
        }
    }
}
