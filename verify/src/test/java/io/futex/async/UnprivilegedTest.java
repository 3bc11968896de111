package io.futex.async;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.Futex;
import io.futex.contract.ForkedJvm;
import io.futex.contract.Waiter;
import io.futex.linux.LinuxBackendProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A user without privileges, for whom rings count as locked memory, over all processes: some get a ring, some a
/// smaller one, some none. All work, and say what they have.
class UnprivilegedTest {
    private static final String NOBODY = "65534";

    @TempDir
    private Path directory;

    private final List<Process> processes = new ArrayList<>();
    private final List<String> classPath = new ArrayList<>();

    /// The user may see neither the folder of the build nor the home of who builds.
    @BeforeEach
    void copyClasses() throws IOException {
        Assumptions.assumeTrue(mayBecomeNobody(), "SKIPPED: another user takes root, and setpriv of util-linux");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (Class<?> type :
                List.of(Futex.class, LinuxBackendProvider.class, Waiter.class, VirtualWaitsProgram.class)) {
            Path from = Path.of(ForkedJvm.placeOf(type));
            Path to = directory.resolve(classPath.size() + "-" + from.getFileName());
            copy(from, to);
            classPath.add(to.toString());
        }
    }

    @AfterEach
    void end() {
        processes.forEach(Process::destroyForcibly);
    }

    @Test
    void withoutLockedMemoryAPoolWaits() throws Exception {
        assertThat(together(1, 0)).singleElement().asString().contains("threads", "since io_uring_setup: ENOMEM (12)");
    }

    @Test
    void sharesLittleLockedMemory() throws Exception {
        assertThat(together(5, 64 << 10)).anyMatch(said -> said.contains("by io_uring of"));
    }

    @Test
    void sharesTheUsualLockedMemory() throws Exception {
        assertThat(together(12, 8 << 20)).anyMatch(said -> said.contains("by io_uring of"));
    }

    /// So many JVMs that have what they need at the same time.
    ///
    /// @return what they say
    private List<String> together(int count, int lockedBytes) throws Exception {
        for (int i = 0; i < count; i++) {
            processes.add(start(lockedBytes));
        }
        List<String> said = new ArrayList<>();
        for (Process process : processes) {
            BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
            said.add(String.valueOf(output.readLine()));
        }
        for (Process process : processes) {
            process.getOutputStream().close();
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(said.toString()).isZero();
        }
        Assumptions.assumeTrue(
                said.stream().allMatch(line -> line.contains("by io_uring of") || line.contains("ENOMEM")),
                "SKIPPED: io_uring is not to be had here");
        System.out.println(count + " with " + lockedBytes + " bytes: "
                + said.stream().map(UnprivilegedTest::brief).toList());
        return said;
    }

    private static String brief(String said) {
        return said.replaceAll(".*for virtual threads ", "");
    }

    private Process start(int lockedBytes) throws IOException {
        List<String> command = new ArrayList<>(as(lockedBytes));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-cp",
                String.join(":", classPath),
                VirtualWaitsProgram.class.getName(),
                "free"));
        return new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
    }

    private static List<String> as(int lockedBytes) {
        return List.of(
                "prlimit",
                "--memlock=" + lockedBytes + ":" + lockedBytes,
                "setpriv",
                "--reuid=" + NOBODY,
                "--regid=" + NOBODY,
                "--clear-groups");
    }

    private static boolean mayBecomeNobody() {
        try {
            List<String> command = new ArrayList<>(as(0));
            command.add("true");
            return new ProcessBuilder(command).start().onExit().join().exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.copy(file, target);
                Files.setPosixFilePermissions(
                        target, PosixFilePermissions.fromString(Files.isDirectory(file) ? "rwxr-xr-x" : "rw-r--r--"));
            }
        }
    }
}
