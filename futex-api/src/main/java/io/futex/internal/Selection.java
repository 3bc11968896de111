package io.futex.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Which backend serves [io.futex.Futex#local()] and [io.futex.Futex#shared()] in this process.
///
/// @param scopes null if a request cannot be met
/// @param failure the request that cannot be met, for people; else null
/// @param warning what a user should know of a choice that nobody has asked for; else null
record Selection(
        Catalog.@Nullable Scopes scopes,
        @Nullable String failure,
        @Nullable String warning) {
    private static final String PORTABLE = "portable";
    private static final String POLLING = "polling";
    private static final String NATIVE = "native";

    /// @param backend the name that was asked for, or null
    /// @param binding the binding that was asked for, or null
    /// @param require `native` to fail rather than to fall back, or null
    static Selection choose(@Nullable String backend, @Nullable String binding, @Nullable String require) {
        if (binding != null && !Catalog.BINDINGS.contains(binding)) {
            return failed("-Dio.futex.binding=" + binding + ": unknown; " + bindings());
        }
        if (require != null && !require.equals(NATIVE)) {
            return failed("-Dio.futex.require=" + require + ": unknown; known: " + NATIVE);
        }
        if (PORTABLE.equals(backend) || POLLING.equals(backend)) {
            return require == null
                    ? new Selection(Catalog.portable(), null, null) // touches nothing native
                    : failed("-Dio.futex.require=native: -Dio.futex.backend=" + backend + " is not");
        }
        Catalog catalog = Catalog.get();
        if (backend != null) {
            Catalog.Scopes asked = catalog.natives().get(backend);
            String why = catalog.unavailable().containsKey(backend) ? "not usable here" : "unknown";
            return asked != null
                    ? new Selection(asked, null, null)
                    : failed("-Dio.futex.backend=" + backend + ": " + why + "; " + usable(catalog));
        }
        for (Catalog.Scopes first : catalog.natives().values()) {
            return new Selection(first, null, null);
        }
        if (binding != null) {
            return failed("-Dio.futex.binding=" + binding + ": not usable here; " + bindings());
        }
        if (require != null) {
            return failed("-Dio.futex.require=native: nothing native is usable here; " + usable(catalog));
        }
        return new Selection(Catalog.portable(), null, warning(catalog));
    }

    Catalog.Scopes orThrow() {
        if (scopes == null) {
            throw new IllegalStateException(failure);
        }
        return scopes;
    }

    private static Selection failed(String why) {
        return new Selection(null, why, null);
    }

    /// Null where the system has no backend of its own.
    private static @Nullable String warning(Catalog catalog) {
        String system =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).replace(" ", "");
        for (String name : Catalog.KNOWN) {
            if (system.startsWith(name)) {
                return "futex falls back to the backend portable, and polls shared words: " + name + ": "
                        + catalog.unavailable().get(name);
            }
        }
        return null;
    }

    /// Which bindings work here, and why the others do not. Tries each, which is done for nobody but a reader of the
    /// message.
    private static String bindings() {
        List<String> usable = new ArrayList<>();
        StringBuilder others = new StringBuilder();
        for (String binding : Catalog.BINDINGS) {
            Catalog catalog = Catalog.load(binding);
            if (catalog.natives().isEmpty()) {
                others.append("; not usable: " + binding + ", since " + catalog.unavailable());
            } else {
                usable.add(binding);
            }
        }
        return "usable: " + (usable.isEmpty() ? "none" : String.join(", ", usable)) + others;
    }

    private static String usable(Catalog catalog) {
        List<String> usable = new ArrayList<>(catalog.natives().keySet());
        usable.addAll(List.of(PORTABLE, POLLING));
        return "usable: " + String.join(", ", usable) + "; not usable: " + catalog.unavailable();
    }
}
