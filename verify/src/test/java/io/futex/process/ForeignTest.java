package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// The contract on an emulated architecture; `.ci/foreign` prepares it and starts this.
@EnabledIfSystemProperty(named = "io.futex.test.foreign.root", matches = ".+")
class ForeignTest {
    private static final String[] MOUNTED = {"proc", "dev", "tmp"};

    @TempDir
    private Path directory;

    @Test
    void theContractHolds() throws Exception {
        Path out = directory.resolve("out");
        Process process = new ProcessBuilder(command())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        boolean ended = process.waitFor(20, TimeUnit.MINUTES);
        process.destroyForcibly().waitFor();
        String output = Files.readString(out);
        System.out.println(output);
        assertThat(ended).as("ended by itself").isTrue();
        assertThat(process.exitValue()).isZero();
        assertThat(output)
                .contains("Futex[linux, local, binding ffm, waits by FUTEX_WAIT_BITSET of futex(2), since futex_wait")
                .contains("Futex[linux, shared, binding ffm, waits by FUTEX_WAIT_BITSET of futex(2), since futex_wait")
                .containsPattern("[1-9][0-9]{2} tests succeeded, 0 failed");
    }

    private List<String> command() throws IOException {
        Path root = Path.of(System.getProperty("io.futex.test.foreign.root"));
        Files.createDirectories(root.resolve("classes"));
        for (String folder : MOUNTED) {
            Files.createDirectories(root.resolve(folder));
        }
        if (!Files.exists(root.resolve("qemu"))) {
            Files.createFile(root.resolve("qemu"));
        }
        List<String> command = new ArrayList<>(List.of("bwrap", "--bind", root.toString(), "/"));
        command.addAll(List.of("--ro-bind", System.getProperty("io.futex.test.foreign.qemu"), "/qemu"));
        command.addAll(List.of("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"));
        List<String> places = new ArrayList<>();
        for (String place : ClassPath.ofTests().split(File.pathSeparator, -1)) {
            if (Files.exists(Path.of(place))) {
                String inside =
                        "/classes/" + places.size() + "-" + Path.of(place).getFileName();
                command.addAll(List.of("--ro-bind", place, inside));
                places.add(inside);
            }
        }
        command.addAll(List.of(
                "/qemu",
                System.getProperty("io.futex.test.foreign.java"),
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "--illegal-native-access=deny",
                "-Djdk.virtualThreadScheduler.parallelism=2",
                "-Dio.futex.pool.threads=1000",
                "-Dio.futex.test.scale=small",
                "-Dio.futex.test.own.words=true", // the emulator's addresses are not the kernel's
                "-cp",
                String.join(File.pathSeparator, places),
                ForeignProgram.class.getName()));
        return command;
    }
}
