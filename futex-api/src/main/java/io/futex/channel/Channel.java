package io.futex.channel;

import io.futex.internal.Deadline;
import java.util.Iterator;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A queue of values from threads to threads, in Go's manner: who sends waits until a receiver or room in the buffer is
/// there, who receives until a value is, and a close tells receivers that none will come any more.
///
/// ```java
/// Channel<Order> orders = Channel.buffered(64);
///
/// Thread.startVirtualThread(() -> {
///     for (Order order : orders) { // until closed and drained
///         ship(order);
///     }
/// });
///
/// orders.send(order);
/// orders.close();
/// ```
///
/// An *unbuffered* channel hands each value from a sender to a receiver: `send` returns once somebody has it. A
/// *buffered* one holds some values in between. Each value is received once; values of one sender to one receiver keep
/// their order. To wait for several channels at once use [Select]. Values are never null.
///
/// **Closing.** Any party may close, once or often; usually the sender does, when it has no more. From then on every
/// send, and every sender that waits, throws [ChannelClosedException], and its value has surely not been delivered;
/// receivers get what the buffer still holds and then learn that the channel is closed, as receivers that wait do at
/// once.
///
/// **Order.** Those who sleep are served in the order in which they came. A thread that waits and still runs may
/// overtake them, at most 63 times in a row.
///
/// **Interrupts.** `send`, `receive` and the timed forms throw [InterruptedException] if the thread was interrupted
/// before, even if they need not wait, or while they wait; then nothing was sent or received. An interrupt that comes
/// after a partner was found is too late: the call returns as usual and leaves the status set.
///
/// **Memory.** What a thread does before it sends a value happens-before what the receiver does with it; likewise
/// before a `close` and after a call that learns of it. What a receiver of an unbuffered channel does before it
/// receives happens-before the return of that `send`; of a buffered one with room for *n*, the *k*th `receive`
/// happens-before the return of the *k+n*th `send`. No value is kept that was received or could not be sent.
///
/// Platform and virtual threads may use one channel together; waiting does not block a carrier. A thread that must wait
/// looks for its partner for some microseconds, up to 50 in a platform thread, before it sleeps. A channel takes some
/// 300 bytes of heap, a good part of which keep it off the cache lines of others, besides 4 or 8 for each value that
/// the buffer can hold. An operation allocates nothing unless it sleeps, which takes 56 bytes until it returns, or its
/// result is a [Received.Value].
///
/// @param <T> what it carries
public final class Channel<T> extends Core implements Iterable<T>, AutoCloseable {
    private static final Received.Empty<?> EMPTY = new Received.Empty<>();
    private static final Received.Closed<?> ENDED_FOR_GOOD = new Received.Closed<>();

    private Channel(int capacity) {
        super(capacity);
        Waiter.load();
    }

    /// A channel without a buffer: sender and receiver meet.
    ///
    /// @param <T> what it carries
    /// @return an open one
    public static <T> Channel<T> unbuffered() {
        return new Channel<>(0);
    }

    /// A channel that holds some values.
    ///
    /// @param <T> what it carries
    /// @param capacity how many at most
    /// @return an open one
    /// @throws IllegalArgumentException if `capacity` is less than 1
    public static <T> Channel<T> buffered(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException(
                    "a buffer of " + capacity + ": for a channel without one use Channel.unbuffered()");
        }
        return new Channel<>(capacity);
    }

    // ---- sending

    /// Sends a value, and waits as long as it takes: for a receiver, or for room in the buffer.
    ///
    /// @param value not null
    /// @throws InterruptedException if the thread was interrupted before or during the wait; the status is cleared, and
    ///     the value was not sent
    /// @throws ChannelClosedException if the channel is closed, or closed meanwhile; the value was not sent
    public void send(T value) throws InterruptedException {
        Objects.requireNonNull(value, "value");
        throwIfInterrupted();
        long s = state;
        if ((s & (LOCK | CLOSED | RECEIVERS)) == 0 && (s & SIZE) < full && STATE.compareAndSet(this, s, s | LOCK)) {
            int t = tail;
            ring[t] = value;
            tail = t + 1 == ring.length ? 0 : t + 1;
            try {
                STATE.lazySet(this, s + (ONE + VERSION));
            } catch (Throwable e) { // no stack for the call
                state = s + (ONE + VERSION);
            }
            return;
        }
        if (sendSlowly(value, Deadline.FOREVER) == Step.CLOSED) {
            throw new ChannelClosedException();
        }
    }

    /// Sends a value if a receiver waits for it or there is room, without waiting.
    ///
    /// @param value not null
    /// @return whether it was sent
    /// @throws ChannelClosedException if the channel is closed; the value was not sent
    public boolean trySend(T value) {
        Objects.requireNonNull(value, "value");
        long s = state;
        Step step = (s & CLOSED) != 0 ? Step.CLOSED : canSend(s) ? send(value, false, null) : Step.NONE;
        return isSent(step);
    }

    /// Sends a value, and waits for a receiver or for room until the time is over.
    ///
    /// @param value not null
    /// @param timeout how long; zero or less does not wait
    /// @param unit of `timeout`
    /// @return whether it was sent; if not, the time is over
    /// @throws InterruptedException if the thread was interrupted before or during the wait; the status is cleared, and
    ///     the value was not sent
    /// @throws ChannelClosedException if the channel is closed, or closed meanwhile; the value was not sent
    public boolean trySend(T value, long timeout, TimeUnit unit) throws InterruptedException {
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(unit, "unit");
        throwIfInterrupted();
        if (trySend(value)) {
            return true;
        }
        return timeout > 0 && isSent(sendSlowly(value, Deadline.after(timeout, unit)));
    }

    private static boolean isSent(Step step) {
        if (step == Step.CLOSED) {
            throw new ChannelClosedException();
        }
        return step == Step.DONE;
    }

    // ---- receiving

    /// Receives a value, and waits for one as long as it takes.
    ///
    /// @return the value, never null
    /// @throws InterruptedException if the thread was interrupted before or during the wait; the status is cleared, and
    ///     nothing was received
    /// @throws ChannelClosedException if the channel is closed and nothing is left in the buffer
    public T receive() throws InterruptedException {
        Object result = receive(Deadline.FOREVER);
        if (result == Step.CLOSED) {
            throw new ChannelClosedException();
        }
        return value(result);
    }

    /// Receives a value if there is one, without waiting.
    ///
    /// @return the value, that there is none, or that the channel is closed and nothing is left in the buffer
    public Received<T> tryReceive() {
        return received(canReceive(state) ? receive(false, null) : Step.NONE);
    }

    /// Receives a value, and waits for one until the time is over.
    ///
    /// @param timeout how long; zero or less does not wait
    /// @param unit of `timeout`
    /// @return the value, that none has come, or that the channel is closed and nothing is left in the buffer
    /// @throws InterruptedException if the thread was interrupted before or during the wait; the status is cleared, and
    ///     nothing was received
    public Received<T> tryReceive(long timeout, TimeUnit unit) throws InterruptedException {
        Objects.requireNonNull(unit, "unit");
        throwIfInterrupted();
        Object result = canReceive(state) ? receive(false, null) : Step.NONE;
        return received(result == Step.NONE && timeout > 0 ? receiveSlowly(Deadline.after(timeout, unit)) : result);
    }

    private Object receive(long deadline) throws InterruptedException {
        throwIfInterrupted();
        long s = state;
        if ((s & (LOCK | SENDERS)) == 0 && (s & SIZE) != 0 && STATE.compareAndSet(this, s, s | LOCK)) {
            int h = head;
            Object value = ring[h];
            ring[h] = null;
            head = h + 1 == ring.length ? 0 : h + 1;
            try {
                STATE.lazySet(this, s + (VERSION - ONE));
            } catch (Throwable e) { // no stack for the call
                state = s + (VERSION - ONE);
            }
            return value == null ? Step.NONE : value;
        }
        return receiveSlowly(deadline);
    }

    @SuppressWarnings("unchecked") // only values of the type are sent
    private T value(Object result) {
        return (T) result;
    }

    @SuppressWarnings("unchecked") // they hold nothing
    private Received<T> received(Object result) {
        if (result == Step.NONE) {
            return (Received<T>) EMPTY;
        }
        return result == Step.CLOSED ? (Received<T>) ENDED_FOR_GOOD : new Received.Value<>(value(result));
    }

    private static void throwIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    /// Receives values until the channel is closed and drained: in a loop, or by hand.
    ///
    /// `hasNext` waits, and keeps the value that it has received for `next`: a loop that is left in between has lost
    /// it. Interrupted, it throws [java.util.concurrent.CancellationException] and leaves the status set, and nothing
    /// was received.
    ///
    /// @return an iterator, for one thread; several of one channel share its values among them
    @Override
    public Iterator<T> iterator() {
        return new Values<>(this);
    }

    /// As [#receive()], for an iterator.
    ///
    /// @return null if the channel is closed and drained
    @Nullable
    T receiveOrNull() throws InterruptedException {
        Object result = receive(Deadline.FOREVER);
        return result == Step.CLOSED ? null : value(result);
    }

    // ---- closing

    /// Closes the channel: see there. If it is closed already, nothing happens.
    @Override
    public void close() {
        shut();
    }

    /// Whether the channel is closed. It may still hold values.
    ///
    /// @return whether it is; it stays so
    public boolean isClosed() {
        return (state & CLOSED) != 0;
    }

    // ---- looking

    /// How many values the buffer holds, out of date as soon as it is told; 0 for a channel without a buffer.
    ///
    /// @return at most [#capacity]
    public int size() {
        return (int) ((state & SIZE) / ONE);
    }

    /// How many values the buffer can hold; 0 for a channel without one.
    ///
    /// @return at least 0
    public int capacity() {
        return ring.length;
    }

    /// This channel for those who shall only send.
    ///
    /// @return a view
    public Sender<T> sender() {
        return new Sender<>(this);
    }

    /// This channel for those who shall only receive.
    ///
    /// @return a view
    public Receiver<T> receiver() {
        return new Receiver<>(this);
    }

    /// The state, for people: out of date as soon as it is told.
    @Override
    public String toString() {
        long s = state;
        String waiting = (s & RECEIVERS) != 0 ? ", receivers wait" : (s & SENDERS) != 0 ? ", senders wait" : "";
        return "Channel[" + (s & SIZE) / ONE + " of " + ring.length + waiting + ((s & CLOSED) != 0 ? ", closed]" : "]");
    }
}
