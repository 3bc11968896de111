package io.futex;

/// Why a wait returned. It is a hint: whatever it says, re-read the word and decide by its value.
public enum WaitResult {
    /// Woken by a wake, or spuriously.
    WOKEN,
    /// The word did not hold the expected value; the thread did not sleep, or not for long.
    CHANGED,
    /// The time is over. Never reported early.
    TIMED_OUT
}
