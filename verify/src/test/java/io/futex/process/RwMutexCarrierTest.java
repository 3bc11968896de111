package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.ForkedJvm;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whose turn it is may be unable to come: in a JVM with a single carrier, which is busy.
class RwMutexCarrierTest {
    @ParameterizedTest
    @ValueSource(strings = {"object", "local", "shared"})
    void reachesThePlatformThread(String form) {
        assertThat(ForkedJvm.java(
                                "--enable-native-access=ALL-UNNAMED",
                                "-Djdk.virtualThreadScheduler.parallelism=1",
                                "-Djdk.virtualThreadScheduler.maxPoolSize=1",
                                "-cp",
                                ClassPath.ofTests(),
                                RwMutexCarrierProgram.class.getName(),
                                form)
                        .run()
                        .output())
                .contains("all have passed");
    }
}
