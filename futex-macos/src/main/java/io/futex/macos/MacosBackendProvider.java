package io.futex.macos;

import io.futex.spi.BackendUnavailableException;
import io.futex.spi.Binding;
import io.futex.spi.FutexBackend;
import io.futex.spi.FutexBackendProvider;
import org.jspecify.annotations.Nullable;

/// The backend `macos`, found by [java.util.ServiceLoader].
public final class MacosBackendProvider implements FutexBackendProvider {
    /// For the service loader.
    public MacosBackendProvider() {}

    @Override
    public String name() {
        return "macos";
    }

    @Override
    public FutexBackend create(@Nullable String binding) throws BackendUnavailableException {
        String system = System.getProperty("os.name", "");
        if (!system.startsWith("Mac OS X") && !system.startsWith("Darwin")) {
            throw new BackendUnavailableException("needs macOS; this is " + system);
        }
        return MacosBackend.probe(calls(binding), Errno.DARWIN);
    }

    private static MacosCalls calls(@Nullable String binding) throws BackendUnavailableException {
        Binding chosen = Binding.of(binding);
        try {
            return chosen == Binding.FFM ? FfmMacosCalls.ofSystem() : JnaMacosCalls.ofSystem();
        } catch (LinkageError | IllegalCallerException e) {
            throw chosen.failure(MacosBackend.class, e);
        }
    }
}
