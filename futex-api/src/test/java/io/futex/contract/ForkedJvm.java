package io.futex.contract;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// A JVM of the same kind as this one, for what cannot be changed in a running one.
public final class ForkedJvm {
    /// Variables that give options to every JVM: each says on its error stream that it has found one.
    private static final Set<String> OPTIONS = Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    private final List<String> command = new ArrayList<>();
    private final Map<String, String> environment = new HashMap<>();

    private ForkedJvm() {
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    }

    /// @param arguments as of the command `java`
    public static ForkedJvm java(String... arguments) {
        ForkedJvm jvm = new ForkedJvm();
        jvm.command.addAll(List.of(arguments));
        return jvm;
    }

    /// Sets a variable of its environment.
    public ForkedJvm with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /// Where the class was loaded from: a directory or a jar.
    public static String placeOf(Class<?> type) {
        URL url = type.getResource(type.getSimpleName() + ".class");
        try {
            if (url.openConnection() instanceof JarURLConnection jar) {
                return Path.of(jar.getJarFileURL().toURI()).toString();
            }
            Path place = Path.of(url.toURI());
            for (int i = type.getName().split("\\.").length; i > 0; i--) {
                place = place.getParent();
            }
            return place.toString();
        } catch (IOException | URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /// Places of classes, joined as a class path or module path is.
    public static String path(String... places) {
        return String.join(File.pathSeparator, places);
    }

    /// Starts the JVM, with its output to files.
    public Process start(Path out, Path err) {
        return start(out, err, ProcessBuilder.Redirect.from(new File(nullDevice())));
    }

    /// As [#start], with an input that the caller writes or closes.
    public Process startWithInput(Path out, Path err) {
        return start(out, err, ProcessBuilder.Redirect.PIPE);
    }

    private Process start(Path out, Path err, ProcessBuilder.Redirect in) {
        try {
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().keySet().removeAll(OPTIONS);
            builder.environment().putAll(environment);
            return builder.redirectInput(in)
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Runs the JVM to its end.
    public Result run() {
        try {
            Path out = Files.createTempFile("futex", ".out");
            Path err = Files.createTempFile("futex", ".err");
            try {
                Process process = start(out, err);
                if (!process.waitFor(5, TimeUnit.MINUTES)) {
                    process.destroyForcibly().waitFor();
                    throw new AssertionError(command + " hangs; it said: " + read(out) + read(err));
                }
                return new Result(process.exitValue(), read(out), read(err));
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError("the watchdog of the test has struck", e);
        }
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }

    private static String nullDevice() {
        return File.separatorChar == '/' ? "/dev/null" : "NUL";
    }

    /// How it ended, and what it said.
    public record Result(int exit, String out, String err) {
        /// The output of a JVM that ended well.
        public String output() {
            if (exit != 0) {
                throw new AssertionError("exit " + exit + "\n" + out + err);
            }
            return out;
        }

        /// The lines of the error stream that contain a text.
        public List<String> warnings(String text) {
            return err.lines().filter(line -> line.contains(text)).toList();
        }
    }
}
