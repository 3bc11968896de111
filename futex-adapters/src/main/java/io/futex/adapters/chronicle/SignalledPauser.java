package io.futex.adapters.chronicle;

import io.futex.adapters.EmptyPolls;
import io.futex.sync.Doorbell;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import net.openhft.chronicle.threads.TimingPauser;

/// A pauser with which an idle loop sleeps, and [#unpause()] wakes it within microseconds, also from another process:
/// it rings a [Doorbell], which costs a fence and a look while the loop is awake.
///
/// ```java
/// // the loop                                        // whoever has work for it
/// Pauser pauser = new SignalledPauser(bell);
/// while (running) {                                  queue.offer(work);
///     if (poll()) {                                  pauser.unpause();    // in another process: bell.ring();
///         pauser.reset();
///     } else {
///         pauser.pause();
///     }
/// }
/// ```
///
/// For another process the bell lies in memory that both map, [Doorbell#shared].
///
/// **It sleeps over no work.** The first pause after a [#reset()] announces the sleep and returns, the loop polls once
/// more, and the second pause sleeps unless somebody has unpaused it meanwhile. So publish first, then unpause.
/// Chronicle's own loops do not always: `EventLoop.addHandler` unpauses before the handler can be found. That, timers,
/// and work of those who do not unpause, is why a pause ends after the longest sleep, 20 ms unless told otherwise, as
/// those of `Pauser.balanced()` do.
///
/// **A pause returns** when somebody unpauses; after the longest sleep; when the thread is interrupted, whose status is
/// left set, and from then on at once; or for no reason.
///
/// Of one thread, as most pausers are, but for [#unpause()], [#timePaused()] and [#countPaused()].
public final class SignalledPauser implements TimingPauser {
    private static final long LONGEST_MILLIS = 20;

    private final Doorbell bell;
    private final EmptyPolls polls;

    // Written by the thread that pauses, read by those who watch it.
    private final AtomicLong pausedNanos = new AtomicLong();
    private final AtomicLong pauses = new AtomicLong();

    /// When the first timed pause since the last reset began.
    private long begin;

    private boolean begun;

    /// Sleeps for up to 20 ms at a time.
    ///
    /// @param bell what [#unpause()] rings
    public SignalledPauser(Doorbell bell) {
        this(bell, LONGEST_MILLIS, TimeUnit.MILLISECONDS);
    }

    /// @param bell what [#unpause()] rings
    /// @param longest how long to sleep at a time; `Long.MAX_VALUE` until unpaused or interrupted
    /// @param unit of `longest`
    public SignalledPauser(Doorbell bell, long longest, TimeUnit unit) {
        this.bell = Objects.requireNonNull(bell, "bell");
        this.polls = new EmptyPolls(bell, longest, unit);
    }

    @Override
    public void reset() {
        begun = false;
        polls.found();
    }

    @Override
    public void pause() {
        pause(Long.MAX_VALUE);
    }

    /// A pause of a loop that waits for so long and no longer.
    ///
    /// @param timeout how long the loop may be without work, from its first timed pause since the last [#reset()] on
    /// @param unit of `timeout`
    /// @throws TimeoutException if that time is over; never before
    @Override
    public void pause(long timeout, TimeUnit unit) throws TimeoutException {
        long nanos = unit.toNanos(timeout);
        long now = System.nanoTime();
        if (!begun) {
            begun = true;
            begin = now;
        }
        long left = nanos - (now - begin);
        if (left <= 0) {
            polls.found(); // who gives up does not sleep
            throw new TimeoutException();
        }
        pause(left);
    }

    private void pause(long nanos) {
        long before = System.nanoTime();
        try {
            if (polls.idle(nanos)) {
                pausedNanos.getAndAdd(System.nanoTime() - before);
                pauses.getAndIncrement();
            }
        } catch (InterruptedException e) {
            Thread.currentThread()
                    .interrupt(); // as Chronicle's own, which park: the loop looks at the status, or never
        }
    }

    /// Ends a sleep of the loop, or the next one if the loop has announced it; nothing to do if it is awake.
    @Override
    public void unpause() {
        bell.ring();
    }

    /// How long the loop has slept.
    ///
    /// @return milliseconds
    @Override
    public long timePaused() {
        return TimeUnit.NANOSECONDS.toMillis(pausedNanos.get());
    }

    /// How often the loop has slept.
    @Override
    public long countPaused() {
        return pauses.get();
    }

    @Override
    public String toString() {
        return "SignalledPauser[" + bell + "]";
    }
}
