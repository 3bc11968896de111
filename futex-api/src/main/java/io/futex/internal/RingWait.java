package io.futex.internal;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// A wait that the [Poller] makes.
final class RingWait extends DelegatedWait {
    private final Poller poller;

    /// The one below on the stack of arrivals, later the one that came after.
    @Nullable
    RingWait next;

    /// The one below on the stack of leavers.
    @Nullable
    RingWait nextLeaver;

    // Of the poller.

    /// Under which number the system has it, or -1.
    int slot = -1;

    /// Whether the poller has woken one on its word, to end it.
    boolean isRoused;

    RingWait(Poller poller, MemorySegment base, long offset, int expected) {
        super(base, offset, expected);
        this.poller = poller;
    }

    @Override
    void hasten() {
        poller.kick();
    }

    @Override
    void withdraw() {
        poller.leave(this);
    }

    @Override
    String place() {
        return slot < 0 ? "on its way to the poller" : "with the poller";
    }
}
