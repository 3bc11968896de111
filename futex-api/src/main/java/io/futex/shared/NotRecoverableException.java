package io.futex.shared;

/// A [RobustMutex] that nobody can get any more: its owner died, and the next one let go of it without having called
/// [RobustMutex#markConsistent()]. What it guards is damaged; the memory must be made anew.
public class NotRecoverableException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /// @param message which lock
    public NotRecoverableException(String message) {
        super(message);
    }
}
