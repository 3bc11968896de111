package io.futex;

/// What a [Futex] can do beyond the contract that every one of them keeps; see [Futex#capabilities()].
public enum Capability {
    /// Wakes and waits meet across processes that map the same memory.
    PROCESS_SHARED,
    /// A wait that finds another value reports [WaitResult#CHANGED], whenever the change happened.
    REPORTS_CHANGED,
    /// A wake returns how many threads it woke and never [Futex#UNKNOWN].
    REPORTS_WOKEN_COUNT,
    /// `wake(word, n)` wakes at most `n` waiters, so no thundering herd for `1 < n < all`.
    WAKE_COUNT,
    /// [Futex#waitAny] works.
    WAIT_ANY,
    /// [Futex#waitAsync] works.
    ASYNC,
    /// A timed wait of a platform thread ends within the timer's own error, not within the
    /// system's timer slack (50 us by default on Linux).
    PRECISE_TIMEOUT
}
