package io.futex.channel;

import java.util.concurrent.TimeUnit;

/// A channel for those who shall only send, and close it when they have no more.
///
/// ```java
/// try (Sender<Line> lines = channel.sender()) {
///     lines.send(line);
/// } // closed
/// ```
///
/// @param <T> what it carries
public final class Sender<T> implements AutoCloseable {
    final Channel<T> channel;

    Sender(Channel<T> channel) {
        this.channel = channel;
    }

    /// As [Channel#send(Object)].
    ///
    /// @param value not null
    /// @throws InterruptedException see there; the value was not sent
    /// @throws ChannelClosedException if the channel is closed, or closed meanwhile; the value was not sent
    public void send(T value) throws InterruptedException {
        channel.send(value);
    }

    /// As [Channel#trySend(Object)].
    ///
    /// @param value not null
    /// @return whether it was sent
    /// @throws ChannelClosedException if the channel is closed; the value was not sent
    public boolean trySend(T value) {
        return channel.trySend(value);
    }

    /// As [Channel#trySend(Object, long, TimeUnit)].
    ///
    /// @param value not null
    /// @param timeout how long; zero or less does not wait
    /// @param unit of `timeout`
    /// @return whether it was sent; if not, the time is over
    /// @throws InterruptedException see there; the value was not sent
    /// @throws ChannelClosedException if the channel is closed, or closed meanwhile; the value was not sent
    public boolean trySend(T value, long timeout, TimeUnit unit) throws InterruptedException {
        return channel.trySend(value, timeout, unit);
    }

    /// As [Channel#close()].
    @Override
    public void close() {
        channel.close();
    }

    /// As [Channel#isClosed()].
    ///
    /// @return whether it is
    public boolean isClosed() {
        return channel.isClosed();
    }

    @Override
    public String toString() {
        return channel.toString();
    }
}
