package io.futex.internal;

import io.futex.Capability;
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
/// @param denied the flag that would make a native one usable, for people; null if that is not what is missing
record Catalog(
        Map<String, Scopes> natives,
        Map<String, String> unavailable,
        @Nullable String denied) {
    /// A class path that cannot be read fails at every step, and never comes to an end.
    private static final int MOST_FAILURES = 100;

    private static final List<String> KNOWN = List.of("linux", "macos", "windows");

    /// Both futexes of one backend.
    record Scopes(Futex local, Futex shared) {}

    /// What needs no native access. Made even if nothing else is, so that asking for it touches nothing native.
    static final Scopes PORTABLE = new Scopes(LocalEngine.portable(), new PollingEngine(null));

    /// The catalog of this process.
    static Catalog get() {
        return Holder.CATALOG;
    }

    /// @param binding `ffm`, `jna`, or null for the backends' own choice
    static Catalog load(@Nullable String binding) {
        Map<String, Scopes> natives = new LinkedHashMap<>();
        Map<String, String> unavailable = new LinkedHashMap<>();
        String denied = null;
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
                if (e.isNativeAccessDenied()) {
                    denied = name + ": " + e.getMessage();
                }
            } catch (ServiceConfigurationError | RuntimeException | LinkageError e) {
                failures++;
                // A broken backend must not take the portable one down with it; the reason stays visible.
                unavailable.put(name, e.toString());
            }
        }
        for (String name : KNOWN) {
            if (!natives.containsKey(name) && !unavailable.containsKey(name)) {
                unavailable.put(name, "not on the class path or module path; add io.futex:futex-".concat(name));
            }
        }
        return new Catalog(natives, Collections.unmodifiableMap(unavailable), denied);
    }

    private static Scopes scopes(FutexBackend backend) {
        Futex local = LocalEngine.over(backend);
        boolean sharedByTheSystem = backend.capabilities(true).contains(Capability.PROCESS_SHARED);
        return new Scopes(local, sharedByTheSystem ? new SharedEngine(backend) : new PollingEngine(backend));
    }

    List<Futex> available() {
        List<Futex> available = new ArrayList<>();
        for (Scopes scopes : natives.values()) {
            available.add(scopes.local());
            available.add(scopes.shared());
        }
        available.add(PORTABLE.local());
        available.add(PORTABLE.shared());
        return Collections.unmodifiableList(available);
    }

    private static final class Holder {
        static final Catalog CATALOG = load(Selection.requestedBinding());
    }
}
