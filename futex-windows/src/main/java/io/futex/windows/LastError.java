package io.futex.windows;

/// The error codes that WaitOnAddress knows.
///
/// @param success the call failed and does not say why
/// @param notEnoughMemory the system has no memory for the wait
/// @param invalidParameter the size of the word was refused
/// @param noAccess the word cannot be read
/// @param timeout the time is over
record LastError(int success, int notEnoughMemory, int invalidParameter, int noAccess, int timeout) {
    /// winerror.h.
    static final LastError WINDOWS = new LastError(0, 8, 87, 998, 1460);

    /// The name and what it says of WaitOnAddress.
    String describe(int error) {
        if (error == success) {
            return "ERROR_SUCCESS (" + error + "): the call failed and does not say why";
        } else if (error == notEnoughMemory) {
            return "ERROR_NOT_ENOUGH_MEMORY (" + error + "): the system has no memory for the wait";
        } else if (error == invalidParameter) {
            return "ERROR_INVALID_PARAMETER (" + error + "): the size of the word was refused";
        } else if (error == noAccess) {
            return "ERROR_NOACCESS (" + error + "): the word cannot be read; was its file truncated?";
        } else if (error == timeout) {
            return "ERROR_TIMEOUT (" + error + "): the time is over";
        }
        return "last error " + error;
    }
}
