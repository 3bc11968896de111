package io.futex.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Compiles the programs that are not in Java, if this machine has a compiler.
public final class Compiler {
    /// Why there is no Go program where there is no Go.
    public static final String NO_GO = "Go is not installed: go not found";

    private Compiler() {}

    /// Compiles the C program if anything is newer.
    ///
    /// @param bench the folder of the module
    /// @return the program
    /// @throws IOException why there is none
    public static Path compile(Path bench) throws IOException {
        if (!System.getProperty("os.name", "").startsWith("Linux")) {
            throw new IOException("raw C is written for Linux");
        }
        return compile(
                bench.resolve("src/main/c"),
                ".c",
                bench.resolve("target/peers/peers"),
                List.of("cc", "-O2", "-pthread"),
                "no C compiler: cc not found; install the package gcc",
                "are the headers of libc and Linux installed?");
    }

    /// Compiles the Go program, likewise.
    ///
    /// @param bench the folder of the module
    /// @return the program
    /// @throws IOException why there is none
    public static Path compileGo(Path bench) throws IOException {
        return compile(
                bench.resolve("src/main/go"),
                ".go",
                bench.resolve("target/peers/go"),
                List.of("go", "build"),
                NO_GO,
                "is it 1.22 or later?");
    }

    private static Path compile(
            Path folder, String suffix, Path program, List<String> compiler, String absence, String question)
            throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new IOException("no sources in " + folder);
        }
        List<Path> sources;
        try (Stream<Path> files = Files.list(folder)) {
            sources = files.sorted().toList();
        }
        if (isCurrent(program, sources)) {
            return program;
        }
        Files.createDirectories(program.getParent());
        List<String> command = new ArrayList<>(compiler);
        command.addAll(List.of("-o", program.toString()));
        sources.stream()
                .map(Path::toString)
                .filter(name -> name.endsWith(suffix))
                .forEach(command::add);
        try {
            NativePeer.output(command);
        } catch (IOException e) {
            String why = String.valueOf(e.getMessage());
            throw new IOException(why.startsWith("Cannot run program") ? absence : why + " (" + question + ")", e);
        }
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
}
