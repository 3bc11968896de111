package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
import io.futex.contract.ForkedJvm;
import io.futex.contract.Scale;
import io.futex.contract.Waiter;
import io.futex.sync.RwMutex;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Two JVMs and one read-write lock in a mapped file.
@SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RwMutexTwoJvmsTest {
    @TempDir
    private Path directory;

    private final long seed = System.nanoTime();

    @Test
    void writersAreAloneInBothProcesses() throws Exception {
        int rounds = Scale.of(10_000, 2_000_000);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = RwMutexProgram.map(directory.resolve("words"), arena);
            List<Waiter> own = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                long each = seed + i;
                own.add(Waiter.platform(() -> RwMutexProgram.play(memory, each, rounds)));
            }
            long written = Long.parseLong(child(String.valueOf(seed - 1), String.valueOf(rounds))
                    .run()
                    .output());
            for (Waiter each : own) {
                written += (long) each.result();
            }
            assertThat(RwMutexProgram.written(memory)).as("seed %d", seed).isEqualTo(written);
            RwMutex mutex = RwMutex.shared(memory, RwMutexProgram.LOCK);
            assertThat(mutex.writeLock().tryLock())
                    .as("seed %d: %s", seed, mutex)
                    .isTrue();
        }
    }

    /// A writer that was killed while it slept stops nobody for longer than those who hold the lock.
    @Test
    void killedSleeperIsForgotten() throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = RwMutexProgram.map(directory.resolve("words"), arena);
            RwMutex mutex = RwMutex.shared(memory, RwMutexProgram.LOCK);
            mutex.readLock().lock();
            Process child = child().start(directory.resolve("out"), directory.resolve("err"));
            try {
                Await.until("the child waits", () -> {
                    assertThat(child.isAlive()).isTrue();
                    return mutex.toString().contains("writers wait");
                });
            } finally {
                child.destroyForcibly().waitFor();
            }
            Waiter reader = Waiter.platform(() -> {
                mutex.readLock().lock();
                mutex.readLock().unlock();
                return null;
            });
            Await.until("the reader waits", () -> mutex.toString().contains("readers wait"));
            mutex.readLock().unlock();
            reader.result();
            mutex.writeLock().lock();
            mutex.writeLock().unlock();
            assertThat(mutex).hasToString("RwMutex[open]");
        }
    }

    private ForkedJvm child(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                ClassPath.ofTests(),
                RwMutexProgram.class.getName(),
                directory.resolve("words").toString()));
        command.addAll(Arrays.asList(arguments));
        return ForkedJvm.java(command.toArray(String[]::new));
    }
}
