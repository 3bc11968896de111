package io.futex.channel;

import java.util.Iterator;
import java.util.concurrent.TimeUnit;

/// A channel for those who shall only receive.
///
/// @param <T> what it carries
public final class Receiver<T> implements Iterable<T> {
    final Channel<T> channel;

    Receiver(Channel<T> channel) {
        this.channel = channel;
    }

    /// As [Channel#receive()].
    ///
    /// @return the value
    /// @throws InterruptedException see there; nothing was received
    /// @throws ChannelClosedException if the channel is closed and nothing is left in the buffer
    public T receive() throws InterruptedException {
        return channel.receive();
    }

    /// As [Channel#tryReceive()].
    ///
    /// @return what came of it
    public Received<T> tryReceive() {
        return channel.tryReceive();
    }

    /// As [Channel#tryReceive(long, TimeUnit)].
    ///
    /// @param timeout how long; zero or less does not wait
    /// @param unit of `timeout`
    /// @return what came of it
    /// @throws InterruptedException see there; nothing was received
    public Received<T> tryReceive(long timeout, TimeUnit unit) throws InterruptedException {
        return channel.tryReceive(timeout, unit);
    }

    /// As [Channel#iterator()].
    @Override
    public Iterator<T> iterator() {
        return channel.iterator();
    }

    /// As [Channel#isClosed()]. The channel may still hold values.
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
