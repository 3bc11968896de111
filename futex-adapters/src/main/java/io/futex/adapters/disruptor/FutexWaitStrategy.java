package io.futex.adapters.disruptor;

import com.lmax.disruptor.AlertException;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import com.lmax.disruptor.WaitStrategy;
import io.futex.internal.Deadline;
import io.futex.internal.Gain;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/// A [WaitStrategy] with which idle consumers sleep, and a publication wakes them within microseconds. To publish costs
/// a fence and a look while nobody sleeps.
///
/// ```java
/// new Disruptor<>(Event::new, 1024, DaemonThreadFactory.INSTANCE, ProducerType.MULTI, new FutexWaitStrategy());
/// ```
///
/// Any number of consumers, each a platform or a virtual thread, sleep on one word. A publication wakes all of those
/// that wait for one, as `BlockingWaitStrategy` does.
///
/// **Consumers behind consumers.** The Disruptor signals publications, but not that a consumer has moved on, so its
/// blocking strategies spin while they wait for other consumers. Here they sleep. A consumer that comes for its next
/// event has just moved on, and then wakes those behind it. For consumers that come here no more, or never do, such as
/// an `EventPoller`, those behind look every millisecond.
///
/// **A wait ends** with the sequence; with [AlertException] when the consumer was halted (at once while it waits for a
/// publication, within a millisecond while it waits for other consumers); with [TimeoutException] if a timeout was
/// asked for, whence `EventHandler.onTimeout`; with [InterruptedException] when the thread is interrupted before or
/// during a sleep. As with `BlockingWaitStrategy`, a `BatchEventProcessor` takes that last one for a failure of the
/// next event: it tells its exception handler, and skips the event. So halt consumers, and do not interrupt them.
///
/// Of one ring buffer, as all strategies that signal.
public final class FutexWaitStrategy implements WaitStrategy {
    /// How long to sleep for other consumers at a time.
    private static final long STEP_MILLIS = 1;

    /// Those who wait for a publication.
    final Sleepers published = new Sleepers();

    /// Those who wait for other consumers. Apart, so that neither kind is woken for the other.
    final Sleepers moved = new Sleepers();

    private final long timeout;
    private final TimeUnit unit;
    private final long stepMillis;

    /// Waits for as long as it takes.
    public FutexWaitStrategy() {
        this(Long.MAX_VALUE, TimeUnit.DAYS);
    }

    /// Waits for so long, and then has `EventHandler.onTimeout` called, again and again.
    ///
    /// @param timeout how long a consumer may be without an event; zero or less looks once
    /// @param unit of `timeout`
    public FutexWaitStrategy(long timeout, TimeUnit unit) {
        this(timeout, unit, STEP_MILLIS);
    }

    /// For tests: with a long step a signal that is lost shows.
    FutexWaitStrategy(long timeout, TimeUnit unit, long stepMillis) {
        this.timeout = timeout;
        this.unit = Objects.requireNonNull(unit, "unit");
        this.stepMillis = stepMillis;
    }

    @Override
    public long waitFor(long sequence, Sequence cursor, Sequence dependent, SequenceBarrier barrier)
            throws AlertException, InterruptedException, TimeoutException {
        moved.signal(); // who comes here has just set its own sequence
        long available = dependent.get();
        if (available < sequence) {
            long deadline = Deadline.after(timeout, unit);
            // Two waits, since a publication is signalled to those who wait for one alone.
            long unused = await(published, Long.MAX_VALUE, cursor, sequence, barrier, deadline);
            available = await(moved, stepMillis, dependent, sequence, barrier, deadline);
        }
        return available;
    }

    /// @param step how long to sleep at a time, in milliseconds
    private static long await(
            Sleepers sleepers, long step, Sequence awaited, long sequence, SequenceBarrier barrier, long deadline)
            throws AlertException, InterruptedException, TimeoutException {
        int before = sleepers.gain;
        long looksEnd = Gain.pays(before) ? System.nanoTime() + Gain.LOOK_NANOS : Deadline.PAST;
        boolean slept = false;
        for (; ; ) {
            long available = awaited.get();
            if (available >= sequence) {
                sleepers.gain = Gain.next(before, !slept);
                return available;
            }
            check(barrier, deadline);
            if (!Deadline.isOver(looksEnd)) {
                Thread.onSpinWait();
                continue;
            }
            int seen = sleepers.announce();
            // An alert is signalled as a publication is: so look for both.
            if (awaited.get() < sequence && !barrier.isAlerted()) {
                slept = true;
                sleepers.sleep(seen, Math.min(deadline, Deadline.after(step, TimeUnit.MILLISECONDS)));
            }
        }
    }

    private static void check(SequenceBarrier barrier, long deadline) throws AlertException, TimeoutException {
        barrier.checkAlert();
        if (Deadline.isOver(deadline)) {
            throw TimeoutException.INSTANCE;
        }
    }

    @Override
    public void signalAllWhenBlocking() {
        published.signal();
    }

    @Override
    public String toString() {
        return "FutexWaitStrategy";
    }
}
