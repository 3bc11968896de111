package io.futex.internal;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which backend serves [io.futex.Futex#local()] and [io.futex.Futex#shared()] in this process.
///
/// @param scopes null if a request cannot be met
/// @param failure the request that cannot be met, for people; else null
record Selection(Catalog.@Nullable Scopes scopes, @Nullable String failure) {
    private static final String PORTABLE = "portable";
    private static final String POLLING = "polling";
    private static final List<String> BINDINGS = List.of("ffm", "jna");

    /// What `-Dio.futex.binding` asks for, if there is such a binding; else null.
    static @Nullable String requestedBinding() {
        String binding = System.getProperty("io.futex.binding");
        return binding != null && BINDINGS.contains(binding) ? binding : null;
    }

    /// @param backend the name that was asked for, or null
    /// @param binding the binding that was asked for, or null
    static Selection choose(@Nullable String backend, @Nullable String binding) {
        if (binding != null && !BINDINGS.contains(binding)) {
            return failed("-Dio.futex.binding=" + binding + ": unknown; " + bindings());
        }
        if (PORTABLE.equals(backend) || POLLING.equals(backend)) {
            return new Selection(Catalog.PORTABLE, null); // touches nothing native
        }
        Catalog catalog = Catalog.get();
        if (backend != null) {
            Catalog.Scopes asked = catalog.natives().get(backend);
            return asked != null ? new Selection(asked, null) : failed(refusal(backend, catalog));
        }
        for (Catalog.Scopes first : catalog.natives().values()) {
            return new Selection(first, null);
        }
        if (binding != null) {
            return failed("-Dio.futex.binding=" + binding + ": not usable here; " + bindings());
        }
        if (catalog.denied() != null) {
            System.getLogger("io.futex")
                    .log(
                            System.Logger.Level.WARNING,
                            "futex falls back to the backend portable, and polls shared words: " + catalog.denied());
        }
        return new Selection(Catalog.PORTABLE, null);
    }

    Catalog.Scopes orThrow() {
        if (scopes == null) {
            throw new IllegalStateException(failure);
        }
        return scopes;
    }

    private static Selection failed(String why) {
        return new Selection(null, why);
    }

    /// Which bindings work here, and why the others do not. Tries each, which is done for nobody but a reader of the
    /// message.
    private static String bindings() {
        StringBuilder usable = new StringBuilder();
        StringBuilder others = new StringBuilder();
        for (String binding : BINDINGS) {
            Catalog catalog = Catalog.load(binding);
            if (catalog.natives().isEmpty()) {
                others.append("; not usable: ")
                        .append(binding)
                        .append(", since ")
                        .append(catalog.unavailable());
            } else {
                usable.append(usable.isEmpty() ? "" : ", ").append(binding);
            }
        }
        return "usable: " + (usable.isEmpty() ? "none" : usable) + others;
    }

    private static String refusal(String backend, Catalog catalog) {
        StringBuilder usable = new StringBuilder();
        for (String name : catalog.natives().keySet()) {
            usable.append(name).append(", ");
        }
        usable.append(PORTABLE).append(", ").append(POLLING);
        return "-Dio.futex.backend=" + backend + ": "
                + (catalog.unavailable().containsKey(backend) ? "not usable here" : "unknown") + "; usable: " + usable
                + "; not usable: " + catalog.unavailable();
    }
}
