package io.futex.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.ForkedJvm;
import io.futex.process.ClassPath;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// The contract holds by the binding jna too.
class JnaTest {
    @Test
    void theContractHoldsByJna() {
        Assumptions.assumeTrue(System.getProperty("os.name").equals("Linux"), "SKIPPED: needs Linux");
        String output = ForkedJvm.java(
                        "--enable-native-access=ALL-UNNAMED",
                        "--illegal-native-access=deny",
                        "-Djdk.virtualThreadScheduler.parallelism=2",
                        "-Dio.futex.pool.threads=1000",
                        "-Dio.futex.test.scale=small",
                        "-Dio.futex.binding=jna",
                        "-cp",
                        ClassPath.ofTests(),
                        JnaProgram.class.getName(),
                        "false")
                .run()
                .output();
        assertThat(output.lines().limit(2))
                .satisfiesExactly(
                        local -> assertThat(local).contains("Futex[linux, local, binding jna"),
                        shared -> assertThat(shared).contains("Futex[linux, shared, binding jna"));
        assertThat(output).containsPattern("[1-9][0-9]{2} tests succeeded, 0 failed");
    }
}
