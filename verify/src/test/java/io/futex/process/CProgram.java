package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// A program in C of the tests, compiled on the spot.
final class CProgram {
    private static final Map<String, Path> COMPILED = new HashMap<>();

    private CProgram() {}

    /// Skips the test if there is no compiler.
    ///
    /// @param name of the source in `src/test/c`, without its ending
    /// @return the program
    static Path compiled(String name) throws Exception {
        return compiled(name, "");
    }

    /// As [#compiled(String)], of a source that includes `documented.h`.
    ///
    /// @param documented what is in there
    static synchronized Path compiled(String name, String documented) throws Exception {
        Path program = COMPILED.get(name);
        if (program == null) {
            Path source = Path.of("src", "test", "c", name + ".c");
            Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "c-");
            Files.writeString(folder.resolve("documented.h"), documented);
            program = folder.resolve(name).toAbsolutePath();
            Process compiler;
            try {
                compiler = new ProcessBuilder(
                                "cc",
                                "-O2",
                                "-Wall",
                                "-Werror",
                                "-I" + folder,
                                "-o",
                                program.toString(),
                                source.toString())
                        .redirectErrorStream(true)
                        .start();
            } catch (IOException e) {
                return abort("no C compiler: install the package gcc (or clang) to run the C peers");
            }
            String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(compiler.waitFor()).as(said).isZero();
            COMPILED.put(name, program);
        }
        return program;
    }

    /// The C of a primitive's documentation.
    ///
    /// @param primitive the name of its class
    static String documented(String primitive) throws IOException {
        Path source = Path.of("..", "futex-api", "src", "main", "java", "io", "futex", "sync", primitive + ".java");
        StringBuilder text = new StringBuilder();
        boolean inside = false;
        for (String line : Files.readAllLines(source)) {
            if (line.equals("/// ```c")) {
                inside = true;
            } else if (line.equals("/// ```")) {
                inside = false;
            } else if (inside) {
                text.append(line.substring("///".length())).append('\n');
            }
        }
        assertThat(text.toString()).as("C in " + source).isNotEmpty();
        return text.toString();
    }
}
