package io.futex.spi;

import org.jspecify.annotations.Nullable;

/// Makes a backend, or says why there is none here. Found by [java.util.ServiceLoader].
///
/// Constructing a provider, and asking its name, must touch nothing native: every provider on the class path is
/// constructed on every operating system.
public interface FutexBackendProvider {
    /// The name of the backend, as `-Dio.futex.backend` takes it.
    ///
    /// @return the name, in lower case
    String name();

    /// Links and probes the native calls. Called on first use of the library, and again, for each binding, where a
    /// binding was asked for that cannot be had: the message then lists those that can.
    ///
    /// @param binding `ffm`, `jna`, or null for the provider's own choice
    /// @return the usable backend
    /// @throws BackendUnavailableException when it cannot be used on this machine; any other exception is a bug
    FutexBackend create(@Nullable String binding) throws BackendUnavailableException;
}
