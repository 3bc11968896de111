package io.futex.channel;

/// What an attempt has come to. Where a value may be expected, whatever is none of these is the value.
enum Step {
    /// Sent.
    DONE,
    /// No party, no room, no value; nothing has changed.
    NONE,
    /// Waits in a cell, or by a node in a queue.
    JOINED,
    /// Waits in a cell, and nobody sleeps who came before.
    JOINED_FIRST,
    /// The channel is closed, and drained if it is the receiver who learns so.
    CLOSED
}
