package io.futex.internal;

import io.futex.memory.Words;
import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;

/// Whether a thread that is about to sleep should look again first, learned from whether that has paid of late.
///
/// Where the partner runs on another processor, its answer often comes within microseconds, and looks spare both sides
/// the way through the system. Where it shares the processor, or where answers are slow, they are time lost, and the
/// waiter cannot tell which is the case. So it counts: a look that found something is worth one more of them, a vain
/// one one less, between 4 and -4; it looks while the count is not negative. Below, one wait in 16 looks all the same,
/// and the more of these are in vain, the fewer: down to one in 256. Nobody ever yields: that gives whole time slices
/// away.
///
/// An `int` in the object of who waits, 0 at first, so that it costs no object. Several threads may write it in a race:
/// a wrong count costs time and nothing else.
///
/// ```java
/// int before = gain;
/// boolean hit = Gain.pays(before) && Gain.sees(…);
/// gain = Gain.next(before, hit);
/// ```
public final class Gain {
    /// How long to look, in nanoseconds: longer than the system takes to wake a partner on another processor, 8 to 13
    /// us, or looks would never pay again once both have slept.
    public static final long LOOK_NANOS = 18_000;

    // The count in the upper bits, which goes on below -4 as the periods grow; in the lower ones how many waits are
    // left until the next look.
    private static final int SHIFT = 8;
    private static final int WAITS = (1 << SHIFT) - 1;
    private static final int MOST = 4;
    private static final int LEAST = -7;
    private static final int PERIOD = 16;

    /// What was learned by somebody who has only ever looked in vain: does not look for the next 255 waits.
    public static final int NONE = LEAST << SHIFT | WAITS;

    private Gain() {}

    /// Whether this wait should look. How many processors there are is not asked: a thread that is pinned is told of
    /// one, while its partner runs on another.
    ///
    /// @param gain what was learned
    public static boolean pays(int gain) {
        return gain >= 0 || (gain & WAITS) == 0;
    }

    /// A wait has looked, if that pays.
    ///
    /// @param gain what was learned
    /// @param hit whether it has seen what it waits for
    /// @return what is learned now
    public static int next(int gain, boolean hit) {
        if (!pays(gain)) {
            return gain - 1;
        }
        int count = gain >> SHIFT;
        if (hit) {
            return Math.min(Math.max(count, -MOST) + 1, MOST) << SHIFT;
        }
        count = Math.max(count - 1, LEAST);
        return count << SHIFT | (count < 0 ? periodAt(count) - 1 : 0);
    }

    /// 16 down to -3, then 32, 64, 128, 256.
    private static int periodAt(int count) {
        return PERIOD << Math.max(0, 1 - MOST - count);
    }

    // ---- looks

    /// Looks until something is true, or it is time to sleep.
    ///
    /// @param ready what to look at; not again once it is true
    /// @param deadline of the wait, on [System#nanoTime()]'s clock
    public static boolean sees(BooleanSupplier ready, long deadline) {
        long end = Math.min(deadline, System.nanoTime() + LOOK_NANOS);
        do {
            Thread.onSpinWait();
            boolean is = ready.getAsBoolean();
            VarHandle.acquireFence(); // which may read plainly
            if (is) {
                return true;
            }
        } while (System.nanoTime() < end);
        return false;
    }

    /// Looks until a word holds another value, or it is time to sleep.
    ///
    /// @param deadline of the wait, on [System#nanoTime()]'s clock
    public static boolean seesChange(Words words, long at, int value, long deadline) {
        long end = Math.min(deadline, System.nanoTime() + LOOK_NANOS);
        do {
            Thread.onSpinWait();
            if (words.getOpaque(at) != value) {
                return true;
            }
        } while (System.nanoTime() < end);
        return false;
    }
}
