package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.SeccompFilter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A wake that nobody needs makes no system call: counted by strace from outside.
@Timeout(value = 5, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ElisionTest {
    @TempDir
    private Path directory;

    @Test
    void aWakeThatNobodyNeedsMakesNoSystemCall() throws Exception {
        Assumptions.assumeTrue(SeccompFilter.isSupported(), "SKIPPED: needs x86-64 Linux");
        Assumptions.assumeTrue(
                run(List.of("strace", "-o", directory.resolve("try").toString(), "true")) == 0,
                "SKIPPED: strace is not installed (apt-get install strace), or may not trace");
        assertThat(futexCalls("shared", 20_000)).as("each is a call").isEqualTo(20_000);
        assertThat(futexCalls("local", 1_000_000)).as("none is a call").isZero();
    }

    /// Those on the word alone: what a JVM does for itself is as many as it likes.
    private long futexCalls(String scope, int wakes) throws Exception {
        Path log = directory.resolve(scope + wakes);
        assertThat(run(List.of(
                        "strace",
                        "-f",
                        "-e",
                        "trace=futex",
                        "-o",
                        log.toString(),
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        ClassPath.ofTests(),
                        WakingProgram.class.getName(),
                        scope,
                        String.valueOf(wakes))))
                .isZero();
        String word = Files.readString(directory.resolve("out"));
        assertThat(word).startsWith("0x");
        try (Stream<String> lines = Files.lines(log)) {
            return lines.filter(line -> line.contains("futex(" + word + ",")).count();
        }
    }

    private int run(List<String> command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(directory.resolve("out").toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor();
        } catch (java.io.IOException e) {
            return -1; // not installed
        }
    }
}
