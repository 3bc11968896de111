package io.futex.examples;

import io.futex.sync.Once;
import java.util.Map;
import java.util.function.Supplier;

/// What is dear to make is made once, by the first thread that asks for it; the others wait for that one.
public final class LazySettings {
    private final Supplier<Map<String, String>> settings = Once.supplier(this::load);
    private int loads;

    /// Loads nothing yet.
    public LazySettings() {}

    /// Prints a setting, and how often all of them were loaded.
    public static void main(String[] args) {
        LazySettings lazy = new LazySettings();
        System.out.println("colour: " + lazy.get("colour") + ", size: " + lazy.get("size"));
        System.out.println("loaded " + lazy.loads() + " time");
    }

    /// Returns a setting, and loads all of them if nobody has.
    ///
    /// @param name of a setting
    /// @return its value
    public String get(String name) {
        return settings.get().getOrDefault(name, "");
    }

    /// How often the settings were loaded.
    ///
    /// @return 0 or 1
    public int loads() {
        return loads;
    }

    /// If this throws, so does the `get` that came first, and the next one tries again.
    private Map<String, String> load() {
        loads++; // plain: a body runs alone, and everybody sees what it did
        return Map.of("colour", "green", "size", "large");
    }
}
