package io.futex.memory;

import io.futex.Futex;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;

/// The view of a segment that a platform thread has used last. Held weakly: a thread of a pool must keep neither the
/// memory of a lock nor this library.
final class LastView {
    private static final ThreadLocal<WeakReference<Words>> LAST = new ThreadLocal<>();

    private LastView() {}

    @SuppressWarnings({"MemorySegmentReferenceEquality", "ReferenceEquality"}) // equal ones may be of a closed arena
    static Words of(Futex futex, MemorySegment segment) {
        if (Thread.currentThread().isVirtual()) {
            return new SegmentWords(futex, segment); // short-lived and many: one for this call is cheaper
        }
        WeakReference<Words> reference = LAST.get();
        Words last = reference == null ? null : reference.get();
        if (last != null && last.segment == segment && last.futex == futex) {
            return last;
        }
        Words view = new SegmentWords(futex, segment);
        LAST.set(new WeakReference<>(view));
        return view;
    }
}
