package io.futex.internal;

import io.futex.Futex;
import java.util.List;
import java.util.Map;

/// The choice of this process, made once on first use.
public final class Backends {
    private Backends() {}

    /// As [Futex#local()].
    public static Futex local() {
        return Holder.SELECTION.orThrow().local();
    }

    /// As [Futex#shared()].
    public static Futex shared() {
        return Holder.SELECTION.orThrow().shared();
    }

    /// As [Futex#available()].
    public static List<Futex> available() {
        return Catalog.get().available();
    }

    /// As [Futex#unavailable()].
    public static Map<String, String> unavailable() {
        return Catalog.get().unavailable();
    }

    /// The choice does not throw, and keeps what is wrong with the request: an exception out of a class initialiser
    /// would be told once and be a NoClassDefFoundError ever after.
    private static final class Holder {
        static final Selection SELECTION =
                Selection.choose(System.getProperty("io.futex.backend"), System.getProperty("io.futex.binding"));
    }
}
