package io.futex.bench.report;

/// What a row must reach.
///
/// @param text the goal in words
/// @param verdict whether it was reached
/// @param reached how much of it: 1 is just enough, 0.5 is half as good; NaN if one of the two figures is missing
public record Goal(String text, Verdict verdict, double reached) {
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
        return of(text, value / bound);
    }

    /// A value must not exceed a bound.
    public static Goal atMost(String text, double value, double bound) {
        return of(text, bound / value);
    }

    private static Goal of(String text, double reached) {
        return new Goal(
                text, Double.isNaN(reached) ? Verdict.UNKNOWN : reached >= 1 ? Verdict.MET : Verdict.MISSED, reached);
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
