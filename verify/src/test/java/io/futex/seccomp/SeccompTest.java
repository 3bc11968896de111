package io.futex.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.ForkedJvm;
import io.futex.contract.SeccompFilter;
import io.futex.process.ClassPath;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The contract holds on a kernel, or in a container, that has nothing newer than futex(2).
class SeccompTest {
    /// Both at once, since most of the time of each is waiting.
    @Test
    void theContractHoldsWithoutTheNewerCalls() throws Exception {
        Assumptions.assumeTrue(SeccompFilter.isSupported(), "SKIPPED: seccomp filters are written for x86-64 Linux");
        try (ExecutorService two = Executors.newFixedThreadPool(2)) {
            Future<String> missing = two.submit(() -> contract(SeccompFilter.ENOSYS));
            Future<String> forbidden = two.submit(() -> contract(SeccompFilter.EPERM));
            assertHolds(missing.get());
            assertHolds(forbidden.get());
        }
    }

    /// Filters that kill for what they do not know: the calls are left alone, even by the probe and by descriptions.
    @Test
    void theContractHoldsWhereTheNewerCallsKill() {
        Assumptions.assumeTrue(SeccompFilter.isSupported(), "SKIPPED: seccomp filters are written for x86-64 Linux");
        String output = java(FilteredProgram.class, "-Dio.futex.linux.futex2=false", "kill")
                .output();
        assertHolds(output);
        assertThat(output).contains("since -Dio.futex.linux.futex2=false");
        assertThat(java(FilteredProgram.class, "-Dio.futex.linux.futex2=true", "kill")
                        .exit())
                .as("else the filter shows nothing: 128 + SIGSYS")
                .isEqualTo(159);
    }

    /// Whatever a filter answers that comes after the first use; 13 is EACCES, 95 is EOPNOTSUPP.
    @ParameterizedTest
    @CsvSource({"13, local", "13, shared", "13, wake", "38, shared", "1, local", "22, wake", "95, wake", "14, local"})
    void aFilterThatComesLateIsFallenBackFrom(int errno, String first) {
        Assumptions.assumeTrue(SeccompFilter.isSupported(), "SKIPPED: seccomp filters are written for x86-64 Linux");
        String output = java(LateFilterProgram.class, "-Xshare:auto", String.valueOf(errno), first)
                .output();
        assertThat(output.lines())
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains("waits by FUTEX_WAIT_BITSET of futex(2), since"));
    }

    private static String contract(int errno) {
        return java(FilteredProgram.class, "-Dio.futex.linux.futex2=true", String.valueOf(errno))
                .output();
    }

    private static ForkedJvm.Result java(Class<?> program, String option, String... arguments) {
        List<String> all = new ArrayList<>(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "--illegal-native-access=deny",
                "-Djdk.virtualThreadScheduler.parallelism=2",
                "-Dio.futex.pool.threads=1000",
                "-Dio.futex.test.scale=small",
                option,
                "-cp",
                ClassPath.ofTests(),
                program.getName()));
        all.addAll(List.of(arguments));
        return ForkedJvm.java(all.toArray(String[]::new)).run();
    }

    private static void assertHolds(String output) {
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
