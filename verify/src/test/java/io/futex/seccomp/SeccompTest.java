package io.futex.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.ForkedJvm;
import io.futex.contract.SeccompFilter;
import io.futex.process.ClassPath;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The contract holds on a kernel, or in a container, that has nothing newer than futex(2).
class SeccompTest {
    @ParameterizedTest
    @ValueSource(ints = {SeccompFilter.ENOSYS, SeccompFilter.EPERM})
    void theContractHoldsWithoutTheNewerCalls(int errno) {
        Assumptions.assumeTrue(SeccompFilter.isSupported(), "SKIPPED: seccomp filters are written for x86-64 Linux");
        String output = ForkedJvm.java(
                        "--enable-native-access=ALL-UNNAMED",
                        "--illegal-native-access=deny",
                        "-Djdk.virtualThreadScheduler.parallelism=2",
                        "-Dio.futex.test.scale=small",
                        "-cp",
                        ClassPath.ofTests(),
                        FilteredProgram.class.getName(),
                        String.valueOf(errno))
                .run()
                .output();
        assertThat(output.lines().limit(2))
                .allSatisfy(line -> assertThat(line)
                        .contains("waits by FUTEX_WAIT_BITSET of futex(2)", "wakes by FUTEX_WAKE of futex(2)")
                        .contains("REPORTS_WOKEN_COUNT")
                        .doesNotContain("PRECISE_TIMEOUT"))
                .satisfiesExactly(
                        local -> assertThat(local).contains("Futex[linux, local"),
                        shared -> assertThat(shared).contains("Futex[linux, shared", "PROCESS_SHARED"));
        assertThat(output).containsPattern("[1-9][0-9]{2} tests succeeded, 0 failed");
    }
}
