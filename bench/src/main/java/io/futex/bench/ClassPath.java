package io.futex.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/// What this program was built from.
final class ClassPath {
    private ClassPath() {}

    /// A check sum of all that is loaded: two builds of one source have the same.
    static String digest() {
        CRC32C sum = new CRC32C();
        entries().flatMap(ClassPath::files).forEach(file -> {
            try {
                sum.update(Files.readAllBytes(file));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return String.format("%08x", sum.getValue());
    }

    /// The libraries of others, with their versions.
    static List<String> libraries() {
        return entries()
                .map(entry -> entry.getFileName().toString())
                .filter(name -> name.endsWith(".jar") && !name.contains("futex"))
                .map(name -> name.replaceFirst("-(\\d[^-]*)\\.jar$", " $1"))
                .toList();
    }

    /// The order is that of the names: a folder of jars has another one at each start.
    private static Stream<Path> entries() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .map(Path::of)
                .filter(Files::exists)
                .sorted(Comparator.comparing(Path::getFileName));
    }

    private static Stream<Path> files(Path entry) {
        try (Stream<Path> all = Files.walk(entry)) {
            return all.filter(Files::isRegularFile).sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
