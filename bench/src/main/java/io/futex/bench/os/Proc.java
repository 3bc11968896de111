package io.futex.bench.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The text files by which Linux tells about itself; empty answers elsewhere.
public final class Proc {
    private Proc() {}

    /// A file of one line, or the first line of a longer one.
    public static Optional<String> line(String file) {
        return lines(file).stream().findFirst().map(String::strip);
    }

    /// The rest of the first line of a file that begins with a name.
    public static Optional<String> field(String file, String name) {
        return lines(file).stream()
                .filter(line -> line.startsWith(name))
                .map(line ->
                        line.substring(name.length()).replaceFirst("^:", "").strip())
                .findFirst();
    }

    /// What this process has in main memory, in bytes; empty where the system does not tell.
    public static Optional<Long> residentBytes() {
        return field("/proc/self/status", "VmRSS").map(value -> Long.parseLong(value.split(" ", -1)[0]) * 1024);
    }

    private static List<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file));
        } catch (IOException e) {
            return List.of(); // not Linux, or a kernel without it
        }
    }
}
