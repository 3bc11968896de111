package io.futex.bench.report;

import java.util.Arrays;

/// Medians and means.
public final class Statistics {
    private Statistics() {}

    /// A quantile, between two samples the weighted mean of both.
    ///
    /// @param sorted at least one sample, ascending
    /// @param fraction 0 to 1
    public static double quantile(double[] sorted, double fraction) {
        double at = fraction * (sorted.length - 1);
        int below = (int) at;
        int above = Math.min(below + 1, sorted.length - 1);
        double weight = at - below;
        return weight == 0
                ? sorted[below]
                : sorted[below] * (1 - weight) + sorted[above] * weight; // either may be infinite
    }

    /// The quantile of samples in any order.
    public static double quantileOf(double[] samples, double fraction) {
        double[] sorted = samples.clone();
        Arrays.sort(sorted);
        return quantile(sorted, fraction);
    }

    /// The geometric mean of positive numbers.
    public static double geometricMean(double... factors) {
        return Math.exp(Arrays.stream(factors).map(Math::log).average().orElse(Double.NaN));
    }
}
