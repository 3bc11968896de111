package io.futex.wasm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// The accesses that are not atomic, at any address.
abstract class PlainMemory extends LinearMemory {
    private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle().withInvokeExactBehavior();
    private static final VarHandle SHORT = handle(ValueLayout.JAVA_SHORT_UNALIGNED);
    private static final VarHandle INT = handle(ValueLayout.JAVA_INT_UNALIGNED);
    private static final VarHandle LONG = handle(ValueLayout.JAVA_LONG_UNALIGNED);

    /// @param base room for the maximum of pages
    PlainMemory(MemorySegment base, int initialPages, int maximumPages) {
        super(base, initialPages, maximumPages);
    }

    @Override
    public final void write(int addr, byte[] data, int offset, int size) {
        requireRange(offset, size, data.length);
        MemorySegment.copy(data, offset, base, ValueLayout.JAVA_BYTE, inBounds(addr, size), size);
    }

    @Override
    public final byte[] readBytes(int addr, int len) {
        return base.asSlice(inBounds(addr, len), len).toArray(ValueLayout.JAVA_BYTE);
    }

    @Override
    public final void zero() {
        base.asSlice(0, byteSize()).fill((byte) 0);
    }

    @Override
    public final void fill(byte value, int fromIndex, int toIndex) {
        int size = toIndex - fromIndex;
        base.asSlice(inBounds(fromIndex, size), size).fill(value);
    }

    @Override
    public final void copy(int dest, int src, int size) {
        long to = inBounds(dest, size);
        MemorySegment.copy(base, inBounds(src, size), base, to, size);
    }

    @Override
    public final byte read(int addr) {
        return (byte) BYTE.get(base, inBounds(addr, Byte.BYTES));
    }

    @Override
    public final void writeByte(int addr, byte data) {
        BYTE.set(base, inBounds(addr, Byte.BYTES), data);
    }

    @Override
    public final short readShort(int addr) {
        return (short) SHORT.get(base, inBounds(addr, Short.BYTES));
    }

    @Override
    public final long readU16(int addr) {
        return Short.toUnsignedLong(readShort(addr));
    }

    @Override
    public final void writeShort(int addr, short data) {
        SHORT.set(base, inBounds(addr, Short.BYTES), data);
    }

    @Override
    public final int readInt(int addr) {
        return (int) INT.get(base, inBounds(addr, Integer.BYTES));
    }

    @Override
    public final void writeI32(int addr, int data) {
        INT.set(base, inBounds(addr, Integer.BYTES), data);
    }

    @Override
    public final long readLong(int addr) {
        return (long) LONG.get(base, inBounds(addr, Long.BYTES));
    }

    @Override
    public final void writeLong(int addr, long data) {
        LONG.set(base, inBounds(addr, Long.BYTES), data);
    }

    @Override
    public final long readF32(int addr) {
        return readInt(addr);
    }

    @Override
    public final float readFloat(int addr) {
        return Float.intBitsToFloat(readInt(addr));
    }

    @Override
    public final void writeF32(int addr, float data) {
        writeI32(addr, Float.floatToRawIntBits(data));
    }

    @Override
    public final long readF64(int addr) {
        return readLong(addr);
    }

    @Override
    public final double readDouble(int addr) {
        return Double.longBitsToDouble(readLong(addr));
    }

    @Override
    public final void writeF64(int addr, double data) {
        writeLong(addr, Double.doubleToRawLongBits(data));
    }
}
