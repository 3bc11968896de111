package io.futex.bench.report;

import java.util.Locale;

/// What a figure counts, and whether less of it is better.
public enum Unit {
    /// Time, held in nanoseconds.
    TIME(true),
    /// Operations a second.
    RATE(false),
    /// Memory, held in bytes.
    BYTES(true),
    /// A part of a whole, of which less is better.
    PERCENT(true),
    /// A plain number of which less is better.
    RATIO(true),
    /// A plain number of which more is better.
    FACTOR(false);

    private final boolean lessIsBetter;

    Unit(boolean lessIsBetter) {
        this.lessIsBetter = lessIsBetter;
    }

    /// How many times better a figure is than another one; above 1 it is better.
    public double advantage(double ours, double other) {
        return lessIsBetter ? other / ours : ours / other;
    }

    /// Where ours would be if it were this many times better; below 1, worse.
    double better(double ours, double times) {
        return lessIsBetter ? ours / times : ours * times;
    }

    boolean lessIsBetter() {
        return lessIsBetter;
    }

    /// The figure with its unit, in three digits.
    public String format(double value) {
        return switch (this) {
            case TIME -> scaled(value, 1000, "ns", "us", "ms", "s");
            case RATE -> scaled(value, 1000, "/s", "k/s", "M/s", "G/s");
            case BYTES -> scaled(value, 1024, "B", "KiB", "MiB", "GiB");
            case PERCENT -> digits(value) + " %";
            case RATIO, FACTOR -> digits(value);
        };
    }

    /// A plain number in three digits.
    public static String digits(double value) {
        if (Double.isInfinite(value)) {
            return "∞";
        }
        double size = Math.abs(value);
        String format = size >= 99.95 || value == 0 ? "%.0f" : size >= 9.995 ? "%.1f" : "%.2f";
        return String.format(Locale.ROOT, format, value);
    }

    private static String scaled(double value, double step, String... names) {
        int scale = 0;
        double rest = value;
        while (scale < names.length - 1 && Math.abs(rest) >= step * 0.9995) {
            rest /= step;
            scale++;
        }
        return digits(rest) + " " + names[scale];
    }
}
