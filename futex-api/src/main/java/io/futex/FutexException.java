package io.futex;

/// The operating system refused a wait for a reason that has no other meaning in the contract.
///
/// The message names the call, the address, the operation, the value and the error. It points to exhausted kernel
/// memory, to memory that native code has taken away from under the word, or to a bug in this library. A file that was
/// truncated under its map shows otherwise, see [Futex].
public class FutexException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /// @param message what was called, with which operands, and what the system answered
    public FutexException(String message) {
        super(message);
    }

    /// @param message what was called, with which operands, and what went wrong
    /// @param cause the failure below
    public FutexException(String message, Throwable cause) {
        super(message, cause);
    }
}
