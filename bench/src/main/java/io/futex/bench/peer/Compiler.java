package io.futex.bench.peer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Compiles the C program, if this machine has a compiler.
public final class Compiler {
    private Compiler() {}

    /// Compiles what is newer than the program, if anything.
    ///
    /// @param bench the folder of the module
    /// @return the program
    /// @throws IOException why there is none
    public static Path compile(Path bench) throws IOException {
        if (!System.getProperty("os.name", "").startsWith("Linux")) {
            throw new IOException("raw C is written for Linux");
        }
        Path folder = bench.resolve("src/main/c");
        if (!Files.isDirectory(folder)) {
            throw new IOException("no C sources in " + folder);
        }
        Path program = bench.resolve("target/peers/peers");
        List<Path> sources;
        try (Stream<Path> files = Files.list(folder)) {
            sources = files.sorted().toList();
        }
        if (isCurrent(program, sources)) {
            return program;
        }
        Files.createDirectories(program.getParent());
        List<String> command = new ArrayList<>(List.of("cc", "-O2", "-pthread", "-o", program.toString()));
        sources.stream().map(Path::toString).filter(name -> name.endsWith(".c")).forEach(command::add);
        run(command);
        return program;
    }

    private static boolean isCurrent(Path program, List<Path> sources) throws IOException {
        if (!Files.exists(program)) {
            return false;
        }
        FileTime made = Files.getLastModifiedTime(program);
        for (Path source : sources) {
            if (Files.getLastModifiedTime(source).compareTo(made) > 0) {
                return false;
            }
        }
        return true;
    }

    private static void run(List<String> command) throws IOException {
        Process compiler;
        try {
            compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new IOException("no C compiler: cc not found; install the package gcc", e);
        }
        String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        try {
            if (compiler.waitFor() != 0) {
                throw new IOException("cc failed (are the headers of libc and Linux installed?): "
                        + said.lines().findFirst().orElse(""));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
