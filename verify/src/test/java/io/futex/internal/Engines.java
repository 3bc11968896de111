package io.futex.internal;

import io.futex.Futex;
import io.futex.spi.FutexBackend;

/// The engine over a backend that no provider offers here.
public final class Engines {
    private Engines() {}

    /// The futex for words of this JVM.
    public static Futex local(FutexBackend backend) {
        return Engine.local(backend);
    }

    /// The futex for words in memory that is shared with other processes.
    public static Futex shared(FutexBackend backend) {
        return Engine.shared(backend);
    }
}
