package io.futex.channel;

import org.jspecify.annotations.Nullable;

/// What the operations of a channel write: one cache line, or two if the object lies badly. All but `state` and the two
/// cells' states are guarded by the lock, which is a bit of `state`.
abstract class Hot extends Padding.Before {
    /// See [Sections].
    volatile long state;

    /// A *cell* is the place of a party that waits and still runs, one a direction.
    volatile int receiverCell;
    volatile int senderCell;

    /// Where the oldest value of the buffer is, and where the next goes.
    int head;
    int tail;

    /// How often in a row one in a cell was served before those that sleep.
    int overtakes;

    /// What was handed to the receiver in its cell; that one's own once its cell is `DONE`.
    @Nullable
    Object received;

    /// What the sender in its cell offers.
    @Nullable
    Object offered;

    /// In a section of [Attempts]: the state that it is to be left in.
    long held;

    /// Likewise: what whoever was claimed asleep is to be woken by, once the lock is given back.
    @Nullable
    Object woken;
}
