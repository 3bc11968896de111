package io.futex.wasm;

import io.futex.Futex;
import io.futex.WaitResult;
import java.lang.foreign.MemorySegment;
import run.endive.runtime.TrapException;

/// The queue of a memory that lies in a mapped file: the one of [Futex#shared()], in which other processes wait too.
final class MappedQueue implements WordQueue {
    private final Futex futex = Futex.shared();
    private final MemorySegment base;

    MappedQueue(MemorySegment base) {
        this.base = base;
    }

    Futex futex() {
        return futex;
    }

    @Override
    public WaitResult await(int offset, long expected, boolean wide, long deadline, boolean interruptible)
            throws InterruptedException {
        if (wide) {
            throw new TrapException("memory.atomic.wait64 on a mapped file: no system waits on 64 bits");
        }
        int value = WasmOrder.swap((int) expected);
        return interruptible
                ? futex.waitUntil(base, offset, value, deadline)
                : futex.waitUntilUninterruptibly(base, offset, value, deadline);
    }

    @Override
    public int wake(int offset, int count) {
        return count == Integer.MAX_VALUE ? futex.wakeAll(base, offset) : futex.wake(base, offset, count);
    }

    @Override
    public boolean isExact() {
        return false;
    }

    @Override
    public String description() {
        return "mapped, " + futex;
    }
}
