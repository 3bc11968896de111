package io.futex.bench.peer;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What was measured: lines `name value ...`.
public final class Reply {
    private final Map<String, double[]> values = new LinkedHashMap<>();

    /// Reads what [#lines] writes.
    public static Reply parse(List<String> lines) {
        Reply reply = new Reply();
        for (String line : lines) {
            String[] words = line.strip().split(" +", -1);
            reply.put(
                    words[0],
                    Arrays.stream(words)
                            .skip(1)
                            .mapToDouble(Double::parseDouble)
                            .toArray());
        }
        return reply;
    }

    /// Adds a figure, or all samples of one.
    public void put(String name, double... all) {
        values.put(name, all.clone());
    }

    /// The samples of a figure; none if it was not measured.
    public double[] samples(String name) {
        return values.getOrDefault(name, new double[0]).clone();
    }

    /// One line a figure.
    public List<String> lines() {
        return values.entrySet().stream()
                .map(entry -> Arrays.stream(entry.getValue())
                        .mapToObj(Double::toString)
                        .collect(Collectors.joining(" ", entry.getKey() + " ", "")))
                .toList();
    }
}
