package io.futex.spi;

/// Why one native wait returned; the engine turns it into a [io.futex.WaitResult] or waits again.
public enum Outcome {
    /// A wake was consumed, or the system cannot tell that it was not.
    WOKEN,
    /// The word did not hold the expected value. No wake was consumed.
    CHANGED,
    /// The system's clock says that the deadline has passed. No wake was consumed.
    TIMED_OUT,
    /// Returned for a reason without meaning to the caller, such as a signal or a capped timeout.
    /// No wake was consumed; wait again.
    EARLY,
    /// The call failed and does not say why. No wake was consumed. If the deadline has passed, that is why; else
    /// [FutexBackend#diagnose] tells.
    FAILED
}
