package io.futex.wasm;

import run.endive.runtime.Memory;

/// The methods of the memory, which the instructions call too.
final class MethodCalls implements RuntimeCalls {
    private final Memory memory;

    MethodCalls(Memory memory) {
        this.memory = memory;
    }

    @Override
    public int wait32(int offset, int expected, long nanos) {
        return memory.atomicWait(offset, expected, nanos);
    }

    @Override
    public int notify(int offset, int count) {
        return memory.atomicNotify(offset, count);
    }

    @Override
    public String description() {
        return "the queue of " + memory.getClass().getSimpleName();
    }
}
