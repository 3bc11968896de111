package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.ForkedJvm;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whoever relies on a woken thread relies on one that can run: in a JVM with a single carrier, which is busy.
class CarrierTest {
    @ParameterizedTest
    @CsvSource({
        "event, local",
        "semaphore, local",
        "mutex, local",
        "event, shared",
        "semaphore, shared",
        "mutex, shared"
    })
    void reachesThePlatformThread(String what, String scope) {
        assertPasses("", what, scope);
    }

    @ParameterizedTest
    @CsvSource({"event, local", "semaphore, local", "mutex, local"})
    void reachesThePlatformThreadWithoutABackend(String what, String scope) {
        assertPasses("portable", what, scope);
    }

    private static void assertPasses(String backend, String what, String scope) {
        assertThat(ForkedJvm.java(
                                "--enable-native-access=ALL-UNNAMED",
                                "-Djdk.virtualThreadScheduler.parallelism=1",
                                "-Djdk.virtualThreadScheduler.maxPoolSize=1",
                                backend.isEmpty() ? "-ea" : "-Dio.futex.backend=" + backend,
                                "-cp",
                                ClassPath.ofTests(),
                                CarrierProgram.class.getName(),
                                what,
                                scope)
                        .run()
                        .output())
                .contains("all have passed");
    }
}
