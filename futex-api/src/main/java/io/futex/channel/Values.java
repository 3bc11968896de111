package io.futex.channel;

import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/// See [Channel#iterator].
final class Values<T> implements Iterator<T> {
    private final Channel<T> channel;

    /// Received, and not yet asked for.
    private @Nullable T next;

    private boolean isOver;

    Values(Channel<T> channel) {
        this.channel = channel;
    }

    @Override
    public boolean hasNext() {
        if (next == null && !isOver) {
            try {
                next = channel.receiveOrNull();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw interrupted(e);
            }
            isOver = next == null;
        }
        return next != null;
    }

    private static CancellationException interrupted(InterruptedException cause) {
        CancellationException e = new CancellationException("interrupted while waiting for the next value");
        e.initCause(cause);
        return e;
    }

    @Override
    public T next() {
        if (!hasNext()) {
            throw new NoSuchElementException("the channel is closed");
        }
        T value = next;
        next = null;
        if (value == null) {
            throw new AssertionError();
        }
        return value;
    }
}
