package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.SeccompFilter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
        int none = futexCalls("local", 0);
        int local = futexCalls("local", 1_000_000);
        int shared = futexCalls("shared", 20_000);
        System.out.println("futex calls of a JVM: " + none + "; with 1000000 local wakes: " + local
                + "; with 20000 shared ones: " + shared);
        assertThat(shared).as("each is a call, so they are counted").isGreaterThanOrEqualTo(20_000);
        // What a JVM does for itself varies by the number of its compiler and collector threads.
        assertThat(local).as("none is a call").isLessThan(none + 10_000);
    }

    private int futexCalls(String scope, int wakes) throws Exception {
        Path log = directory.resolve(scope + wakes);
        assertThat(run(List.of(
                        "strace",
                        "-f",
                        "-c",
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
        // % time, seconds, usecs/call, calls, errors (or nothing), syscall
        for (String line : Files.readAllLines(log)) {
            if (line.endsWith(" futex")) {
                return Integer.parseInt(line.strip().split("\\s+", -1)[3]);
            }
        }
        throw new AssertionError(Files.readString(log));
    }

    private int run(List<String> command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(directory.resolve("out").toFile())
                    .redirectErrorStream(true)
                    .start();
            return process.waitFor();
        } catch (java.io.IOException e) {
            return -1; // not installed
        }
    }
}
