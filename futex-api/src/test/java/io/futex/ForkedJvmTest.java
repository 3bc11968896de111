package io.futex;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.futex.contract.DeepFirstUse;
import io.futex.contract.ForkedJvm;
import io.futex.contract.OwnLoader;
import io.futex.contract.Show;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The library as a user starts it, without a native backend.
class ForkedJvmTest {
    private static final String API = ForkedJvm.placeOf(Futex.class);
    private static final String TESTS = ForkedJvm.placeOf(Show.class);
    private static final String SHOW = Show.class.getName();

    @Test
    void worksOnTheClassPathWithoutABackend() {
        ForkedJvm.Result result =
                ForkedJvm.java("-cp", ForkedJvm.path(API, TESTS), SHOW).run();
        assertThat(result.output())
                .contains("local=Futex[portable, local, ", "shared=Futex[polling, shared, ", "word=7", "waited=true")
                .contains("linux=not on the class path or module path; add io.futex:futex-linux");
        assertWarnsOnce(result);
    }

    @Test
    void worksOnTheModulePathWithoutABackend() {
        ForkedJvm.Result result = ForkedJvm.java("-p", API, "--add-modules", "io.futex", "-cp", TESTS, SHOW)
                .run();
        assertThat(result.output()).contains("local=Futex[portable, local, ", "waited=true");
        assertWarnsOnce(result);
    }

    /// Nothing but java.base is needed: not even logging.
    @Test
    void worksWithJavaBaseAlone() {
        ForkedJvm.Result result = ForkedJvm.java(
                        "--limit-modules",
                        "java.base,io.futex",
                        "-p",
                        API,
                        "--add-modules",
                        "io.futex",
                        "-cp",
                        TESTS,
                        SHOW)
                .run();
        assertThat(result.output()).contains("local=Futex[portable, local, ", "waited=true");
        assertWarnsOnce(result);
    }

    @ParameterizedTest
    @ValueSource(strings = {"portable", "polling"})
    void takesTheBackendAskedFor(String name) {
        ForkedJvm.Result result = ForkedJvm.java("-Dio.futex.backend=" + name, "-cp", ForkedJvm.path(API, TESTS), SHOW)
                .run();
        assertThat(result.output()).contains("local=Futex[portable, local, ", "shared=Futex[polling, shared, ");
        assertThat(result.err()).as("as asked for").isEmpty();
    }

    /// The backend of this system is not there, which nobody notices who only sees it work. Nothing else is said.
    private static void assertWarnsOnce(ForkedJvm.Result result) {
        assertThat(result.warnings("futex falls back to the backend portable, and polls shared words: "))
                .hasSize(1)
                .first(STRING)
                .contains("not on the class path or module path; add io.futex:futex-", "META-INF/services");
        assertThat(result.err().lines())
                .as("with the line before it that names the class")
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "io.futex.backend=nonsense, -Dio.futex.backend=nonsense: unknown; usable: portable",
        "io.futex.backend=linux, -Dio.futex.backend=linux: not usable here; usable: portable",
        "io.futex.backend=windows, -Dio.futex.backend=windows: not usable here; usable: portable",
        "io.futex.require=native, '-Dio.futex.require=native: nothing native is usable here; usable: portable, polling; not usable: {linux=not on'",
        "io.futex.require=nonsense, -Dio.futex.require=nonsense: unknown; known: native",
        "io.futex.binding=nonsense, -Dio.futex.binding=nonsense: unknown; usable: none; not usable: ffm",
        "io.futex.binding=jna, -Dio.futex.binding=jna: not usable here; usable: none; not usable: ffm"
    })
    void failsByAMessageEachTime(String property, String message) {
        ForkedJvm.Result result = ForkedJvm.java("-D" + property, "-cp", ForkedJvm.path(API, TESTS), SHOW, "no use")
                .run();
        assertThat(result.output())
                .contains("local=java.lang.IllegalStateException: " + message)
                .contains("shared=java.lang.IllegalStateException: " + message)
                .contains("local again=java.lang.IllegalStateException: " + message)
                .contains("word=java.lang.IllegalStateException: " + message);
    }

    /// An Error out of a class initialiser would be one for ever.
    @ParameterizedTest
    @ValueSource(strings = {"-Xmixed", "-Xint"})
    void aFirstUseThatOverflowsTheStackCanBeRepeated(String mode) {
        ForkedJvm.Result result = ForkedJvm.java(
                        mode, "-Dio.futex.backend=portable", "-cp", TESTS, DeepFirstUse.class.getName(), API, TESTS)
                .run();
        assertThat(result.output()).matches("failed once: [1-9]\\d*\\R");
    }

    @Test
    void firstWaitsAskTheClassLoaderForNothing() throws Exception {
        assertThat(OwnLoader.askedByFirstWaits(API, TESTS)).isEmpty();
    }

    @Test
    void aPooledThreadThatHasWaitedDoesNotKeepTheLibrary() throws Exception {
        OwnLoader.assertUnloads(API, TESTS);
    }

    /// 30 million words of 4 bytes are 120 MB if none is freed. The library lets at most 32 MiB pile up before it asks
    /// for a collection; the rest is what malloc keeps, and room for the heap of at most 128 MB, which is touched
    /// before the first look.
    @Test
    void freesTheMemoryOfDroppedWords() {
        Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/status")), "memory is measured on Linux only");
        ForkedJvm.Result result = ForkedJvm.java(
                        "-Xmx128m",
                        "-Xms128m",
                        "-XX:+AlwaysPreTouch",
                        "-cp",
                        ForkedJvm.path(API, TESTS),
                        DroppedWords.class.getName(),
                        "30000000")
                .run();
        long grown = Long.parseLong(result.output().strip());
        System.out.println("30 million dropped words: resident memory has grown by " + grown + " kB");
        assertThat(grown).as("kB").isLessThan(64 * 1024);
    }
}
