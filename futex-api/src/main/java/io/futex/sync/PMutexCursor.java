package io.futex.sync;

import io.futex.Futex;
import io.futex.FutexWord;
import io.futex.internal.WordCursor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The static form of the mutex: the same steps on words that have no object.
///
/// The slow path, written once on [FutexWord], borrows the thread's word object for as long as it takes.
final class PMutexCursor {
    // Not withInitial: a lambda costs a millisecond at its first use.
    private static final ThreadLocal<PMutexCursor> CURRENT = new ThreadLocal<>() {
        @Override
        protected PMutexCursor initialValue() {
            return new PMutexCursor();
        }
    };

    /// Where a word object points that is at rest: it must not keep the memory of a lock alive.
    private static final MemorySegment NOWHERE = Arena.ofAuto().allocate(Integer.BYTES, Integer.BYTES);

    private static final int OVERDUE_SLOTS = 64;
    private static final int OVERDUE_STRIDE = 16; // two cache lines: some processors fetch lines in pairs
    private static final int OVERDUE_EVERY = 64;
    private static final long FIBONACCI = 0x9E37_79B9_7F4A_7C15L;

    /// Count and time stamp of the overdue step, which a lock without an object has no room for, by hashed address.
    /// Plain: a race makes the step come sooner or later, and it is always safe.
    private static final long[] OVERDUE = new long[(OVERDUE_SLOTS + 1) * OVERDUE_STRIDE];

    /// Null while borrowed: a futex of a foreign kind may itself come here from inside its wait.
    private @Nullable FutexWord idle = newWord();

    private PMutexCursor() {}

    private static FutexWord newWord() {
        return FutexWord.local(NOWHERE, 0);
    }

    /// [PMutexSlowPath#lock] on a checked place.
    static boolean lock(
            Futex futex, MemorySegment segment, long offset, PMutexRules rules, long deadline, boolean interruptible)
            throws InterruptedException {
        if (Thread.currentThread().isVirtual()) {
            // Short-lived and many: an object for this call is cheaper than one for each thread.
            FutexWord word = newWord();
            ((WordCursor) word).moveTo(futex, segment, offset);
            return PMutexSlowPath.lock(word, rules, null, deadline, interruptible);
        }
        PMutexCursor cursor = CURRENT.get();
        FutexWord word = cursor.idle;
        if (word == null) {
            word = newWord();
        }
        cursor.idle = null;
        ((WordCursor) word).moveTo(futex, segment, offset);
        try {
            return PMutexSlowPath.lock(word, rules, null, deadline, interruptible);
        } finally {
            ((WordCursor) word).moveTo(futex, NOWHERE, 0);
            cursor.idle = word;
        }
    }

    /// Counts a contended acquisition of the lock at this address.
    ///
    /// @return whether the owner should take the overdue step
    static boolean isOverdue(long address, PMutexRules rules) {
        int slot = ((int) (((address >>> 2) * FIBONACCI) >>> 58) + 1) * OVERDUE_STRIDE;
        long contended = ++OVERDUE[slot];
        if (contended % OVERDUE_EVERY != 0) {
            return false;
        }
        long now = System.nanoTime();
        if (!rules.isOverdue(OVERDUE[slot + 1], now)) {
            return false;
        }
        OVERDUE[slot + 1] = now;
        return true;
    }
}
