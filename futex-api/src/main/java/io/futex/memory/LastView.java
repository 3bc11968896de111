package io.futex.memory;

import io.futex.Futex;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The view of a segment that a platform thread has used last. It keeps the memory of a lock for no longer than until
/// the next collection.
final class LastView {
    private static final PerThread<LastView> CURRENT = new PerThread<>() {
        @Override
        protected LastView make() {
            return new LastView();
        }
    };

    private @Nullable Words words;

    private LastView() {}

    @SuppressWarnings({"MemorySegmentReferenceEquality", "ReferenceEquality"}) // equal ones may be of a closed arena
    static Words of(Futex futex, MemorySegment segment) {
        if (Thread.currentThread().isVirtual()) {
            return new SegmentWords(futex, segment); // short-lived and many: one for this call is cheaper
        }
        LastView last = CURRENT.current();
        Words words = last.words;
        if (words == null || words.segment != segment || words.futex != futex) {
            words = new SegmentWords(futex, segment);
            last.words = words;
        }
        return words;
    }
}
