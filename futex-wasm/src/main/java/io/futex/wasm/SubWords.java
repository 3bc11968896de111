package io.futex.wasm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.function.IntBinaryOperator;

/// Read-modify-write of 8 and 16 bits, which segments lack: a compare-and-set loop on the 32 bits around them.
final class SubWords {
    static final IntBinaryOperator ADD = (old, operand) -> old + operand;
    static final IntBinaryOperator AND = (old, operand) -> old & operand;
    static final IntBinaryOperator OR = (old, operand) -> old | operand;
    static final IntBinaryOperator XOR = (old, operand) -> old ^ operand;
    static final IntBinaryOperator EXCHANGE = (old, operand) -> operand;

    private static final VarHandle INT =
            ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();

    private SubWords() {}

    /// Replaces the bits by what the operator makes of them.
    ///
    /// @param at a checked offset, aligned to the bits
    /// @param bits 8 or 16
    /// @return the bits from before, zero-extended
    static int update(MemorySegment base, long at, int bits, IntBinaryOperator operator, int operand) {
        int mask = mask(at, bits);
        int shift = shift(at);
        for (; ; ) {
            int before = (int) INT.getVolatile(base, at & ~3L);
            int old = (before & mask) >>> shift;
            int after = (before & ~mask) | ((operator.applyAsInt(old, operand) << shift) & mask);
            if (INT.compareAndSet(base, at & ~3L, before, after)) {
                return old;
            }
        }
    }

    /// Replaces the bits if they are the expected ones.
    ///
    /// @param at a checked offset, aligned to the bits
    /// @param bits 8 or 16
    /// @return the bits from before, zero-extended
    static int compareExchange(MemorySegment base, long at, int bits, int expected, int replacement) {
        int mask = mask(at, bits);
        int shift = shift(at);
        for (; ; ) {
            int before = (int) INT.getVolatile(base, at & ~3L);
            if (((before ^ (expected << shift)) & mask) != 0) {
                return (before & mask) >>> shift;
            }
            if (INT.compareAndSet(base, at & ~3L, before, (before & ~mask) | ((replacement << shift) & mask))) {
                return (before & mask) >>> shift;
            }
        }
    }

    private static int shift(long at) {
        return (int) (at & 3) * Byte.SIZE;
    }

    private static int mask(long at, int bits) {
        return ((1 << bits) - 1) << shift(at);
    }
}
