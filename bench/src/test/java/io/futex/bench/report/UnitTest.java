package io.futex.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnitTest {
    @ParameterizedTest
    @CsvSource({
        "TIME, 0, 0 ns",
        "TIME, 4.987, 4.99 ns",
        "TIME, 123.4, 123 ns",
        "TIME, 999.9, 1.00 us",
        "TIME, 12345, 12.3 us",
        "TIME, 2500000000, 2.50 s",
        "TIME, -1500, -1.50 us",
        "RATE, 2280000, 2.28 M/s",
        "BYTES, 40, 40.0 B",
        "BYTES, 2097152, 2.00 MiB",
        "PERCENT, 1.5, 1.50 %",
        "FACTOR, 1.234, 1.23",
    })
    void threeDigits(Unit unit, double value, String text) {
        assertThat(unit.format(value)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"TIME, 10, 30, 3", "RATE, 10, 30, 0.3333333333333333", "BYTES, 4, 48, 12", "FACTOR, 3, 1, 3"})
    void advantageIsAboveOneWhereOursIsBetter(Unit unit, double ours, double other, double advantage) {
        assertThat(unit.advantage(ours, other)).isEqualTo(advantage);
    }
}
