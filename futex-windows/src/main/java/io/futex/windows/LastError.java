package io.futex.windows;

/// The error codes that WaitOnAddress knows (winerror.h).
final class LastError {
    static final int ERROR_SUCCESS = 0;
    static final int ERROR_NOT_ENOUGH_MEMORY = 8;
    static final int ERROR_INVALID_PARAMETER = 87;
    static final int ERROR_NOACCESS = 998;
    static final int ERROR_TIMEOUT = 1460;

    private LastError() {}

    /// The name and what it says of WaitOnAddress.
    static String describe(int error) {
        return switch (error) {
            case ERROR_SUCCESS -> "ERROR_SUCCESS (0): the call failed and does not say why";
            case ERROR_NOT_ENOUGH_MEMORY -> "ERROR_NOT_ENOUGH_MEMORY (8): the system has no memory for the wait";
            case ERROR_INVALID_PARAMETER -> "ERROR_INVALID_PARAMETER (87): the size of the word was refused";
            case ERROR_NOACCESS -> "ERROR_NOACCESS (998): the word cannot be read; was its file truncated?";
            case ERROR_TIMEOUT -> "ERROR_TIMEOUT (1460): the time is over";
            default -> "last error " + error;
        };
    }
}
