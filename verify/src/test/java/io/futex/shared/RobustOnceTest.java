package io.futex.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Waiter;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RobustOnceTest {
    private final AtomicInteger runs = new AtomicInteger();
    private RobustOnce once;
    private RobustMutex within;

    @BeforeEach
    void map(@TempDir Path directory) throws IOException {
        var memory = RobustProgram.map(directory.resolve("once"), Arena.ofAuto());
        once = RobustOnce.over(memory, 0);
        within = RobustMutex.over(memory, 0);
    }

    @Test
    void runsOnce() {
        assertThat(once).hasToString("RobustOnce[new]");
        once.run(runs::incrementAndGet);
        once.run(runs::incrementAndGet);
        assertThat(runs).hasValue(1);
        assertThat(once.isDone()).isTrue();
        assertThat(once).hasToString("RobustOnce[done]");
        assertThat(Waiter.virtual(() -> {
                            once.run(runs::incrementAndGet);
                            return runs.get();
                        })
                        .result())
                .isEqualTo(1);
    }

    @Test
    void aBodyThatThrowsHasNotRun() {
        assertThatThrownBy(() -> once.run(() -> {
                    throw new IllegalStateException("mine");
                }))
                .hasMessage("mine");
        assertThatThrownBy(() -> once.run(() -> once.run(runs::incrementAndGet)))
                .hasMessageContaining("would wait for itself");
        assertThat(once.isDone()).isFalse();
        once.run(runs::incrementAndGet);
        assertThat(runs).hasValue(1);
    }

    /// After a body that has not run.
    @Test
    void theOneThatWaitsRunsItsOwn() {
        assertThat(within.lock()).isEqualTo(RobustMutex.Outcome.ACQUIRED);
        Waiter waiter = Waiter.platform(() -> {
                    once.run(runs::incrementAndGet);
                    return null;
                })
                .awaitAsleep(RobustProgram.word(within));
        within.unlock();
        assertThat(waiter.result()).isNull();
        assertThat(runs).hasValue(1);
    }

    @Test
    void aBodyWhoseThreadEndsIsRunAgain() {
        Waiter dead = Waiter.platform(within::lock);
        assertThat(dead.result()).isEqualTo(RobustMutex.Outcome.ACQUIRED);
        once.run(runs::incrementAndGet); // waits for the system, if that has not seen it yet
        assertThat(runs).hasValue(1);
        assertThat(once.isDone()).isTrue();
    }
}
