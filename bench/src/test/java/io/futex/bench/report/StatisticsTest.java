package io.futex.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class StatisticsTest {
    @Test
    void medianOfOddAndEvenCounts() {
        assertThat(Figure.median("", 3, 1, 2).value()).isEqualTo(2);
        assertThat(Figure.median("", 4, 1, 2, 3).value()).isEqualTo(2.5);
    }

    @Test
    void figureKeepsTheRangeOfTheRounds() {
        Figure figure = Figure.median("x", 5, 9, 7);
        assertThat(figure.lowest()).isEqualTo(5);
        assertThat(figure.highest()).isEqualTo(9);
    }

    @Test
    void quantileLiesBetweenSamples() {
        double[] samples = {40, 10, 30, 20};
        assertThat(Statistics.quantileOf(samples, 0)).isEqualTo(10);
        assertThat(Statistics.quantileOf(samples, 1)).isEqualTo(40);
        assertThat(Statistics.quantileOf(samples, 0.99)).isCloseTo(39.7, within(1e-9));
        assertThat(samples).containsExactly(40, 10, 30, 20);
    }

    @Test
    void infinityStaysInfinity() {
        double none = Double.POSITIVE_INFINITY; // one thread of a window got nothing
        assertThat(Figure.median("", none).value()).isEqualTo(none);
        assertThat(Figure.median("", 1, none).value()).isEqualTo(none);
        assertThat(Unit.RATIO.format(none)).isEqualTo("∞");
    }

    @Test
    void geometricMeanOfAFactorAndItsInverseIsOne() {
        assertThat(Statistics.geometricMean(2, 0.5)).isCloseTo(1, within(1e-12));
    }
}
