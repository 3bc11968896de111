package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.Futex;
import io.futex.contract.DeepFirstUse;
import io.futex.contract.ForkedJvm;
import io.futex.contract.OwnLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The library with this system's backend in a class loader of its own.
class OwnLoaderTest {
    private static final String[] PLACES = Stream.of(
                    Futex.class.getName(), "io.futex.linux.LinuxBackendProvider", OwnLoader.class.getName())
            .map(OwnLoaderTest::place)
            .toArray(String[]::new);

    @Test
    void firstWaitsAskTheClassLoaderForNothing() throws Exception {
        assertThat(OwnLoader.askedByFirstWaits(PLACES)).isEmpty();
    }

    @Test
    void aPooledThreadThatHasWaitedDoesNotKeepTheLibrary() throws Exception {
        OwnLoader.assertUnloads(PLACES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xmixed", "-Xint"})
    void aFirstUseThatOverflowsTheStackCanBeRepeated(String mode) {
        ForkedJvm.Result result = ForkedJvm.java(
                        mode,
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        PLACES[2],
                        DeepFirstUse.class.getName(),
                        PLACES[0],
                        PLACES[1],
                        PLACES[2])
                .run();
        assertThat(result.output()).matches("failed once: [1-9]\\d*\\R");
        assertThat(result.err()).as("no fall back").isEmpty();
    }

    private static String place(String type) {
        try {
            return ForkedJvm.placeOf(Class.forName(type));
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
