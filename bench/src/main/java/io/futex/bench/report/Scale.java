package io.futex.bench.report;

import java.util.ArrayList;
import java.util.List;

/// An axis from left to right.
///
/// @param unit of the values
/// @param from the value at the left end
/// @param to the value at the right end
/// @param logarithmic whether equal steps are equal factors
/// @param left where the axis begins
/// @param width how long it is
record Scale(Unit unit, double from, double to, boolean logarithmic, double left, double width) {
    /// From here on equal steps would leave the lower values on one heap.
    private static final double MOST_LINEAR = 20;

    /// So many labels have room beside each other.
    private static final int MOST_TICKS = 8;

    /// An axis with room for all these values, of which there is one at least.
    static Scale of(Unit unit, List<Double> values, double left, double width) {
        double least = values.stream().mapToDouble(Double::doubleValue).min().orElse(1);
        double most = values.stream().mapToDouble(Double::doubleValue).max().orElse(1);
        return least > 0 && most / least > MOST_LINEAR
                ? new Scale(unit, least / 1.3, most * 1.3, true, left, width)
                : new Scale(unit, Math.min(0, least), most > 0 ? most * 1.05 : 1, false, left, width);
    }

    /// Where a value stands.
    double at(double value) {
        double part = logarithmic ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
        return left + width * part;
    }

    /// The values to be written below the axis.
    List<Double> ticks() {
        if (!logarithmic) {
            return steps((to - from) / MOST_TICKS);
        }
        List<Double> fine = powers(1, 2, 5);
        return fine.size() <= MOST_TICKS ? fine : powers(1);
    }

    private List<Double> powers(int... digits) {
        List<Double> all = new ArrayList<>();
        for (int power = (int) Math.floor(Math.log10(from)); power <= Math.log10(to); power++) {
            for (int digit : digits) {
                double value = digit * Math.pow(10, power);
                if (value >= from && value <= to) {
                    all.add(value);
                }
            }
        }
        return all;
    }

    /// Multiples of the next of 1, 2, 5, 10, …
    private List<Double> steps(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        double step = power * (least <= power ? 1 : least <= 2 * power ? 2 : least <= 5 * power ? 5 : 10);
        List<Double> all = new ArrayList<>();
        for (int i = (int) Math.ceil(from / step); i * step <= to; i++) {
            all.add(i * step);
        }
        return all;
    }

    /// A value as it is written below the axis, without zeros behind the point.
    String label(double value) {
        return unit.format(value).replaceFirst("\\.0+(?= |$)", "");
    }
}
