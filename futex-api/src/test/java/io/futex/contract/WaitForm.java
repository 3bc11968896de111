package io.futex.contract;

import io.futex.Futex;
import io.futex.WaitResult;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/// Every way to wait.
public enum WaitForm {
    /// `wait(word, expected)`.
    WORD(false, true, false),
    /// `wait(base, offset, expected)`.
    OFFSET(false, true, true),
    /// `wait(word, expected, timeout, unit)`.
    WORD_TIMED(true, true, false),
    /// `wait(base, offset, expected, timeout, unit)`.
    OFFSET_TIMED(true, true, true),
    /// `waitUninterruptibly(word, expected)`.
    WORD_UNINTERRUPTIBLE(false, false, false),
    /// `waitUninterruptibly(base, offset, expected)`.
    OFFSET_UNINTERRUPTIBLE(false, false, true),
    /// `waitUninterruptibly(word, expected, timeout, unit)`.
    WORD_TIMED_UNINTERRUPTIBLE(true, false, false),
    /// `waitUninterruptibly(base, offset, expected, timeout, unit)`.
    OFFSET_TIMED_UNINTERRUPTIBLE(true, false, true),
    /// `waitUntil(base, offset, expected, deadline)`.
    UNTIL(true, true, true),
    /// `waitUntilUninterruptibly(base, offset, expected, deadline)`.
    UNTIL_UNINTERRUPTIBLE(true, false, true);

    /// Nanoseconds for a wait that is not meant to time out.
    public static final long LONG = TimeUnit.HOURS.toNanos(1);

    private final boolean timed;
    private final boolean interruptible;
    private final boolean offset;

    WaitForm(boolean timed, boolean interruptible, boolean offset) {
        this.timed = timed;
        this.interruptible = interruptible;
        this.offset = offset;
    }

    /// Whether it takes a time.
    public boolean isTimed() {
        return timed;
    }

    /// Whether an interrupt ends it.
    public boolean isInterruptible() {
        return interruptible;
    }

    /// Whether it takes an offset.
    public boolean takesOffset() {
        return offset;
    }

    /// Makes the call; forms without an offset get a slice.
    public WaitResult call(Futex futex, MemorySegment base, long offset, int expected, long nanos)
            throws InterruptedException {
        return raw(futex, takesOffset() ? base : slice(base, offset), offset, expected, nanos, TimeUnit.NANOSECONDS);
    }

    /// Makes the call with these very arguments, of which a form ignores those that it does not take.
    public WaitResult raw(Futex futex, MemorySegment segment, long offset, int expected, long nanos, TimeUnit unit)
            throws InterruptedException {
        return switch (this) {
            case WORD -> futex.wait(segment, expected);
            case OFFSET -> futex.wait(segment, offset, expected);
            case WORD_TIMED -> futex.wait(segment, expected, nanos, unit);
            case OFFSET_TIMED -> futex.wait(segment, offset, expected, nanos, unit);
            case WORD_UNINTERRUPTIBLE -> futex.waitUninterruptibly(segment, expected);
            case OFFSET_UNINTERRUPTIBLE -> futex.waitUninterruptibly(segment, offset, expected);
            case WORD_TIMED_UNINTERRUPTIBLE -> futex.waitUninterruptibly(segment, expected, nanos, unit);
            case OFFSET_TIMED_UNINTERRUPTIBLE -> futex.waitUninterruptibly(segment, offset, expected, nanos, unit);
            case UNTIL -> futex.waitUntil(segment, offset, expected, deadline(nanos));
            case UNTIL_UNINTERRUPTIBLE -> futex.waitUntilUninterruptibly(segment, offset, expected, deadline(nanos));
        };
    }

    private static MemorySegment slice(MemorySegment base, long offset) {
        return offset == 0 ? base : base.asSlice(offset, Integer.BYTES);
    }

    private static long deadline(long nanos) {
        return nanos <= Long.MIN_VALUE / 2 ? nanos : System.nanoTime() + nanos;
    }
}
