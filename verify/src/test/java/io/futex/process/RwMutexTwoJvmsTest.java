package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
import io.futex.contract.ForkedJvm;
import io.futex.contract.Scale;
import io.futex.contract.Seed;
import io.futex.contract.Waiter;
import io.futex.sync.RwMutex;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// One read-write lock in a mapped file, between this JVM and another process: a second JVM, or a C program.
@SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RwMutexTwoJvmsTest {
    @TempDir
    private Path directory;

    private final long seed = Seed.VALUE;
    private final List<Process> children = new ArrayList<>();

    @AfterEach
    void end() {
        children.forEach(Process::destroyForcibly);
    }

    enum Peer {
        JVM,
        C
    }

    @ParameterizedTest
    @EnumSource
    void writersAreAloneInBothProcesses(Peer peer) throws Exception {
        int rounds = Scale.of(10_000, 2_000_000);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = RwMutexProgram.map(directory.resolve("words"), arena);
            Process child = start(peer, String.valueOf(seed & Integer.MAX_VALUE), String.valueOf(rounds));
            // A process takes longer to start than threads take for all of it.
            Await.until("the other process writes", () -> !child.isAlive() || RwMutexProgram.written(memory) != 0);
            List<Waiter> own = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                long each = seed + i;
                own.add(Waiter.platform(() -> RwMutexProgram.play(memory, each, rounds)));
            }
            assertThat(child.waitFor(2, TimeUnit.MINUTES)).isTrue();
            assertThat(child.exitValue()).as(Files.readString(err())).isZero();
            long written = Long.parseLong(Files.readString(out()));
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
    @ParameterizedTest
    @EnumSource
    void killedSleeperIsForgotten(Peer peer) throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = RwMutexProgram.map(directory.resolve("words"), arena);
            RwMutex mutex = RwMutex.shared(memory, RwMutexProgram.LOCK);
            mutex.readLock().lock();
            Process child = startWriter(peer, mutex);
            child.destroyForcibly().waitFor();
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

    /// Nobody sleeps on beside the open lock, not even where all who do are C programs.
    @ParameterizedTest
    @EnumSource
    void whoDiesWhenItIsWokenHoldsNobodyUp(Peer peer) throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = RwMutexProgram.map(directory.resolve("words"), arena);
            RwMutex mutex = RwMutex.shared(memory, RwMutexProgram.LOCK);
            mutex.readLock().lock();
            Process writer = startWriter(Peer.C, mutex, "die");
            Process reader = start(peer, "read");
            Await.until("the reader waits", () -> mutex.toString().contains("readers wait"));
            mutex.readLock().unlock();
            assertThat(writer.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(reader.waitFor(1, TimeUnit.MINUTES)).as("%s", mutex).isTrue();
            assertThat(reader.exitValue()).isZero();
        }
    }

    private Process startWriter(Peer peer, RwMutex mutex, String... how) throws Exception {
        Process writer = start(peer, how);
        Await.until("the writer waits", () -> {
            assertThat(writer.isAlive()).isTrue();
            return mutex.toString().contains("writers wait");
        });
        return writer;
    }

    private Process start(Peer peer, String... arguments) throws Exception {
        Process child = startProcess(peer, arguments);
        children.add(child);
        return child;
    }

    private Process startProcess(Peer peer, String... arguments) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(directory.resolve("words").toString());
        command.addAll(Arrays.asList(arguments));
        if (peer == Peer.JVM) {
            command.addAll(
                    0,
                    List.of(
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            ClassPath.ofTests(),
                            RwMutexProgram.class.getName()));
            return ForkedJvm.java(command.toArray(String[]::new)).start(out(), err());
        }
        command.add(0, CProgram.compiled("rw_mutex").toString());
        return new ProcessBuilder(command)
                .redirectOutput(out().toFile())
                .redirectError(err().toFile())
                .start();
    }

    private Path out() {
        return directory.resolve("out");
    }

    private Path err() {
        return directory.resolve("err");
    }
}
