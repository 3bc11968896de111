package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.Capability;
import io.futex.Futex;
import io.futex.contract.ForkedJvm;
import io.futex.contract.Scale;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two JVMs over one mapped file.
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TwoJvmsTest {
    @TempDir
    private Path directory;

    @Test
    void passAWordToAndFro() throws Exception {
        int rounds = Scale.of(20_000, 2_000_000);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = PingPongProgram.map(directory.resolve("words"), arena);
            Waiter own = Waiter.platform(() -> {
                PingPongProgram.play(Futex.shared(), memory, 0, rounds);
                return "done";
            });
            assertThat(child(rounds).run().output()).isEmpty();
            assertThat(own.result()).isEqualTo("done");
            assertThat(PingPongProgram.get(memory)).isEqualTo(2 * rounds);
        }
    }

    /// A child that sleeps in the kernel is woken from here, and counted.
    @Test
    void aWakeReachesTheOtherProcess() throws Exception {
        Futex futex = Futex.shared();
        assertThat(futex.capabilities()).contains(Capability.PROCESS_SHARED, Capability.REPORTS_WOKEN_COUNT);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = PingPongProgram.map(directory.resolve("words"), arena);
            PingPongProgram.set(memory, -7); // nobody's turn
            Process child = child(1).start(directory.resolve("out"), directory.resolve("err"));
            try {
                long deadline = System.nanoTime() + Waiter.WATCHDOG_NANOS;
                while (futex.wakeOne(memory, PingPongProgram.WORD) != 1) { // it looks, and sleeps again
                    assertThat(child.isAlive()).isTrue();
                    assertThat(System.nanoTime()).isLessThan(deadline);
                    Thread.onSpinWait();
                }
                memory.set(java.lang.foreign.ValueLayout.JAVA_LONG, PingPongProgram.DATA, 1);
                PingPongProgram.set(memory, 1);
                int woken = futex.wakeAll(memory, PingPongProgram.WORD);
                assertThat(woken).isIn(0, 1);
                assertThat(child.waitFor(1, TimeUnit.MINUTES)).isTrue();
                assertThat(child.exitValue()).isZero();
                assertThat(PingPongProgram.get(memory)).isEqualTo(2);
            } finally {
                child.destroyForcibly();
            }
        }
    }

    private ForkedJvm child(int rounds) {
        return ForkedJvm.java(
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                ClassPath.ofTests(),
                PingPongProgram.class.getName(),
                directory.resolve("words").toString(),
                "1",
                String.valueOf(rounds));
    }
}
