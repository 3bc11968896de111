package io.futex.internal;

import io.futex.spi.FutexBackend;
import java.util.concurrent.TimeUnit;

/// Points in time on [System#nanoTime()]'s clock, up to which a wait may last. Every call has one, so that early
/// returns do not stretch it.
public final class Deadline {
    /// The deadline of a wait without one.
    public static final long FOREVER = FutexBackend.FOREVER;

    /// Over whenever it is looked at.
    public static final long PAST = Long.MIN_VALUE;

    private Deadline() {}

    /// The deadline of a wait that begins now. A time of zero or less is over at once; one that is too long to add up
    /// is for ever.
    ///
    /// @param timeout how long
    /// @param unit of `timeout`
    /// @return a point in time, [#FOREVER], or [#PAST]
    public static long after(long timeout, TimeUnit unit) {
        long nanos = unit.toNanos(timeout);
        if (nanos <= 0) {
            return PAST;
        }
        if (nanos == Long.MAX_VALUE) {
            return FOREVER;
        }
        long now = System.nanoTime();
        long deadline = now + nanos;
        return deadline < now ? FOREVER : deadline;
    }

    /// Whether a deadline has passed. Compared by value and not by difference, since [#FOREVER] is a value too; the
    /// clock counts up from somewhere near the machine's start and does not overflow.
    ///
    /// @param deadline on [System#nanoTime()]'s clock
    /// @return whether a wait until then is over
    public static boolean isOver(long deadline) {
        return deadline != FOREVER && System.nanoTime() >= deadline;
    }
}
