package io.futex.sync;

import io.futex.Futex;
import io.futex.FutexWord;
import java.lang.foreign.MemorySegment;

/// Wakes that come after the last write to a synchronizer.
///
/// By then whoever was released may have finished with it and closed its memory. That is no error of the one who
/// released it: what was asked for has been done, and whoever closed the memory knew that nobody sleeps on it.
///
/// A wake may also fail, for want of stack or of memory. Who called hears of it; and what the step before the wake has
/// said, that those who sleep are taken care of, is taken back, so that a later call wakes them. By steps that the
/// caller has made already, where it can be: others need more stack at their first time.
final class Wakes {
    private Wakes() {}

    static void one(FutexWord word) {
        try {
            word.wakeOne();
        } catch (IllegalStateException closed) {
            // as said
        }
    }

    static void one(Futex futex, MemorySegment segment, long offset) {
        try {
            futex.wakeOne(segment, offset);
        } catch (IllegalStateException closed) {
            // as said
        }
    }

    static void all(FutexWord word) {
        try {
            word.wakeAll();
        } catch (IllegalStateException closed) {
            // as said
        }
    }

    static void some(FutexWord word, int count) {
        try {
            word.wake(count);
        } catch (IllegalStateException closed) {
            // as said
        }
    }

    /// Wakes one for whom a flag of the word stands, which is cleared if that fails: nobody comes who would clear it.
    static void oneFor(int flag, FutexWord word) {
        try {
            one(word);
        } catch (Throwable e) {
            change(word, flag, 0);
            throw e;
        }
    }

    /// Wakes all for whom a flag of the word stood, which is set again if that fails.
    static void allOf(int flag, FutexWord word) {
        try {
            all(word);
        } catch (Throwable e) {
            change(word, 0, flag);
            throw e;
        }
    }

    /// Clears bits of a word, and sets others.
    static void change(FutexWord word, int cleared, int set) {
        for (; ; ) {
            int s = word.get();
            int next = (s & ~cleared) | set;
            if (s == next || word.compareAndSet(s, next)) {
                return;
            }
        }
    }

    /// Who fails must leave, and fails at that as well. If it is for the same reason, most likely since the memory was
    /// closed, then nobody else can wait there either, and there is nothing to add.
    static void alsoFailed(Throwable reason, Throwable leaving) {
        if (leaving.getClass() != reason.getClass()) {
            reason.addSuppressed(leaving);
        }
    }
}
