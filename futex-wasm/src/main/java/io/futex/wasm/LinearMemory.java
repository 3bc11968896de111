package io.futex.wasm;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import run.endive.runtime.Memory;
import run.endive.runtime.WasmRuntimeException;
import run.endive.wasm.InvalidException;

/// Bytes off the heap, which may become more without moving, and the checks that each access begins with.
abstract class LinearMemory implements Memory {
    static final int PAGE_SHIFT = 16;

    /// Room for the maximum of pages.
    final MemorySegment base;

    private final int initialPages;
    private final int maximumPages;
    private volatile int pages;

    /// @param base room for the maximum of pages
    LinearMemory(MemorySegment base, int initialPages, int maximumPages) {
        this.base = base;
        this.initialPages = initialPages;
        this.maximumPages = maximumPages;
        this.pages = initialPages;
    }

    /// A guest's number in the memory, which is little-endian on every machine.
    static VarHandle handle(ValueLayout layout) {
        return layout.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle().withInvokeExactBehavior();
    }

    final long byteSize() {
        return (long) pages << PAGE_SHIFT;
    }

    @Override
    public final int pages() {
        return pages;
    }

    @Override
    public final int initialPages() {
        return initialPages;
    }

    @Override
    public final int maximumPages() {
        return maximumPages;
    }

    @Override
    public final boolean shared() {
        return true;
    }

    @Override
    public final synchronized int grow(int size) {
        int before = pages;
        if (size < 0 || size > maximumPages - before) {
            return -1;
        }
        pages = before + size;
        return before;
    }

    /// @param address negative if it is above 2 GiB, where no memory reaches
    final long inBounds(int address, int bytes) {
        requireRange(address, bytes, byteSize());
        return address;
    }

    final long aligned(int address, int bytes) {
        if ((address & (bytes - 1)) != 0) {
            throw new InvalidException("unaligned atomic");
        }
        return inBounds(address, bytes);
    }

    /// Traps with the words of the runtime's own memories, which begin with those of the specification.
    static void requireRange(int from, int size, long limit) {
        if (from < 0 || size < 0 || from > limit - size) {
            throw outOfBounds(from, size, limit);
        }
    }

    private static WasmRuntimeException outOfBounds(int from, int size, long limit) {
        return new WasmRuntimeException("out of bounds memory access: attempted to access address: " + from
                + " but limit is: " + limit + " and size: " + size);
    }
}
