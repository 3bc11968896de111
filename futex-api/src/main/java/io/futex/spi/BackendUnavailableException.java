package io.futex.spi;

/// This backend cannot be used here; the message says why and, where there is one, the remedy.
public class BackendUnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    /// @param message why this backend cannot be used here
    public BackendUnavailableException(String message) {
        super(message);
    }

    private BackendUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }

    /// The JVM denied native access to the module of the backend.
    ///
    /// @param backend a class of the backend
    /// @param cause the JVM's refusal
    /// @return an exception whose message has the exact flag to add
    public static BackendUnavailableException nativeAccessDenied(Class<?> backend, IllegalCallerException cause) {
        Module module = backend.getModule();
        String name = module.isNamed() ? module.getName() : "ALL-UNNAMED";
        return new BackendUnavailableException(
                "native access is denied; start java with --enable-native-access=" + name, cause);
    }
}
