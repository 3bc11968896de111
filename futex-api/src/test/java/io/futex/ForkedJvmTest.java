package io.futex;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.ForkedJvm;
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
        assertThat(result.err()).as("nothing native, so nothing to warn of").isEmpty();
    }

    @Test
    void worksOnTheModulePathWithoutABackend() {
        ForkedJvm.Result result = ForkedJvm.java("-p", API, "--add-modules", "io.futex", "-cp", TESTS, SHOW)
                .run();
        assertThat(result.output()).contains("local=Futex[portable, local, ", "waited=true");
        assertThat(result.err()).isEmpty();
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
        assertThat(result.err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"portable", "polling"})
    void takesTheBackendAskedFor(String name) {
        ForkedJvm.Result result = ForkedJvm.java("-Dio.futex.backend=" + name, "-cp", ForkedJvm.path(API, TESTS), SHOW)
                .run();
        assertThat(result.output()).contains("local=Futex[portable, local, ", "shared=Futex[polling, shared, ");
    }

    @ParameterizedTest
    @CsvSource({
        "io.futex.backend=nonsense, -Dio.futex.backend=nonsense: unknown; usable: portable",
        "io.futex.backend=linux, -Dio.futex.backend=linux: not usable here; usable: portable",
        "io.futex.backend=windows, -Dio.futex.backend=windows: not usable here; usable: portable",
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
