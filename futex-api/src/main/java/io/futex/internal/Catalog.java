package io.futex.internal;

import io.futex.Futex;
import io.futex.spi.BackendUnavailableException;
import io.futex.spi.FutexBackend;
import io.futex.spi.FutexBackendProvider;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/// Every backend there is, tried out once: which work here, and what is wrong with the others.
///
/// @param natives those that reach the system, by name, best first
/// @param unavailable the others, and why not
record Catalog(Map<String, Scopes> natives, Map<String, String> unavailable) {
    /// The ways to call a C function.
    static final List<String> BINDINGS = List.of("ffm", "jna");

    /// The backends that belong to systems, each named as its system is.
    static final List<String> KNOWN = List.of("linux", "macos", "windows");

    /// A class path that cannot be read fails at every step, and never comes to an end.
    private static final int MOST_FAILURES = 100;

    /// Both futexes of one backend.
    record Scopes(Engine local, Engine shared) {}

    private static @Nullable Scopes portable;
    private static @Nullable Catalog ofThisProcess;

    /// What needs no native access; asking for it touches nothing native.
    static synchronized Scopes portable() {
        Scopes scopes = portable;
        if (scopes == null) {
            scopes = new Scopes(Engine.portable(), Engine.polling(null));
            portable = scopes;
        }
        return scopes;
    }

    /// The catalog of this process. A binding that does not exist is the business of [Selection].
    static synchronized Catalog get() {
        Catalog catalog = ofThisProcess;
        if (catalog == null) {
            String binding = System.getProperty("io.futex.binding");
            catalog = load(binding != null && BINDINGS.contains(binding) ? binding : null);
            ofThisProcess = catalog;
        }
        return catalog;
    }

    /// @param binding `ffm`, `jna`, or null for the backends' own choice
    static Catalog load(@Nullable String binding) {
        Map<String, Scopes> natives = new LinkedHashMap<>();
        Map<String, String> unavailable = new LinkedHashMap<>();
        // The loader of this library and not the thread's: which backend a process has must not depend on who asks
        // first.
        Iterator<FutexBackendProvider> providers = ServiceLoader.load(
                        FutexBackendProvider.class, FutexBackendProvider.class.getClassLoader())
                .iterator();
        for (int failures = 0; failures < MOST_FAILURES; ) {
            String name = "?";
            try {
                if (!providers.hasNext()) {
                    break;
                }
                FutexBackendProvider provider = providers.next();
                name = provider.name();
                if (!natives.containsKey(name)) {
                    natives.put(name, scopes(provider.create(binding)));
                }
            } catch (BackendUnavailableException e) {
                unavailable.put(name, String.valueOf(e.getMessage()));
            } catch (ServiceConfigurationError | RuntimeException | LinkageError e) {
                failures++;
                // A broken backend must not take the portable one down with it; the reason stays visible.
                unavailable.put(name, e.toString());
            }
        }
        for (String name : KNOWN) {
            if (!natives.containsKey(name) && !unavailable.containsKey(name)) {
                unavailable.put(
                        name,
                        "not on the class path or module path; add io.futex:futex-" + name
                                + ", or its line of META-INF/services if jars were merged");
            }
        }
        return new Catalog(natives, Collections.unmodifiableMap(unavailable));
    }

    private static Scopes scopes(FutexBackend backend) {
        return new Scopes(Engine.local(backend), Engine.shared(backend));
    }

    List<Futex> available() {
        List<Scopes> all = new ArrayList<>(natives.values());
        all.add(portable());
        List<Futex> available = new ArrayList<>();
        for (Scopes scopes : all) {
            available.add(scopes.local());
            available.add(scopes.shared());
        }
        return Collections.unmodifiableList(available);
    }
}
