package io.futex.channel;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Waits for several channels at once, and does exactly one thing: Go's `select`.
///
/// ```java
/// Select.create()
///         .receive(orders, order -> ship(order))
///         .send(heartbeats, now, () -> sent++)
///         .after(Duration.ofSeconds(1), () -> complain())
///         .run();
/// ```
///
/// `run` waits until one of its cases is ready, that is until it can be done without waiting; does it; and runs its
/// handler. Of several that are ready it chooses one at random, each as likely as the others; `inOrder()` takes the
/// first in the order written. The other cases leave nothing behind. With [#orElse] it does not wait: if no case is
/// ready, that handler runs; and it never runs while some case is ready all the time, be it one after the other. With
/// [#after] it waits no longer than that.
///
/// A closed channel is ready. A case that receives from it, once it is drained, runs its own handler for that, and
/// without one `run` throws [ChannelClosedException]; as it does if it has chosen to send to a closed channel. A closed
/// channel that is not chosen does no harm.
///
/// One channel may occur several times, to send and to receive too; a select never meets itself. Handlers run in the
/// calling thread, when no lock is held and nothing waits any more: they may do what they like, but run or change this
/// very object. What a handler throws, `run` throws.
///
/// A select may be kept and run again and again, which allocates nothing, by one thread at a time. The values of `send`
/// are the same each time; `sendFrom` asks for one in each run.
///
/// The order in which a case is served among those who wait for its channel, what happens-before what, and how long a
/// thread looks before it sleeps, is as in [Channel].
public final class Select {
    private static final AtomicIntegerFieldUpdater<Select> RUNNING =
            AtomicIntegerFieldUpdater.newUpdater(Select.class, "running");

    private volatile int running;

    private final Cases cases;
    private @Nullable Runnable orElse;
    private @Nullable Runnable after;
    private long afterNanos;

    private Select(boolean inOrder) {
        cases = new Cases(inOrder);
    }

    /// A select that chooses at random among the ready.
    ///
    /// @return one without cases
    public static Select create() {
        return new Select(false);
    }

    /// A select that takes the first that is ready, in the order written. What becomes ready while it looks at the
    /// others may count as not ready. While the first is always ready, the others starve.
    ///
    /// @return one without cases
    public static Select inOrder() {
        return new Select(true);
    }

    // ---- cases

    /// Adds a case that receives. If the channel is closed and drained, `run` throws [ChannelClosedException].
    ///
    /// @param <T> what the channel carries
    /// @param from the channel
    /// @param then is given the value
    /// @return this
    public <T> Select receive(Channel<T> from, Consumer<? super T> then) {
        return add(Objects.requireNonNull(from, "from"), then, null);
    }

    /// Adds a case that receives.
    ///
    /// @param <T> what the channel carries
    /// @param from the channel
    /// @param then is given the value
    /// @param closed runs if the channel is closed and drained
    /// @return this
    public <T> Select receive(Channel<T> from, Consumer<? super T> then, Runnable closed) {
        Objects.requireNonNull(closed, "closed");
        return add(Objects.requireNonNull(from, "from"), then, closed);
    }

    /// As [#receive(Channel, Consumer)].
    ///
    /// @param <T> what the channel carries
    /// @param from the channel
    /// @param then is given the value
    /// @return this
    public <T> Select receive(Receiver<T> from, Consumer<? super T> then) {
        return receive(from.channel, then);
    }

    /// As [#receive(Channel, Consumer, Runnable)].
    ///
    /// @param <T> what the channel carries
    /// @param from the channel
    /// @param then is given the value
    /// @param closed runs if the channel is closed and drained
    /// @return this
    public <T> Select receive(Receiver<T> from, Consumer<? super T> then, Runnable closed) {
        return receive(from.channel, then, closed);
    }

    /// Adds a case that sends, the same value in each run. If it is chosen while the channel is closed, `run` throws
    /// [ChannelClosedException].
    ///
    /// @param <T> what the channel carries
    /// @param to the channel
    /// @param value not null
    /// @param then runs once it is sent
    /// @return this
    public <T> Select send(Channel<T> to, T value, Runnable then) {
        Objects.requireNonNull(value, "value");
        return add(Objects.requireNonNull(to, "to"), value, null, then);
    }

    /// As [#send(Channel, Object, Runnable)].
    ///
    /// @param <T> what the channel carries
    /// @param to the channel
    /// @param value not null
    /// @param then runs once it is sent
    /// @return this
    public <T> Select send(Sender<T> to, T value, Runnable then) {
        return send(to.channel, value, then);
    }

    /// Adds a case that sends a value which is asked for once in each run, at its beginning, whether or not the case is
    /// chosen then. What the supplier throws, `run` throws, and no case has run.
    ///
    /// @param <T> what the channel carries
    /// @param to the channel
    /// @param value returns the value, which must not be null
    /// @param then runs once it is sent
    /// @return this
    public <T> Select sendFrom(Channel<T> to, Supplier<? extends T> value, Runnable then) {
        Objects.requireNonNull(value, "value");
        return add(Objects.requireNonNull(to, "to"), null, value, then);
    }

    /// As [#sendFrom(Channel, Supplier, Runnable)].
    ///
    /// @param <T> what the channel carries
    /// @param to the channel
    /// @param value returns the value, which must not be null
    /// @param then runs once it is sent
    /// @return this
    public <T> Select sendFrom(Sender<T> to, Supplier<? extends T> value, Runnable then) {
        return sendFrom(to.channel, value, then);
    }

    /// Waits no longer than that.
    ///
    /// @param timeout how long; zero or less looks once
    /// @param then runs if no case was ready in that time
    /// @return this
    /// @throws IllegalStateException if there is an `after` or `orElse` already
    public Select after(Duration timeout, Runnable then) {
        Objects.requireNonNull(timeout, "timeout");
        requireFirst(then);
        after = then;
        afterNanos = TimeUnit.NANOSECONDS.convert(timeout);
        return this;
    }

    /// Does not wait.
    ///
    /// @param then runs if no case is ready
    /// @return this
    /// @throws IllegalStateException if there is an `after` or `orElse` already
    public Select orElse(Runnable then) {
        requireFirst(then);
        orElse = then;
        return this;
    }

    private void requireFirst(Runnable then) {
        Objects.requireNonNull(then, "then");
        requireIdle();
        if (after != null || orElse != null) {
            throw new IllegalStateException("a select has one of after and orElse, once");
        }
    }

    private void requireIdle() {
        if (running != 0) {
            throw running();
        }
    }

    private static IllegalStateException running() {
        return new IllegalStateException("this select is running");
    }

    private Select add(Core channel, Consumer<?> then, @Nullable Runnable closed) {
        requireIdle();
        cases.add(Case.receiving(cases, channel, then, closed));
        return this;
    }

    private Select add(Core channel, @Nullable Object value, @Nullable Supplier<?> supplier, Runnable then) {
        requireIdle();
        cases.add(Case.sending(cases, channel, value, supplier, then));
        return this;
    }

    // ---- running

    /// Waits until a case is ready, does it, and runs its handler; or the one of `after` or `orElse`.
    ///
    /// @throws InterruptedException if the thread was interrupted before, even if some case is ready, or during the
    ///     wait; the status is cleared, and no case has run
    /// @throws ChannelClosedException if it has chosen a closed channel: see there
    /// @throws IllegalStateException if there is nothing to do; or if it runs already, in another thread or since a
    ///     handler has called it
    public void run() throws InterruptedException {
        if (!RUNNING.compareAndSet(this, 0, 1)) {
            throw running();
        }
        try {
            Runnable otherwise = orElse != null ? orElse : after;
            if (cases.isEmpty() && otherwise == null) {
                throw new IllegalStateException("a select without cases");
            }
            Case chosen = cases.choose(orElse != null ? 0 : after != null ? afterNanos : Long.MAX_VALUE);
            if (chosen != null) {
                chosen.finish(cases.takeOutcome());
            } else if (otherwise != null) {
                otherwise.run();
            }
        } finally {
            running = 0;
        }
    }
}
