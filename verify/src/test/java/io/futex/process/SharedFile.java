package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.ForkedJvm;
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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A mapped file of synchronizers: this JVM on one side, another one or a C program on the other.
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class SharedFile {
    private final Class<?> java;
    private final String c;
    private final Arena arena = Arena.ofShared();

    @TempDir
    private Path directory;

    final List<Process> children = new ArrayList<>();
    MemorySegment memory;

    enum Side {
        JAVA,
        C
    }

    /// @param java the other side
    /// @param c the same in C, see [CProgram]
    SharedFile(Class<?> java, String c) {
        this.java = java;
        this.c = c;
    }

    @BeforeEach
    void map() throws IOException {
        memory = PingPongProgram.map(file(), arena);
    }

    @AfterEach
    void end() {
        children.forEach(Process::destroyForcibly);
        arena.close();
    }

    Path file() {
        return directory.resolve("words");
    }

    int data() {
        return memory.get(ValueLayout.JAVA_INT, PermitProgram.DATA);
    }

    void assertEnds(Process child) throws Exception {
        assertThat(child.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(child.exitValue()).as(said()).isZero();
    }

    /// By a process that has ended.
    String said() throws IOException {
        return Files.readString(directory.resolve("err"), StandardCharsets.UTF_8);
    }

    /// @param part of the program
    /// @param rounds see there
    Process start(Side side, String part, int rounds) {
        Process child = side == Side.JAVA ? java(part, rounds) : c(part, rounds);
        children.add(child);
        return child;
    }

    private Process java(String part, int rounds) {
        return ForkedJvm.java(
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        ClassPath.ofTests(),
                        java.getName(),
                        file().toString(),
                        part,
                        String.valueOf(rounds))
                .start(directory.resolve("out"), directory.resolve("err"));
    }

    private Process c(String part, int rounds) {
        try {
            String program = CProgram.compiled(c).toString();
            return new ProcessBuilder(program, file().toString(), part, String.valueOf(rounds))
                    .redirectError(directory.resolve("err").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
