package io.futex.macos;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// The shim library, compiled by the C compiler of this machine.
final class Shim {
    private static final Path SOURCE = Path.of("../futex-macos/src/test/c/ulock_shim.c");

    private static final Map<Generation, Path> LIBRARIES = new ConcurrentHashMap<>();

    private Shim() {}

    /// Whether there is a Linux that the shim is written for, and a compiler.
    static boolean isSupported() {
        return System.getProperty("os.name").equals("Linux")
                && List.of(System.getenv("PATH").split(":")).stream()
                        .anyMatch(folder -> Files.isExecutable(Path.of(folder, "cc")));
    }

    /// The library without the calls of the generations before the given one.
    static Path library(Generation best) {
        return LIBRARIES.computeIfAbsent(best, Shim::compile);
    }

    private static Path compile(Generation best) {
        int number = switch (best) {
            case OS_SYNC -> 1;
            case ULOCK -> 2;
        };
        try {
            Path folder = Files.createDirectories(Path.of("target", "shim")).toAbsolutePath();
            Path library = folder.resolve("libulock" + number + ".so");
            Path fresh = Files.createTempFile(folder, "libulock", ".so"); // another JVM may have the library loaded
            Process cc = new ProcessBuilder(
                            "cc",
                            "-std=gnu11",
                            "-O2",
                            "-Wall",
                            "-Wextra",
                            "-Werror",
                            "-fPIC",
                            "-shared",
                            "-DULOCK_SHIM_GENERATION=" + number,
                            "-o",
                            fresh.toString(),
                            SOURCE.toString(),
                            "-pthread")
                    .inheritIO()
                    .start();
            if (!cc.waitFor(1, TimeUnit.MINUTES) || cc.exitValue() != 0) {
                throw new AssertionError("cc failed");
            }
            return Files.move(fresh, library, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError("the watchdog of the test has struck", e);
        }
    }
}
