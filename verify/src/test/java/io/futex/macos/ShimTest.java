package io.futex.macos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.FutexException;
import io.futex.contract.Await;
import io.futex.contract.ForkedJvm;
import io.futex.process.ClassPath;
import io.futex.spi.FutexBackend;
import io.futex.spi.FutexBackendProvider;
import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The macOS backend on a library with the rules of XNU. With `-Dio.futex.test.shim.full=true` the whole contract in
/// each generation, binding and scope; else only a part of it.
class ShimTest {
    private static final boolean FULL = Boolean.getBoolean("io.futex.test.shim.full");
    private static final String CHAOS = "ULOCK_SHIM_CHAOS";

    // Each third wait ends at once so: Darwin's errno.
    private static final String EINTR = "3:4";
    private static final String EFAULT = "3:14";
    private static final String SPURIOUS = "3:0";

    @TempDir
    private Path directory;

    @BeforeEach
    void needsACompiler() {
        Assumptions.assumeTrue(Shim.isSupported(), "SKIPPED: needs Linux and the command cc");
    }

    @Test
    void theContractHolds() throws Exception {
        List<Case> cases = FULL
                ? List.of(
                        new Case(Generation.OS_SYNC, "ffm", "local", EFAULT),
                        new Case(Generation.OS_SYNC, "ffm", "shared", EINTR),
                        new Case(Generation.OS_SYNC, "jna", "local", EINTR),
                        new Case(Generation.OS_SYNC, "jna", "shared", ""),
                        new Case(Generation.ULOCK, "ffm", "local", EINTR),
                        new Case(Generation.ULOCK, "ffm", "shared", ""),
                        new Case(Generation.ULOCK, "jna", "local", EFAULT),
                        new Case(Generation.ULOCK, "jna", "shared", EINTR))
                : List.of(
                        new Case(Generation.OS_SYNC, "ffm", "shared", ""),
                        new Case(Generation.ULOCK, "jna", "local", EFAULT));
        try (ExecutorService two = Executors.newFixedThreadPool(2)) {
            List<Future<String>> outputs = new ArrayList<>();
            for (Case one : cases) {
                outputs.add(two.submit(one::run));
            }
            for (int i = 0; i < cases.size(); i++) {
                Case one = cases.get(i);
                String output = outputs.get(i).get();
                assertThat(output)
                        .contains("Futex[macos, " + one.scope + ", binding " + one.binding + ", waits by "
                                + one.generation.functions.getFirst().symbol)
                        .containsPattern("[1-9][0-9]{2} tests succeeded, 0 failed");
                if (FULL) {
                    output.lines()
                            .filter(line -> line.contains("tests succeeded"))
                            .forEach(line -> System.out.println(one + ": " + line));
                }
            }
        }
    }

    /// The contract itself cannot judge waits that return for no reason, or since the page of a shared word is not
    /// there: some of its tests wake without a change. But whoever re-reads the word must not notice them.
    @Test
    void nobodyNoticesSpuriousReturns() throws Exception {
        Path services = Files.createDirectories(directory.resolve("META-INF/services"));
        Files.writeString(services.resolve(FutexBackendProvider.class.getName()), ShimProvider.class.getName());
        List<Case> cases = FULL
                ? List.of(
                        new Case(Generation.OS_SYNC, "ffm", "spurious", SPURIOUS),
                        new Case(Generation.ULOCK, "jna", "spurious", SPURIOUS))
                : List.of(new Case(Generation.OS_SYNC, "ffm", "spurious", SPURIOUS));
        for (Case one : cases) {
            String output = ForkedJvm.java(options(
                            directory + File.pathSeparator + ClassPath.ofTests(),
                            Shim.library(one.generation).toString(),
                            one.binding,
                            SpuriousProgram.class,
                            String.valueOf(FULL)))
                    .with(CHAOS, one.chaos)
                    .run()
                    .output();
            String description = "binding " + one.binding + ", waits by " + one.generation.functions.getFirst().symbol;
            assertThat(output)
                    .contains("Futex[macos, local, " + description, "Futex[macos, shared, " + description)
                    .containsPattern("[1-9][0-9]+ tests succeeded, 0 failed");
            if (FULL) {
                System.out.println(one + ": " + output.lines().toList().getLast());
            }
        }
    }

    /// Who is there, and the locks that look for it; each in a process of its own, and others that it kills.
    @Test
    void whoHasEndedIsKnown() throws Exception {
        Path services = Files.createDirectories(directory.resolve("META-INF/services"));
        Files.writeString(services.resolve(FutexBackendProvider.class.getName()), ShimProvider.class.getName());
        String output = ForkedJvm.java(options(
                        directory + File.pathSeparator + ClassPath.ofTests(),
                        Shim.library(Generation.OS_SYNC).toString(),
                        "ffm",
                        LivenessProgram.class))
                .run()
                .output();
        assertThat(output).containsPattern("[1-9][0-9] tests succeeded, 0 failed");
        System.out.println("macOS, who is there: " + output.lines().toList().getLast());
    }

    /// In one file, each by its own mapping.
    @Test
    void twoProcessesPassAWordToAndFro() throws Exception {
        String file = directory.resolve("words").toString();
        String library = Shim.library(Generation.OS_SYNC).toString();
        try (ExecutorService two = Executors.newFixedThreadPool(2)) {
            List<Future<String>> outputs = new ArrayList<>();
            for (String binding : List.of("ffm", "jna")) {
                String side = binding.equals("ffm") ? "0" : "1";
                outputs.add(two.submit(
                        () -> ForkedJvm.java(options(library, binding, ShimPingPongProgram.class, file, side, "2000"))
                                .run()
                                .output()));
            }
            for (Future<String> output : outputs) {
                assertThat(output.get()).isEmpty();
            }
        }
    }

    /// The kernel refuses to mix waits of 4 and of 8 bytes on one address, and the exception says so.
    @Test
    void explainsAClashOfSizes() throws Exception {
        String library = Shim.library(Generation.ULOCK).toString();
        MacosBackend backend = ShimProgram.backend(library, "ffm");
        FfmMacosCalls calls = new FfmMacosCalls(SymbolLookup.libraryLookup(Path.of(library), Arena.global()));
        long wait64 = 5 | 0x0100_0000;
        MemorySegment word = Arena.ofAuto().allocate(8, 8);
        Thread other = Thread.ofPlatform()
                .start(() -> calls.call(Function.ULOCK_WAIT2, word, wait64, word.address(), 0, 0, 0, 0));
        Await.until("the clash", () -> clashes(backend, word));
        assertThatThrownBy(() -> backend.diagnose(word, 0, 0, false, 1, FutexBackend.FOREVER))
                .isInstanceOf(FutexException.class)
                .hasMessageContaining("EDOM (33): somebody waits on this address with another size");
        assertThat(backend.wake(word, 0, false, FutexBackend.ALL, 1)).isZero();
        Await.until("the other's end", () -> {
            int ignored = calls.call(Function.ULOCK_WAKE, MemorySegment.NULL, wait64, word.address(), 0, 0, 0, 0);
            return ignored <= 0 && !other.isAlive();
        });
    }

    private static boolean clashes(MacosBackend backend, MemorySegment word) {
        try {
            return backend.diagnose(word, 0, 1, false, 1, FutexBackend.FOREVER) == null; // another value
        } catch (FutexException e) {
            return true;
        }
    }

    private static String[] options(String library, String binding, Class<?> program, String... arguments) {
        return options(ClassPath.ofTests(), library, binding, program, arguments);
    }

    private static String[] options(
            String classPath, String library, String binding, Class<?> program, String... arguments) {
        List<String> all = new ArrayList<>(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "--illegal-native-access=deny",
                "-Djdk.virtualThreadScheduler.parallelism=2",
                "-Dio.futex.pool.threads=1000",
                "-Dio.futex.test.scale=small",
                "-Dio.futex.test.own.words=true",
                "-Dio.futex.test.shim=" + library,
                "-Dio.futex.test.shim.binding=" + binding,
                "-cp",
                classPath,
                program.getName()));
        all.addAll(List.of(arguments));
        return all.toArray(String[]::new);
    }

    private record Case(Generation generation, String binding, String scope, String chaos) {
        String run() {
            ForkedJvm jvm = ForkedJvm.java(options(
                    Shim.library(generation).toString(), binding, ShimProgram.class, scope, String.valueOf(FULL)));
            return (chaos.isEmpty() ? jvm : jvm.with(CHAOS, chaos)).run().output();
        }
    }
}
