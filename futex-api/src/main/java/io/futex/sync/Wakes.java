package io.futex.sync;

import io.futex.FutexWord;

/// Wakes that come after the last write to a synchronizer.
///
/// By then whoever was released may have finished with it and closed its memory. That is no error of the one who
/// released it: what was asked for has been done, and whoever closed the memory knew that nobody sleeps on it.
final class Wakes {
    private Wakes() {}

    static void one(FutexWord word) {
        some(word, 1);
    }

    /// Wakes one for whom a flag of the word stands. If that fails, for want of stack or of memory, then nobody comes
    /// who clears the flag, and whoever finds it would rely on nobody: so it is cleared here. By steps that the caller
    /// has made already, since others need more stack at their first time.
    static void oneFor(int flag, FutexWord word) {
        try {
            word.wakeOne();
        } catch (IllegalStateException closed) {
            // as said
        } catch (Throwable e) {
            for (int s = word.get(); (s & flag) != 0 && !word.compareAndSet(s, s & ~flag); ) {
                s = word.get();
            }
            throw e;
        }
    }

    static void all(FutexWord word) {
        some(word, Integer.MAX_VALUE);
    }

    static void some(FutexWord word, int count) {
        try {
            if (count == Integer.MAX_VALUE) {
                word.wakeAll();
            } else {
                word.wake(count);
            }
        } catch (IllegalStateException closed) {
            // as said
        }
    }
}
