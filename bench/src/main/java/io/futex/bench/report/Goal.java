package io.futex.bench.report;

/// What a row must reach.
///
/// @param text the goal in words
/// @param verdict whether it was reached
public record Goal(String text, Verdict verdict) {
    /// Whether a goal was reached.
    public enum Verdict {
        /// Reached.
        MET,
        /// Missed.
        MISSED,
        /// One of the two figures is missing.
        UNKNOWN
    }

    /// A value must not fall below a bound.
    public static Goal atLeast(String text, double value, double bound) {
        return new Goal(text, of(value, value >= bound));
    }

    /// A value must not exceed a bound.
    public static Goal atMost(String text, double value, double bound) {
        return new Goal(text, of(value, value <= bound));
    }

    private static Verdict of(double value, boolean met) {
        return Double.isNaN(value) ? Verdict.UNKNOWN : met ? Verdict.MET : Verdict.MISSED;
    }

    /// The goal and its verdict; a miss in capitals, so that it is seen.
    @Override
    public String toString() {
        return text
                + switch (verdict) {
                    case MET -> ": met";
                    case MISSED -> ": MISSED";
                    case UNKNOWN -> ": –";
                };
    }
}
