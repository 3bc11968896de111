package io.futex.internal;

import java.nio.channels.SelectionKey;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.util.Set;

/// Hears of interrupts: between `begin()` and `end()` of an [AbstractSelector] the JVM calls [#wakeup()] on the thread
/// that interrupts, which is the only public way to hear of it at once. A selector is all this is to the JVM; it
/// selects nothing.
abstract class SilentSelector extends AbstractSelector {
    @SuppressWarnings("NullAway") // no provider: the JVM asks for none on the way to wakeup()
    SilentSelector() {
        super(null);
    }

    /// Whether the thread interrupts itself.
    @SuppressWarnings("ReferenceEquality") // a subclass may override equals, as everything else
    static boolean isCurrent(Thread thread) {
        return Thread.currentThread() == thread;
    }

    @Override
    protected void implCloseSelector() {}

    @Override
    protected SelectionKey register(AbstractSelectableChannel channel, int ops, Object attachment) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<SelectionKey> keys() {
        throw new UnsupportedOperationException();
    }

    @Override
    public Set<SelectionKey> selectedKeys() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int selectNow() {
        throw new UnsupportedOperationException();
    }

    @Override
    public int select(long timeout) {
        throw new UnsupportedOperationException();
    }

    @Override
    public int select() {
        throw new UnsupportedOperationException();
    }
}
