package io.futex.memory;

import io.futex.Futex;
import io.futex.WaitResult;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/// One word with the memory order of production, whose sleepers do not sleep: it only tells whether one would have, and
/// whether it would have been woken. Whoever would have slept stays announced.
public final class SleeplessWord extends Words {
    private final AtomicInteger word = new AtomicInteger();

    /// The sleeper's.
    public boolean slept;

    /// The waker's.
    public boolean woken;

    /// A word that is 0.
    public SleeplessWord() {
        super(Futex.local(), MemorySegment.NULL);
    }

    @Override
    public WaitResult await(long at, int expected, long deadline, boolean interruptible) {
        if (word.get() != expected) {
            return WaitResult.CHANGED;
        }
        slept = true;
        return WaitResult.TIMED_OUT;
    }

    @Override
    public int wake(long at, int count) {
        woken = true;
        return 0;
    }

    @Override
    public void wakeEntrants(long at, int count) {
        woken = true;
    }

    @Override
    public int get(long at) {
        return word.get();
    }

    @Override
    public void set(long at, int value) {
        word.set(value);
    }

    @Override
    public void setOpaque(long at, int value) {
        word.setOpaque(value);
    }

    @Override
    public boolean compareAndSet(long at, int expected, int value) {
        return (slept && value == 0) || word.compareAndSet(expected, value);
    }

    @Override
    public int compareAndExchange(long at, int expected, int value) {
        return word.compareAndExchange(expected, value);
    }

    @Override
    public int getAndSet(long at, int value) {
        return word.getAndSet(value);
    }

    @Override
    public int getAndAdd(long at, int delta) {
        return word.getAndAdd(delta);
    }

    @Override
    public int getAndBitwiseOr(long at, int mask) {
        return word.getAndUpdate(found -> found | mask);
    }

    @Override
    public int getAndBitwiseAnd(long at, int mask) {
        return word.getAndUpdate(found -> found & mask);
    }

    @Override
    public long getLong(long at) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long compareAndExchangeLong(long at, long expected, long value) {
        throw new UnsupportedOperationException();
    }
}
