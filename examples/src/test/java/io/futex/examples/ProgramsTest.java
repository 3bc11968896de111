package io.futex.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Every example, as the program that a user starts: what it prints, and that it ends well.
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ProgramsTest {
    /// What each prints, the whole of it.
    private static final Map<String, String> PRINTS = Map.ofEntries(
            Map.entry("ConnectionLimit", "at most ([1-9]|10) connections at a time\n"),
            Map.entry("CrosswiseSelect", "10000 times one sent and the other received\n"),
            Map.entry("GameOfLife", "(\\.{8}\n){3}\\.{4}#\\.{3}\n\\.{5}#\\.{2}\n\\.{3}#{3}\\.{2}\n(\\.{8}\n){2}"),
            Map.entry("LazySettings", "colour: green, size: large\nloaded 1 time\n"),
            Map.entry("Mailbox", "the sum of 0 to 999 is 499500\n"),
            Map.entry("Pipeline", "the squares of 1 to 1000 add up to 333833500\n"),
            Map.entry(
                    "RateLimiter",
                    "10 requests, 4 of them at once and then one each 10 ms, took ([6-9]\\d|\\d{3,}) ms\n"),
            Map.entry("StartingGun", "20 runners started together and went through the turnstile one by one\n"),
            Map.entry(
                    "StopTheWorld", "5 pauses of 3 workers: longest \\d+ us, of which \\d+ us until all had stopped\n"),
            Map.entry("WorkQueue", "1229 primes below 10000\n"),
            Map.entry("WorkerPool", "1229 primes below 10000\n10007 came too late\n"));

    private static final Map<String, List<String>> ARGUMENTS = Map.of("StopTheWorld", List.of("5", "3"));

    /// Run by tests that look closer: one is `GuestImageTest`, the others are those of `bench`, whose demo is the last.
    private static final Set<String> ELSEWHERE = Set.of("GuestImage", "SharedSettings", "TwoProcesses");

    /// Variables that give options to every JVM: each says on its error stream that it has found one.
    private static final Set<String> OPTIONS = Set.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    private final Map<String, Process> processes = new TreeMap<>();

    @TempDir
    private Path directory;

    @AfterEach
    void close() {
        processes.values().forEach(Process::destroyForcibly);
    }

    @Test
    void printWhatTheyShould() throws Exception {
        for (String name : PRINTS.keySet()) {
            processes.put(name, start(name)); // all at once: most of the time is the start of a JVM
        }
        for (Map.Entry<String, Process> entry : processes.entrySet()) {
            String name = entry.getKey();
            assertThat(entry.getValue().waitFor(1, TimeUnit.MINUTES)).as(name).isTrue();
            assertThat(Files.readString(err(name))).as(name).isEmpty();
            assertThat(entry.getValue().exitValue()).as(name).isZero();
            assertThat(Files.readString(out(name)).replace("\r\n", "\n"))
                    .as(name)
                    .matches(PRINTS.get(name));
        }
    }

    @Test
    void noneIsForgotten() throws Exception {
        Set<String> tested = new TreeSet<>(PRINTS.keySet());
        tested.addAll(ELSEWHERE);
        assertThat(programs()).isEqualTo(tested);
    }

    private Process start(String name) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                path("jdk.module.path") + File.pathSeparator + path("java.class.path"),
                "io.futex.examples." + name));
        command.addAll(ARGUMENTS.getOrDefault(name, List.of()));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(out(name).toFile())
                .redirectError(err(name).toFile());
        builder.environment().keySet().removeAll(OPTIONS);
        return builder.start();
    }

    private static String path(String property) {
        return System.getProperty(property, "");
    }

    private Path out(String name) {
        return directory.resolve(name + ".out");
    }

    private Path err(String name) {
        return directory.resolve(name + ".err");
    }

    /// All classes of the folder of the examples that can be started.
    private static Set<String> programs() throws Exception {
        Path folder = Path.of(
                        StopTheWorld.class.getResource("StopTheWorld.class").toURI())
                .getParent();
        Set<String> programs = new TreeSet<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                String name = file.getFileName().toString();
                if (name.endsWith(".class") && !name.contains("-")) {
                    Class<?> type = Class.forName("io.futex.examples." + name.substring(0, name.length() - 6));
                    if (Arrays.stream(type.getDeclaredMethods())
                            .map(Method::getName)
                            .anyMatch("main"::equals)) {
                        programs.add(name.substring(0, name.length() - 6));
                    }
                }
            }
        }
        return programs;
    }
}
