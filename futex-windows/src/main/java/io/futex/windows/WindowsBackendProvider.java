package io.futex.windows;

import io.futex.spi.BackendUnavailableException;
import io.futex.spi.Binding;
import io.futex.spi.FutexBackend;
import io.futex.spi.FutexBackendProvider;
import org.jspecify.annotations.Nullable;

/// The backend `windows`, found by [java.util.ServiceLoader].
public final class WindowsBackendProvider implements FutexBackendProvider {
    /// For the service loader.
    public WindowsBackendProvider() {}

    @Override
    public String name() {
        return "windows";
    }

    @Override
    public FutexBackend create(@Nullable String binding) throws BackendUnavailableException {
        String system = System.getProperty("os.name", "");
        if (!system.startsWith("Windows")) {
            throw new BackendUnavailableException("needs Windows; this is " + system);
        }
        return new WindowsBackend(calls(binding), LastError.WINDOWS);
    }

    private static WindowsCalls calls(@Nullable String binding) throws BackendUnavailableException {
        Binding chosen = Binding.of(binding);
        try {
            return chosen == Binding.FFM ? FfmWindowsCalls.ofSystem() : new JnaWindowsCalls();
        } catch (LinkageError | IllegalCallerException e) {
            throw chosen.failure(WindowsBackend.class, e);
        }
    }
}
