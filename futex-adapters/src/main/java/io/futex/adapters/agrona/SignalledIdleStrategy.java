package io.futex.adapters.agrona;

import io.futex.adapters.EmptyPolls;
import io.futex.sync.Doorbell;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.agrona.concurrent.IdleStrategy;
import org.jspecify.annotations.Nullable;

/// An [IdleStrategy] with which an idle consumer sleeps, and is woken within microseconds. Whoever publishes rings a
/// [Doorbell] afterwards, which costs a fence and a look while the consumer is awake.
///
/// ```java
/// // consumer                                               // each producer
/// IdleStrategy idle = new SignalledIdleStrategy(bell);
/// while (running) {                                         ring.write(TYPE, buffer, 0, length);
///     idle.idle(ring.read(handler));                        bell.ring();
/// }
/// ```
///
/// Producers may be other processes: then the bell lies in the mapped file too, beside the ring,
/// `Doorbell.shared(MemorySegment.ofBuffer(mapped), offset)`.
///
/// **It sleeps over no publication.** A strategy is called after a poll, so one that slept then would miss what came in
/// between. Here the first call of [#idle()] after a success announces the sleep and returns, the caller polls once
/// more, and the second call sleeps unless somebody has rung meanwhile. With a `ready` at hand, which tells whether
/// there is work, one call does both. Either way the caller is to poll for all that producers ring for, and only for
/// that: a producer that waits for room in a ring needs a strategy with a bell of its own, which the consumer rings.
///
/// **It returns** when somebody rings; after the longest sleep, 20 ms unless told otherwise, so that duties by time are
/// done and `AgentRunner.close()` need not wait; when the thread is interrupted, whose status is left set, and from
/// then on at once; or for no reason. It does not tell which, and the caller polls. To stop a consumer that sleeps for
/// long: `running = false; bell.ring();`.
///
/// Of one consumer thread, as the strategies of Agrona are; platform or virtual.
public final class SignalledIdleStrategy implements IdleStrategy {
    /// What [#alias()] tells.
    public static final String ALIAS = "futex";

    private static final long LONGEST_MILLIS = 20;

    private final Doorbell bell;
    private final @Nullable BooleanSupplier ready;
    private final long longest;
    private final EmptyPolls polls;

    /// For a loop whose poll is the work itself; sleeps for up to 20 ms at a time.
    ///
    /// @param bell rung after each publication
    public SignalledIdleStrategy(Doorbell bell) {
        this(bell, LONGEST_MILLIS, TimeUnit.MILLISECONDS);
    }

    /// For a loop whose poll is the work itself.
    ///
    /// @param bell rung after each publication
    /// @param longest how long to sleep at a time; `Long.MAX_VALUE` until rung or interrupted
    /// @param unit of `longest`
    public SignalledIdleStrategy(Doorbell bell, long longest, TimeUnit unit) {
        this(bell, longest, unit, null);
    }

    /// For a loop that can tell whether there is work; sleeps for up to 20 ms at a time.
    ///
    /// @param bell rung after each publication
    /// @param ready whether there is something to poll, such as `() -> ring.size() > 0`; it is asked some hundred times
    ///     before a sleep while that pays, and what it throws is thrown
    public SignalledIdleStrategy(Doorbell bell, BooleanSupplier ready) {
        this(bell, ready, LONGEST_MILLIS, TimeUnit.MILLISECONDS);
    }

    /// For a loop that can tell whether there is work.
    ///
    /// @param bell rung after each publication
    /// @param ready whether there is something to poll, as in [#SignalledIdleStrategy(Doorbell, BooleanSupplier)]
    /// @param longest how long to sleep at a time; `Long.MAX_VALUE` until rung or interrupted
    /// @param unit of `longest`
    public SignalledIdleStrategy(Doorbell bell, BooleanSupplier ready, long longest, TimeUnit unit) {
        this(bell, longest, unit, Objects.requireNonNull(ready, "ready"));
    }

    private SignalledIdleStrategy(Doorbell bell, long longest, TimeUnit unit, @Nullable BooleanSupplier ready) {
        this.bell = bell;
        this.ready = ready;
        this.longest = unit.toNanos(longest);
        this.polls = new EmptyPolls(bell, longest, unit);
    }

    @Override
    public void idle(int workCount) {
        if (workCount > 0) {
            reset();
        } else {
            idle();
        }
    }

    @Override
    public void idle() {
        try {
            if (ready == null) {
                var unused = polls.idle(Long.MAX_VALUE);
            } else {
                var unused = bell.await(ready, longest, TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // as Agrona's own, which park: the loop looks at the status, or never
        }
    }

    @Override
    public void reset() {
        polls.found();
    }

    @Override
    public String alias() {
        return ALIAS;
    }

    @Override
    public String toString() {
        return "SignalledIdleStrategy{alias=" + ALIAS + "}";
    }
}
