package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A program in C of the tests, compiled on the spot. What it does with synchronizers is `interop/c/futex_sync.h`.
public final class CProgram {
    private static final Map<String, Path> COMPILED = new HashMap<>();

    private CProgram() {}

    /// Skips the test if there is no compiler, or no Linux.
    ///
    /// @param name of the source in `src/test/c`, without its ending
    /// @return the program
    public static synchronized Path compiled(String name) throws IOException {
        assumeTrue(
                System.getProperty("os.name").startsWith("Linux"), "SKIPPED: the C peers look at Linux's system calls");
        Path program = COMPILED.get(name);
        if (program == null) {
            Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "c-");
            program = folder.resolve(name).toAbsolutePath();
            List<String> command = List.of(
                    "cc",
                    "-std=gnu11",
                    "-O2",
                    "-Wall",
                    "-Wextra",
                    "-Werror",
                    "-I../interop/c",
                    "-Wl,--wrap=syscall",
                    "-o",
                    program.toString(),
                    Path.of("src", "test", "c", name + ".c").toString());
            Process compiler;
            try {
                compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
            } catch (IOException e) {
                return abort("SKIPPED: no C compiler; install the package gcc (or clang) to run the C peers");
            }
            String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(compiler.onExit().join().exitValue()).as(said).isZero();
            COMPILED.put(name, program);
        }
        return program;
    }
}
