package io.futex.seccomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.ForkedJvm;
import io.futex.contract.SeccompFilter;
import io.futex.process.ClassPath;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

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

    private static String contract(int errno) throws Exception {
        return ForkedJvm.java(
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
