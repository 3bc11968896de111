package io.futex.contract;

import io.futex.Futex;
import java.lang.foreign.MemorySegment;

/// Every way to wake.
public enum WakeForm {
    /// `wakeOne(word)`.
    ONE_WORD(false),
    /// `wakeOne(base, offset)`.
    ONE_OFFSET(true),
    /// `wakeAll(word)`.
    ALL_WORD(false),
    /// `wakeAll(base, offset)`.
    ALL_OFFSET(true),
    /// `wake(word, 1)`.
    COUNT_WORD(false),
    /// `wake(base, offset, 1)`.
    COUNT_OFFSET(true);

    private final boolean offset;

    WakeForm(boolean offset) {
        this.offset = offset;
    }

    /// Whether it takes an offset.
    public boolean takesOffset() {
        return offset;
    }

    /// Makes the call; forms without an offset get a slice.
    public int call(Futex futex, MemorySegment base, long offset) {
        return raw(futex, takesOffset() || offset == 0 ? base : base.asSlice(offset, Integer.BYTES), offset);
    }

    /// Makes the call with these very arguments, of which a form ignores those that it does not take.
    public int raw(Futex futex, MemorySegment segment, long offset) {
        return switch (this) {
            case ONE_WORD -> futex.wakeOne(segment);
            case ONE_OFFSET -> futex.wakeOne(segment, offset);
            case ALL_WORD -> futex.wakeAll(segment);
            case ALL_OFFSET -> futex.wakeAll(segment, offset);
            case COUNT_WORD -> futex.wake(segment, 1);
            case COUNT_OFFSET -> futex.wake(segment, offset, 1);
        };
    }
}
