package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.futex.contract.Await;
import io.futex.contract.ForkedJvm;
import io.futex.contract.Scale;
import io.futex.sync.Event;
import io.futex.sync.Semaphore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Semaphore and Event in a mapped file: this JVM on one side, another one or a C program on the other.
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SharedPrimitivesTest {
    private static final int ROUNDS = Scale.of(500, 1_000_000);

    @TempDir
    private Path directory;

    private final List<Process> children = new ArrayList<>();
    private final Arena arena = Arena.ofShared();
    private MemorySegment memory;

    enum Side {
        JAVA,
        C
    }

    @BeforeEach
    void map() throws IOException {
        memory = PingPongProgram.map(directory.resolve("words"), arena);
    }

    @AfterEach
    void end() {
        children.forEach(Process::destroyForcibly);
        arena.close();
    }

    @ParameterizedTest
    @EnumSource
    void semaphore(Side side) throws Exception {
        Semaphore semaphore = Semaphore.shared(memory, PermitProgram.SEMAPHORE);
        Semaphore answers = Semaphore.shared(memory, PermitProgram.ANSWERS);
        Process child = start(side, "semaphore");
        PermitProgram.releases(memory, ROUNDS);
        assertEnds(child);
        assertThat(memory.get(ValueLayout.JAVA_INT, PermitProgram.DATA)).isEqualTo(2 * ROUNDS);
        for (Semaphore each : List.of(semaphore, answers)) {
            assertThat(each.toString()).startsWith("Semaphore[permits=0").doesNotContain("waiters=");
        }
    }

    @ParameterizedTest
    @EnumSource
    void event(Side side) throws Exception {
        Event auto = Event.shared(memory, PermitProgram.AUTO, true);
        Event back = Event.shared(memory, PermitProgram.BACK, true);
        Process child = start(side, "event");
        for (int i = 0; i < ROUNDS; i++) {
            PermitProgram.count(memory, 2 * i);
            auto.set();
            back.await();
        }
        PermitProgram.openAndClose(memory, PermitProgram.MANUAL);
        Event gate = Event.shared(memory, PermitProgram.MANUAL_BACK, false);
        gate.await();
        assertEnds(child);
        assertThat(gate).hasToString("Event[manual-reset, not set]");
        assertThat(back).hasToString("Event[auto-reset, not set]");
        assertThat(memory.get(ValueLayout.JAVA_INT, PermitProgram.DATA)).isEqualTo(2 * ROUNDS);
        assertThat(auto).hasToString("Event[auto-reset, not set]");
        assertThatIllegalStateException()
                .as("the mode stands in the file")
                .isThrownBy(() -> Event.shared(memory, PermitProgram.MANUAL, true));
    }

    /// As many wait as can be counted; who comes beyond must not be taken for another flag.
    @ParameterizedTest
    @CsvSource({"JAVA, semaphore", "JAVA, event", "C, semaphore", "C, event"})
    void whoCannotBeCountedIsRefused(Side side, String part) throws Exception {
        boolean event = part.equals("event");
        long full = (event ? 2L << 62 : 0) | ((1L << 29) - 1) << 32;
        long offset = event ? PermitProgram.AUTO : PermitProgram.SEMAPHORE;
        memory.set(ValueLayout.JAVA_LONG, offset, full);
        Process child = start(side, part);
        assertThat(child.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(child.exitValue()).isNotZero();
        assertThat(said()).contains("wait");
        assertThat(memory.get(ValueLayout.JAVA_LONG, offset)).isEqualTo(full);
    }

    /// What the Javadoc says of a process that is killed while it waits: nobody else suffers from it.
    @Test
    void aKilledWaiterTakesNothingWithIt() throws Exception {
        Semaphore semaphore = Semaphore.shared(memory, PermitProgram.ANSWERS);
        Semaphore one = Semaphore.shared(memory, PermitProgram.SEMAPHORE);
        Event auto = Event.shared(memory, PermitProgram.AUTO, true);
        Process bulk = start(Side.JAVA, "semaphore");
        one.release();
        Await.until("the other waits", () -> one.toString().contains("several"));
        bulk.destroyForcibly().waitFor();
        one.release(3);
        assertThat(one.tryAcquire(3, 1, TimeUnit.MINUTES)).isTrue();
        Process passing = start(Side.JAVA, "event");
        Await.until("the other waits", () -> auto.toString().contains("waiters=1"));
        passing.destroyForcibly().waitFor();
        auto.set();
        assertThat(auto.await(1, TimeUnit.MINUTES)).isTrue();
        assertThat(auto.await(1, TimeUnit.MILLISECONDS)).isFalse();
        assertThat(semaphore.tryAcquire()).isFalse();
    }

    private void assertEnds(Process child) throws Exception {
        assertThat(child.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(child.exitValue()).as(said()).isZero();
    }

    private String said() throws IOException {
        return Files.readString(directory.resolve("err"), StandardCharsets.UTF_8);
    }

    private Process start(Side side, String part) {
        return start(side, part, ROUNDS);
    }

    private Process start(Side side, String part, int rounds) {
        String file = directory.resolve("words").toString();
        Process child;
        if (side == Side.JAVA) {
            child = ForkedJvm.java(
                            "--enable-native-access=ALL-UNNAMED",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            ClassPath.ofTests(),
                            PermitProgram.class.getName(),
                            file,
                            part,
                            String.valueOf(rounds))
                    .start(directory.resolve("out"), directory.resolve("err"));
        } else {
            child = c(file, part, rounds);
        }
        children.add(child);
        return child;
    }

    private Process c(String file, String part, int rounds) {
        Assumptions.assumeTrue(
                System.getProperty("os.name").startsWith("Linux"), "SKIPPED: the C program calls Linux's futex");
        try {
            String program = CProgram.compiled("permits", "Semaphore", "Event").toString();
            return new ProcessBuilder(program, file, part, String.valueOf(rounds))
                    .redirectError(directory.resolve("err").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
