package io.futex.macos;

import io.futex.spi.FutexBackend;
import io.futex.spi.FutexBackendProvider;

/// Makes the macOS backend over the shim library the one of a whole program, as if this were macOS. Registered on the
/// class path of that program alone.
public final class ShimProvider implements FutexBackendProvider {
    static final String NAME = "shim";

    /// For the service loader.
    public ShimProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public FutexBackend create(String binding) {
        return ShimProgram.backend();
    }
}
