package io.futex.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.Futex;
import io.futex.WaitResult;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/// In this package, so that the test runner opens it to JUnit.
final class PollingContractTest extends FutexContract {
    private static final Futex FUTEX = futexOf("polling", true);

    @Override
    protected Futex futex() {
        return FUTEX;
    }

    /// Else a thread that has been interrupted polls without a pause.
    @Test
    void anInterruptBeforeAnUninterruptibleWaitDoesNotShortenTheNaps() {
        MemorySegment word = newWord(5);
        Thread.currentThread().interrupt();
        for (int i = 0; i < 3; i++) {
            long start = System.nanoTime();
            assertThat(FUTEX.waitUninterruptibly(word, 5)).isEqualTo(WaitResult.WOKEN);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(1_000_000);
        }
        assertThat(Thread.interrupted()).isTrue();
    }
}
