package io.futex.bench.report;

import java.util.Arrays;

/// What was measured of one implementation.
///
/// @param who its name in the table; empty for ours
/// @param value the median; NaN if it was not measured
/// @param lowest of the rounds
/// @param highest of the rounds
/// @param absence why it was not measured; else empty
public record Figure(String who, double value, double lowest, double highest, String absence) {
    /// The median of some rounds.
    ///
    /// @param samples one a round, at least one
    public static Figure median(String who, double... samples) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        return new Figure(who, Statistics.quantile(sorted, 0.5), sorted[0], sorted[sorted.length - 1], "");
    }

    /// Not measured.
    public static Figure absent(String who, String why) {
        return new Figure(who, Double.NaN, Double.NaN, Double.NaN, why);
    }

    /// Whether there is a value.
    public boolean isPresent() {
        return !Double.isNaN(value);
    }

    /// The same under another name.
    public Figure named(String name) {
        return new Figure(name, value, lowest, highest, absence);
    }
}
