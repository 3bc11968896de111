package io.futex.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.futex.channel.ChannelClosedException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChannelsTest {
    @Test
    void pipeline() throws InterruptedException {
        assertThat(Pipeline.sumOfSquares(100, 1)).isEqualTo(338_350);
        assertThat(Pipeline.sumOfSquares(100, 8)).isEqualTo(338_350);
    }

    @Test
    void workerPool() {
        WorkerPool<Integer, Boolean> pool = new WorkerPool<>(3, WorkerPool::isPrime);
        assertThat(WorkerPool.primesBelow(1000, pool)).isEqualTo(168);
        assertThatExceptionOfType(ChannelClosedException.class).isThrownBy(() -> pool.submit(1009));
        assertThat(pool.results()).isEmpty();
    }

    /// The first come at once, and each of the others a period later at the earliest.
    @Test
    void rateLimiter() throws InterruptedException {
        assertThat(RateLimiter.run(5, 2, Duration.ofMillis(20))).isGreaterThanOrEqualTo(Duration.ofMillis(60));
        assertThat(RateLimiter.run(3, 3, Duration.ofHours(1))).isLessThan(Duration.ofMinutes(1));
    }

    @Test
    void crosswiseSelect() throws InterruptedException {
        assertThat(CrosswiseSelect.run(200)).isEqualTo(200);
    }
}
