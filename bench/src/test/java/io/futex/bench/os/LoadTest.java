package io.futex.bench.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.Test;

class LoadTest {
    @Test
    void whatIsNotOursIsForeign() {
        Load then = new Load(1e9, 2e9, 1_000_000_000);
        Load now = new Load(2.5e9, 3e9, 3_000_000_000L);
        assertThat(now.foreignSince(then)).isEqualTo(0.25);
        assertThat(now.foreignSince(new Load(Double.NaN, 2e9, 1_000_000_000))).isNaN();
    }

    @Test
    void theSystemCountsWhatThisProcessDoes() {
        Load then = Load.now();
        assumeTrue(!Double.isNaN(then.busyNanos()), "Linux alone tells");
        Load now = Load.now();
        while (now.ownNanos() - then.ownNanos() < 200_000_000) {
            now = Load.now();
        }
        // But for a step of each processor.
        assertThat(now.busyNanos() - then.busyNanos())
                .isGreaterThan(200_000_000 - 10_000_000.0 * Runtime.getRuntime().availableProcessors());
    }
}
