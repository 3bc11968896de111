package io.futex.memory;

import io.futex.Futex;
import io.futex.WaitResult;
import io.futex.internal.Engine;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// The words of production: native memory.
///
/// The steps that most synchronizers consist of are written twice, the second time for the first slab, whose segment is
/// a constant. With the segment as a field an atomic step waits for three loads in a row, each for the one before: this
/// object, its segment, the segment's address. With a constant it waits for the offset alone. None of them can begin
/// before the atomic step before it has ended, and so they are as much as a sixth of the time of a lock and an unlock.
final class SegmentWords extends Words {
    static final VarHandle INT = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();
    private static final VarHandle LONG = ValueLayout.JAVA_LONG.varHandle().withInvokeExactBehavior();

    SegmentWords(Futex futex, MemorySegment segment) {
        super(futex, segment);
    }

    @Override
    public int get(long at) {
        if (this == Slab.FIRST) {
            return (int) INT.getVolatile(Slab.FIRST_MEMORY, at);
        }
        return (int) INT.getVolatile(segment, at);
    }

    @Override
    public int getPlain(long at) {
        return (int) INT.get(segment, at);
    }

    @Override
    public int getOpaque(long at) {
        return (int) INT.getOpaque(segment, at);
    }

    @Override
    public int getAcquire(long at) {
        return (int) INT.getAcquire(segment, at);
    }

    @Override
    public void set(long at, int value) {
        INT.setVolatile(segment, at, value);
    }

    @Override
    public void setPlain(long at, int value) {
        INT.set(segment, at, value);
    }

    @Override
    public void setOpaque(long at, int value) {
        INT.setOpaque(segment, at, value);
    }

    @Override
    public void setRelease(long at, int value) {
        INT.setRelease(segment, at, value);
    }

    @Override
    public int compareAndExchange(long at, int expected, int value) {
        if (this == Slab.FIRST) {
            return (int) INT.compareAndExchange(Slab.FIRST_MEMORY, at, expected, value);
        }
        return (int) INT.compareAndExchange(segment, at, expected, value);
    }

    @Override
    public int compareAndExchangeAcquire(long at, int expected, int value) {
        return (int) INT.compareAndExchangeAcquire(segment, at, expected, value);
    }

    @Override
    public int compareAndExchangeRelease(long at, int expected, int value) {
        return (int) INT.compareAndExchangeRelease(segment, at, expected, value);
    }

    @Override
    public boolean compareAndSet(long at, int expected, int value) {
        if (this == Slab.FIRST) {
            return INT.compareAndSet(Slab.FIRST_MEMORY, at, expected, value);
        }
        return INT.compareAndSet(segment, at, expected, value);
    }

    @Override
    public boolean weakCompareAndSet(long at, int expected, int value) {
        return INT.weakCompareAndSet(segment, at, expected, value);
    }

    @Override
    public boolean weakCompareAndSetAcquire(long at, int expected, int value) {
        return INT.weakCompareAndSetAcquire(segment, at, expected, value);
    }

    @Override
    public boolean weakCompareAndSetRelease(long at, int expected, int value) {
        return INT.weakCompareAndSetRelease(segment, at, expected, value);
    }

    @Override
    public boolean weakCompareAndSetPlain(long at, int expected, int value) {
        return INT.weakCompareAndSetPlain(segment, at, expected, value);
    }

    @Override
    public int getAndSet(long at, int value) {
        return (int) INT.getAndSet(segment, at, value);
    }

    @Override
    public int getAndAdd(long at, int delta) {
        if (this == Slab.FIRST) {
            return (int) INT.getAndAdd(Slab.FIRST_MEMORY, at, delta);
        }
        return (int) INT.getAndAdd(segment, at, delta);
    }

    @Override
    public int getAndBitwiseOr(long at, int mask) {
        return (int) INT.getAndBitwiseOr(segment, at, mask);
    }

    @Override
    public int getAndBitwiseAnd(long at, int mask) {
        return (int) INT.getAndBitwiseAnd(segment, at, mask);
    }

    @Override
    public long getLong(long at) {
        if (this == Slab.FIRST) {
            return (long) LONG.getVolatile(Slab.FIRST_MEMORY, at);
        }
        return (long) LONG.getVolatile(segment, at);
    }

    @Override
    public long getLongAcquire(long at) {
        return (long) LONG.getAcquire(segment, at);
    }

    @Override
    public long compareAndExchangeLong(long at, long expected, long value) {
        if (this == Slab.FIRST) {
            return (long) LONG.compareAndExchange(Slab.FIRST_MEMORY, at, expected, value);
        }
        return (long) LONG.compareAndExchange(segment, at, expected, value);
    }

    @Override
    public boolean compareAndSetLong(long at, long expected, long value) {
        if (this == Slab.FIRST) {
            return LONG.compareAndSet(Slab.FIRST_MEMORY, at, expected, value);
        }
        return LONG.compareAndSet(segment, at, expected, value);
    }

    @Override
    public WaitResult await(long at, int expected, long deadline, boolean interruptible) throws InterruptedException {
        return interruptible
                ? futex.waitUntil(segment, at, expected, deadline)
                : futex.waitUntilUninterruptibly(segment, at, expected, deadline);
    }

    @Override
    public int wake(long at, int count) {
        return futex.wake(segment, at, count);
    }

    @Override
    public void wakeEntrants(long at, int count) {
        var unused = futex instanceof Engine engine
                ? engine.wakePlatformFirst(segment, at, count)
                : futex.wake(segment, at, count);
    }
}
