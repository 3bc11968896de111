package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.futex.contract.Await;
import io.futex.contract.ForkedJvm;
import io.futex.contract.Scale;
import io.futex.sync.Event;
import io.futex.sync.Once;
import io.futex.sync.Parker;
import io.futex.sync.Semaphore;
import java.io.IOException;
import java.io.InputStream;
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
import org.junit.jupiter.params.provider.EnumSource;

/// Semaphore, Event, Once and Parker in a mapped file: this JVM on one side, another one or a C program on the other.
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
        for (int i = 0; i < ROUNDS; i++) {
            PermitProgram.count(memory, 2 * i);
            semaphore.release();
            semaphore.release(2);
            answers.acquire();
        }
        assertEnds(child);
        assertThat(memory.get(ValueLayout.JAVA_INT, PermitProgram.DATA)).isEqualTo(2 * ROUNDS);
        assertThat(semaphore.toString()).startsWith("Semaphore[permits=0").doesNotContain("waiters=");
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
        Event gate = Event.shared(memory, PermitProgram.MANUAL, false);
        Await.until("the other waits", () -> gate.toString().contains("waiters"));
        gate.set();
        gate.reset();
        assertEnds(child);
        assertThat(memory.get(ValueLayout.JAVA_INT, PermitProgram.DATA)).isEqualTo(2 * ROUNDS);
        assertThat(auto).hasToString("Event[auto-reset, not set]");
        assertThatIllegalStateException()
                .as("the mode stands in the file")
                .isThrownBy(() -> Event.shared(memory, PermitProgram.MANUAL, true));
    }

    @Test
    void parker() throws Exception {
        Process child = start(Side.JAVA, "parker");
        Parker.shared(memory, PermitProgram.OTHER_PARKER).unpark();
        PermitProgram.parker(memory, ROUNDS - 1, PermitProgram.OWN_PARKER, PermitProgram.OTHER_PARKER);
        Parker.shared(memory, PermitProgram.OWN_PARKER).park();
        assertEnds(child);
        assertThat(memory.get(ValueLayout.JAVA_INT, PermitProgram.DATA)).isEqualTo(2 * ROUNDS - 1);
    }

    @Test
    void once() throws Exception {
        List<Process> racing = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            racing.add(start(Side.JAVA, "once"));
        }
        PermitProgram.once(memory);
        assertThat(memory.get(ValueLayout.JAVA_INT, PermitProgram.DATA)).isEqualTo(1);
        for (Process each : racing) {
            assertEnds(each);
        }
        assertThat(memory.get(ValueLayout.JAVA_INT, PermitProgram.DATA)).isEqualTo(1);
        assertThat(Once.shared(memory, PermitProgram.ONCE).isDone()).isTrue();
    }

    /// What the Javadoc says of a process that is killed while it waits: nobody else suffers from it.
    @Test
    void aKilledWaiterTakesNothingWithIt() throws Exception {
        Semaphore semaphore = Semaphore.shared(memory, PermitProgram.ANSWERS);
        Semaphore one = Semaphore.shared(memory, PermitProgram.SEMAPHORE);
        Event auto = Event.shared(memory, PermitProgram.AUTO, true);
        Process bulk = start(Side.JAVA, "semaphore");
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

    private Process start(Side side, String part) throws Exception {
        String file = directory.resolve("words").toString();
        Process child = side == Side.C
                ? new ProcessBuilder(compiled().toString(), file, part, String.valueOf(ROUNDS))
                        .redirectError(directory.resolve("err").toFile())
                        .start()
                : ForkedJvm.java(
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                ClassPath.ofTests(),
                                PermitProgram.class.getName(),
                                file,
                                part,
                                String.valueOf(ROUNDS))
                        .start(directory.resolve("out"), directory.resolve("err"));
        children.add(child);
        return child;
    }

    /// The C program of the documented layouts.
    private Path compiled() throws Exception {
        Assumptions.assumeTrue(
                System.getProperty("os.name").startsWith("Linux"), "SKIPPED: the C program calls Linux's futex");
        Path source = directory.resolve("permits.c");
        try (InputStream in = SharedPrimitivesTest.class.getResourceAsStream("permits.c")) {
            Files.write(source, in.readAllBytes());
        }
        Path program = directory.resolve("permits");
        Process compiler;
        try {
            compiler = new ProcessBuilder("cc", "-O2", "-Wall", "-o", program.toString(), source.toString())
                    .redirectError(directory.resolve("err").toFile())
                    .start();
        } catch (IOException e) {
            Assumptions.abort("SKIPPED: cc is not installed (apt-get install gcc libc6-dev)");
            throw e;
        }
        assertThat(compiler.waitFor()).as(said()).isZero();
        return program;
    }
}
