package io.futex.spi;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;

/// Native memory of one platform thread, for what its calls point at and what they leave. It is reused for every wait,
/// so that waits allocate nothing, and freed after the thread's end.
public final class ThreadBlock {
    private static final long LINE_BYTES = 128;
    private static final Local ARGUMENTS = new Local();
    private static final Local CAPTURE = new Local();

    private ThreadBlock() {}

    /// What the next call may point at.
    ///
    /// @return 128 bytes, valid until the next call on the same thread
    public static MemorySegment current() {
        return ARGUMENTS.get();
    }

    /// Where a call that captures state puts it.
    ///
    /// @return as much as the state takes, or more
    public static MemorySegment capture() {
        return CAPTURE.get();
    }

    /// Where in [#capture] it is.
    ///
    /// @param state its name, as [Linker.Option#captureCallState] takes it
    /// @return the offset in bytes
    public static long captureOffset(String state) {
        return Linker.Option.captureStateLayout().byteOffset(PathElement.groupElement(state));
    }

    /// The values are of a type of the JDK: one of ours would keep the class loader of the library for as long as a
    /// thread of somebody else lives. Not withInitial: a lambda would cost every program a millisecond.
    private static final class Local extends ThreadLocal<MemorySegment> {
        @Override
        protected MemorySegment initialValue() {
            return Arena.ofAuto().allocate(LINE_BYTES, LINE_BYTES);
        }
    }
}
