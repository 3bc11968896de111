package io.futex;

import io.futex.internal.WordCursor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;

/// The word of production: a place in native memory, and the futex that its users have agreed on.
///
/// The steps that most synchronizers consist of are written twice, the second time for words of the first slab, whose
/// segment is a constant. With the segment as a field an atomic step waits for three loads in a row, each for the one
/// before: this word, its segment, the segment's address. With a constant it waits for two. None of them can begin
/// before the atomic step before it has ended, and so they are as much as a sixth of the time of a lock and an unlock.
final class SegmentWord extends FutexWord implements WordCursor {
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();

    // Written once, but for cursors. A second subclass for those would cost every other word its inlining.
    private Futex futex;
    private MemorySegment base;
    private long offset;
    private boolean inFirst;

    /// The caller has checked that the word lies in the segment.
    SegmentWord(Futex futex, MemorySegment base, long offset) {
        this(futex, base, offset, false);
    }

    /// @param inFirst whether `base` is [WordSlab#FIRST]
    SegmentWord(Futex futex, MemorySegment base, long offset, boolean inFirst) {
        this.futex = futex;
        this.base = base;
        this.offset = offset;
        this.inFirst = inFirst;
        VarHandle.releaseFence(); // as for final fields: a word handed over by a data race is complete
    }

    @Override
    public void moveTo(Futex futex, MemorySegment base, long offset) {
        this.futex = futex;
        this.base = base;
        this.offset = offset;
        this.inFirst = false;
    }

    @Override
    public int get() {
        if (inFirst) {
            return (int) INT.getVolatile(WordSlab.FIRST, offset);
        }
        return (int) INT.getVolatile(base, offset);
    }

    @Override
    public int getPlain() {
        return (int) INT.get(base, offset);
    }

    @Override
    public int getOpaque() {
        return (int) INT.getOpaque(base, offset);
    }

    @Override
    public int getAcquire() {
        return (int) INT.getAcquire(base, offset);
    }

    @Override
    public void set(int value) {
        INT.setVolatile(base, offset, value);
    }

    @Override
    public void setPlain(int value) {
        INT.set(base, offset, value);
    }

    @Override
    public void setOpaque(int value) {
        INT.setOpaque(base, offset, value);
    }

    @Override
    public void setRelease(int value) {
        INT.setRelease(base, offset, value);
    }

    @Override
    public int getAndSet(int value) {
        return (int) INT.getAndSet(base, offset, value);
    }

    @Override
    public int getAndSetAcquire(int value) {
        return (int) INT.getAndSetAcquire(base, offset, value);
    }

    @Override
    public int getAndSetRelease(int value) {
        return (int) INT.getAndSetRelease(base, offset, value);
    }

    @Override
    public boolean compareAndSet(int expected, int value) {
        if (inFirst) {
            return INT.compareAndSet(WordSlab.FIRST, offset, expected, value);
        }
        return INT.compareAndSet(base, offset, expected, value);
    }

    @Override
    public int compareAndExchange(int expected, int value) {
        if (inFirst) {
            return (int) INT.compareAndExchange(WordSlab.FIRST, offset, expected, value);
        }
        return (int) INT.compareAndExchange(base, offset, expected, value);
    }

    @Override
    public int compareAndExchangeAcquire(int expected, int value) {
        return (int) INT.compareAndExchangeAcquire(base, offset, expected, value);
    }

    @Override
    public int compareAndExchangeRelease(int expected, int value) {
        return (int) INT.compareAndExchangeRelease(base, offset, expected, value);
    }

    @Override
    public boolean weakCompareAndSetVolatile(int expected, int value) {
        return INT.weakCompareAndSet(base, offset, expected, value);
    }

    @Override
    public boolean weakCompareAndSetAcquire(int expected, int value) {
        return INT.weakCompareAndSetAcquire(base, offset, expected, value);
    }

    @Override
    public boolean weakCompareAndSetRelease(int expected, int value) {
        return INT.weakCompareAndSetRelease(base, offset, expected, value);
    }

    @Override
    public boolean weakCompareAndSetPlain(int expected, int value) {
        return INT.weakCompareAndSetPlain(base, offset, expected, value);
    }

    @Override
    public int getAndAdd(int delta) {
        if (inFirst) {
            return (int) INT.getAndAdd(WordSlab.FIRST, offset, delta);
        }
        return (int) INT.getAndAdd(base, offset, delta);
    }

    @Override
    public int getAndAddAcquire(int delta) {
        return (int) INT.getAndAddAcquire(base, offset, delta);
    }

    @Override
    public int getAndAddRelease(int delta) {
        return (int) INT.getAndAddRelease(base, offset, delta);
    }

    @Override
    public int getAndBitwiseOr(int mask) {
        return (int) INT.getAndBitwiseOr(base, offset, mask);
    }

    @Override
    public int getAndBitwiseOrAcquire(int mask) {
        return (int) INT.getAndBitwiseOrAcquire(base, offset, mask);
    }

    @Override
    public int getAndBitwiseOrRelease(int mask) {
        return (int) INT.getAndBitwiseOrRelease(base, offset, mask);
    }

    @Override
    public int getAndBitwiseAnd(int mask) {
        return (int) INT.getAndBitwiseAnd(base, offset, mask);
    }

    @Override
    public int getAndBitwiseAndAcquire(int mask) {
        return (int) INT.getAndBitwiseAndAcquire(base, offset, mask);
    }

    @Override
    public int getAndBitwiseAndRelease(int mask) {
        return (int) INT.getAndBitwiseAndRelease(base, offset, mask);
    }

    @Override
    public int getAndBitwiseXor(int mask) {
        return (int) INT.getAndBitwiseXor(base, offset, mask);
    }

    @Override
    public int getAndBitwiseXorAcquire(int mask) {
        return (int) INT.getAndBitwiseXorAcquire(base, offset, mask);
    }

    @Override
    public int getAndBitwiseXorRelease(int mask) {
        return (int) INT.getAndBitwiseXorRelease(base, offset, mask);
    }

    @Override
    public WaitResult await(int expected) throws InterruptedException {
        return futex.wait(base, offset, expected);
    }

    @Override
    public WaitResult await(int expected, long timeout, TimeUnit unit) throws InterruptedException {
        return futex.wait(base, offset, expected, timeout, unit);
    }

    @Override
    public WaitResult awaitUninterruptibly(int expected) {
        return futex.waitUninterruptibly(base, offset, expected);
    }

    @Override
    public WaitResult awaitUninterruptibly(int expected, long timeout, TimeUnit unit) {
        return futex.waitUninterruptibly(base, offset, expected, timeout, unit);
    }

    @Override
    public WaitResult awaitUntil(int expected, long deadlineNanos) throws InterruptedException {
        return futex.waitUntil(base, offset, expected, deadlineNanos);
    }

    @Override
    public WaitResult awaitUntilUninterruptibly(int expected, long deadlineNanos) {
        return futex.waitUntilUninterruptibly(base, offset, expected, deadlineNanos);
    }

    @Override
    public int wakeOne() {
        return futex.wakeOne(base, offset);
    }

    @Override
    public int wakeAll() {
        return futex.wakeAll(base, offset);
    }

    @Override
    public int wake(int count) {
        return futex.wake(base, offset, count);
    }

    @Override
    public MemorySegment segment() {
        return base.asSlice(offset, Integer.BYTES);
    }
}
