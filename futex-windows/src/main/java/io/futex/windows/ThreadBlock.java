package io.futex.windows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;

/// Native memory of one platform thread, reused for every wait and freed after the thread's end.
final class ThreadBlock {
    private static final long LINE_BYTES = 128;
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();

    private static final ThreadLocal<ThreadBlock> CURRENT = new ThreadLocal<>() {
        @Override
        protected ThreadBlock initialValue() {
            return new ThreadBlock();
        }
    };

    private final MemorySegment block = Arena.ofAuto().allocate(LINE_BYTES, LINE_BYTES);

    /// Where FFM puts the last error.
    final MemorySegment capture = block.asSlice(64, 64);

    private ThreadBlock() {}

    static ThreadBlock current() {
        return CURRENT.get();
    }

    /// The address of the value to compare with; valid until the next call on the same thread.
    long compare(int expected) {
        INT.set(block, 0L, expected);
        return block.address();
    }
}
