package io.futex.bench.peer;

import java.util.LinkedHashMap;
import java.util.Map;

/// What to measure, in one line that the Java and the C side both read: `experiment name=value ...`.
///
/// @param experiment its name
/// @param values its parameters; values hold no blanks
public record Request(String experiment, Map<String, String> values) {
    /// A request without parameters.
    public static Request of(String experiment) {
        return new Request(experiment, Map.of());
    }

    /// Reads what [#toString] writes.
    public static Request parse(String line) {
        String[] words = line.strip().split(" +", -1);
        Request request = of(words[0]);
        for (int i = 1; i < words.length; i++) {
            int equals = words[i].indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("not name=value: " + words[i]);
            }
            request = request.with(words[i].substring(0, equals), words[i].substring(equals + 1));
        }
        return request;
    }

    /// The same request with one more parameter, or with another value for it.
    public Request with(String name, Object value) {
        Map<String, String> all = new LinkedHashMap<>(values);
        all.put(name, value.toString());
        return new Request(experiment, all);
    }

    /// A parameter that must be there.
    public String text(String name) {
        String value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(experiment + " needs " + name + "=");
        }
        return value;
    }

    /// A parameter that must be there, as a number.
    public long number(String name) {
        return Long.parseLong(text(name));
    }

    /// A parameter that must be there, as a small number.
    public int count(String name) {
        return Math.toIntExact(number(name));
    }

    /// A processor, -1 if it is left to the system.
    public int cpu(String name) {
        return (int) number(name, -1);
    }

    /// A parameter as a number, or what it is when not given.
    public long number(String name, long otherwise) {
        return values.containsKey(name) ? number(name) : otherwise;
    }

    @Override
    public String toString() {
        StringBuilder line = new StringBuilder(experiment);
        values.forEach(
                (name, value) -> line.append(' ').append(name).append('=').append(value));
        return line.toString();
    }
}
