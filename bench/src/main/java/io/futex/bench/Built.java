package io.futex.bench;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;

/// Asked by the launchers before each start: whether a source is newer than what was built from it, by whomever.
///
/// Maven leaves behind when its build began: what was edited meanwhile is newer too, and a jar in which nothing has
/// changed, which Maven leaves alone, is not older.
public final class Built {
    private Built() {}

    /// Exits with 0 if nothing need be built.
    ///
    /// @param args the root of the sources
    /// @throws IOException if that cannot be told
    public static void main(String[] args) throws IOException {
        Path root = Path.of(args[0]);
        String begun = Files.readString(root.resolve("bench/target/futex-bench.built"));
        System.exit(isNewer(root, FileTime.from(Instant.parse(begun.strip()))) ? 1 : 0);
    }

    static boolean isNewer(Path root, FileTime begun) throws IOException {
        Newer newer = new Newer(begun);
        newer.look(root.resolve("pom.xml"));
        try (var modules = Files.newDirectoryStream(root, "{futex-*,examples,bench}")) {
            for (Path module : modules) {
                newer.look(module.resolve("pom.xml"));
                newer.look(module.resolve("src/main"));
            }
        }
        return newer.found;
    }

    private static final class Newer extends SimpleFileVisitor<Path> {
        /// Compiled later, and for `bench` alone.
        private static final List<String> LATER = List.of(".c", ".h", ".go");

        private final FileTime begun;
        private boolean found;

        Newer(FileTime begun) {
            this.begun = begun;
        }

        void look(Path place) throws IOException {
            if (Files.exists(place)) {
                Files.walkFileTree(place, this);
            }
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            found |= attributes.lastModifiedTime().compareTo(begun) > 0
                    && LATER.stream().noneMatch(file.toString()::endsWith);
            return found ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
        }
    }
}
