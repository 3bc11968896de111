package io.futex.wasm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// The atomic accesses: sequentially consistent, by the hardware, at aligned addresses only.
abstract class AtomicMemory extends PlainMemory {
    private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle().withInvokeExactBehavior();
    private static final VarHandle SHORT = handle(ValueLayout.JAVA_SHORT);
    private static final VarHandle INT = handle(ValueLayout.JAVA_INT);
    private static final VarHandle LONG = handle(ValueLayout.JAVA_LONG);

    /// @param base room for the maximum of pages
    AtomicMemory(MemorySegment base, int initialPages, int maximumPages) {
        super(base, initialPages, maximumPages);
    }

    @Override
    public final void atomicFence() {
        VarHandle.fullFence();
    }

    @Override
    public final int atomicReadInt(int addr) {
        return (int) INT.getVolatile(base, aligned(addr, 4));
    }

    @Override
    public final void atomicWriteInt(int addr, int value) {
        INT.setVolatile(base, aligned(addr, 4), value);
    }

    @Override
    public final int atomicAddInt(int addr, int delta) {
        return (int) INT.getAndAdd(base, aligned(addr, 4), delta);
    }

    @Override
    public final int atomicAndInt(int addr, int mask) {
        return (int) INT.getAndBitwiseAnd(base, aligned(addr, 4), mask);
    }

    @Override
    public final int atomicOrInt(int addr, int mask) {
        return (int) INT.getAndBitwiseOr(base, aligned(addr, 4), mask);
    }

    @Override
    public final int atomicXorInt(int addr, int mask) {
        return (int) INT.getAndBitwiseXor(base, aligned(addr, 4), mask);
    }

    @Override
    public final int atomicXchgInt(int addr, int value) {
        return (int) INT.getAndSet(base, aligned(addr, 4), value);
    }

    @Override
    public final int atomicCmpxchgInt(int addr, int expected, int replacement) {
        return (int) INT.compareAndExchange(base, aligned(addr, 4), expected, replacement);
    }

    @Override
    public final long atomicReadLong(int addr) {
        return (long) LONG.getVolatile(base, aligned(addr, 8));
    }

    @Override
    public final void atomicWriteLong(int addr, long value) {
        LONG.setVolatile(base, aligned(addr, 8), value);
    }

    @Override
    public final long atomicAddLong(int addr, long delta) {
        return (long) LONG.getAndAdd(base, aligned(addr, 8), delta);
    }

    @Override
    public final long atomicAndLong(int addr, long mask) {
        return (long) LONG.getAndBitwiseAnd(base, aligned(addr, 8), mask);
    }

    @Override
    public final long atomicOrLong(int addr, long mask) {
        return (long) LONG.getAndBitwiseOr(base, aligned(addr, 8), mask);
    }

    @Override
    public final long atomicXorLong(int addr, long mask) {
        return (long) LONG.getAndBitwiseXor(base, aligned(addr, 8), mask);
    }

    @Override
    public final long atomicXchgLong(int addr, long value) {
        return (long) LONG.getAndSet(base, aligned(addr, 8), value);
    }

    @Override
    public final long atomicCmpxchgLong(int addr, long expected, long replacement) {
        return (long) LONG.compareAndExchange(base, aligned(addr, 8), expected, replacement);
    }

    @Override
    public final short atomicReadShort(int addr) {
        return (short) SHORT.getVolatile(base, aligned(addr, 2));
    }

    @Override
    public final void atomicWriteShort(int addr, short value) {
        SHORT.setVolatile(base, aligned(addr, 2), value);
    }

    @Override
    public final short atomicAddShort(int addr, short delta) {
        return (short) SubWords.update(base, aligned(addr, 2), 16, SubWords.ADD, delta);
    }

    @Override
    public final short atomicAndShort(int addr, short mask) {
        return (short) SubWords.update(base, aligned(addr, 2), 16, SubWords.AND, mask);
    }

    @Override
    public final short atomicOrShort(int addr, short mask) {
        return (short) SubWords.update(base, aligned(addr, 2), 16, SubWords.OR, mask);
    }

    @Override
    public final short atomicXorShort(int addr, short mask) {
        return (short) SubWords.update(base, aligned(addr, 2), 16, SubWords.XOR, mask);
    }

    @Override
    public final short atomicXchgShort(int addr, short value) {
        return (short) SubWords.update(base, aligned(addr, 2), 16, SubWords.EXCHANGE, value);
    }

    @Override
    public final short atomicCmpxchgShort(int addr, short expected, short replacement) {
        return (short) SubWords.compareExchange(base, aligned(addr, 2), 16, expected, replacement);
    }

    @Override
    public final byte atomicReadByte(int addr) {
        return (byte) BYTE.getVolatile(base, aligned(addr, 1));
    }

    @Override
    public final void atomicWriteByte(int addr, byte value) {
        BYTE.setVolatile(base, aligned(addr, 1), value);
    }

    @Override
    public final byte atomicAddByte(int addr, byte delta) {
        return (byte) SubWords.update(base, aligned(addr, 1), 8, SubWords.ADD, delta);
    }

    @Override
    public final byte atomicAndByte(int addr, byte mask) {
        return (byte) SubWords.update(base, aligned(addr, 1), 8, SubWords.AND, mask);
    }

    @Override
    public final byte atomicOrByte(int addr, byte mask) {
        return (byte) SubWords.update(base, aligned(addr, 1), 8, SubWords.OR, mask);
    }

    @Override
    public final byte atomicXorByte(int addr, byte mask) {
        return (byte) SubWords.update(base, aligned(addr, 1), 8, SubWords.XOR, mask);
    }

    @Override
    public final byte atomicXchgByte(int addr, byte value) {
        return (byte) SubWords.update(base, aligned(addr, 1), 8, SubWords.EXCHANGE, value);
    }

    @Override
    public final byte atomicCmpxchgByte(int addr, byte expected, byte replacement) {
        return (byte) SubWords.compareExchange(base, aligned(addr, 1), 8, expected, replacement);
    }
}
