package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// A program in C of the tests, compiled on the spot. Its headers are the C of the documentation.
final class CProgram {
    /// Of a comment that begins a part of a text, those which make the name of its header.
    private static final int WORDS = 3;

    private static final Map<List<String>, Path> COMPILED = new HashMap<>();

    private CProgram() {}

    /// Skips the test if there is no compiler.
    ///
    /// @param name of the source in `src/test/c`, without its ending
    /// @param arguments of the compiler (`-D...`), and classes of primitives, all of whose texts the source includes
    /// @return the program
    static synchronized Path compiled(String name, String... arguments) throws IOException {
        List<String> key = List.of(name, String.join(" ", arguments));
        Path program = COMPILED.get(key);
        if (program == null) {
            Path source = Path.of("src", "test", "c", name + ".c");
            Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "c-");
            program = folder.resolve(name).toAbsolutePath();
            // The texts save parentheses, as the Java does.
            List<String> command =
                    new ArrayList<>(List.of("cc", "-O2", "-Wall", "-Werror", "-Wno-parentheses", "-I" + folder));
            for (String argument : arguments) {
                if (argument.startsWith("-")) {
                    command.add(argument);
                } else {
                    for (Map.Entry<String, String> part : parts(argument).entrySet()) {
                        String header = part.getKey() + ".h";
                        assertThat(source).content().contains("#include \"" + header + '"');
                        Files.writeString(folder.resolve(header), part.getValue());
                    }
                }
            }
            command.addAll(List.of("-o", program.toString(), source.toString()));
            Process compiler;
            try {
                compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
            } catch (IOException e) {
                return abort("SKIPPED: no C compiler; install the package gcc (or clang) to run the C peers");
            }
            String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(compiler.onExit().join().exitValue()).as(said).isZero();
            COMPILED.put(key, program);
        }
        return program;
    }

    /// The C of a primitive's documentation. What a comment at the left margin heads is a part, named by the comment's
    /// first words; what stands before the first such comment is named by the primitive alone.
    private static Map<String, String> parts(String primitive) throws IOException {
        Path source = Path.of("..", "docs", "layouts.md");
        Map<String, String> parts = new LinkedHashMap<>();
        boolean here = false;
        boolean inside = false;
        String part = primitive;
        for (String line : Files.readAllLines(source)) {
            if (line.startsWith("## ")) {
                here = line.equals("## " + primitive);
            } else if (line.equals("```c") || line.equals("```")) {
                inside = here && line.endsWith("c");
            } else if (inside && line.startsWith("// ")) {
                part = primitive + "_" + name(line.substring("// ".length()));
            } else if (inside) {
                parts.merge(part, line + "\n", String::concat);
            }
        }
        assertThat(parts).as("C in " + source).isNotEmpty();
        return parts;
    }

    private static String name(String comment) {
        return Arrays.stream(comment.toLowerCase(Locale.ROOT).split("[^a-z0-9]+", -1))
                .filter(word -> !word.isEmpty())
                .limit(WORDS)
                .collect(Collectors.joining("_"));
    }
}
