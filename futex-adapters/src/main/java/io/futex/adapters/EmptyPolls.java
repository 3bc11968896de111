package io.futex.adapters;

import io.futex.internal.Gain;
import io.futex.sync.Doorbell;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// The waits of a loop that polls by itself and calls us only after it has found nothing.
///
/// Who slept in that call would sleep over what was published between the poll and the call. So one call announces the
/// sleep and returns, and the loop polls once more; only the call after that sleeps:
///
/// ```
/// consumer                       producer
/// poll: nothing
/// announce   (full fence)        publish
/// poll                           full fence
/// asleep while announced         announced? take it back, wake
/// ```
///
/// Each writes one and then reads the other. So either the poll sees the publication, or the producer sees the
/// announcement and takes it back; then the consumer does not sleep, or is woken.
///
/// Before that some calls return at once while that pays, as a [Doorbell] looks before it sleeps.
///
/// Of one consumer: not for several threads at a time.
public final class EmptyPolls {
    /// The last poll found something, or has a sleep behind it.
    private static final int FRESH = 0;

    /// Polls in a row, without a sleep, for as long as that may pay.
    private static final int LOOKING = 1;

    /// About to sleep: one more poll, and it does.
    private static final int ANNOUNCED = 2;

    private final Doorbell bell;
    private final long longest;
    private int state;
    private int gain;

    /// When to look no longer.
    private long end;

    /// @param bell rung after each publication
    /// @param longest how long to sleep at a time
    /// @param unit of `longest`
    public EmptyPolls(Doorbell bell, long longest, TimeUnit unit) {
        this.bell = Objects.requireNonNull(bell, "bell");
        this.longest = unit.toNanos(longest);
    }

    /// After a poll that found nothing.
    ///
    /// @param nanos how long to sleep, if it comes to that and the longest sleep is not shorter
    /// @return whether it has slept
    /// @throws InterruptedException if it would have slept, and the thread was interrupted before or meanwhile
    public boolean idle(long nanos) throws InterruptedException {
        if (state == ANNOUNCED) {
            state = FRESH;
            var unused = bell.awaitRing(Math.min(nanos, longest), TimeUnit.NANOSECONDS);
            return true;
        }
        if (looks()) {
            Thread.onSpinWait();
        } else {
            gain = Gain.next(gain, false);
            bell.announce();
            state = ANNOUNCED;
        }
        return false;
    }

    private boolean looks() {
        if (state == LOOKING) {
            return System.nanoTime() < end;
        }
        if (Gain.pays(gain)) {
            state = LOOKING;
            end = System.nanoTime() + Gain.LOOK_NANOS;
        }
        return state == LOOKING;
    }

    /// After a poll that found something, or when the loop goes on to something else.
    public void found() {
        if (state == LOOKING) {
            gain = Gain.next(gain, true);
        } else if (state == ANNOUNCED) {
            bell.withdraw();
        }
        state = FRESH;
    }
}
