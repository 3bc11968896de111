package io.futex.async;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.ForkedJvm;
import io.futex.contract.SeccompFilter;
import io.futex.process.ClassPath;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// Containers that forbid io_uring, as most do, some of them while it is in use: a pool waits then.
class RingFilterTest {
    @Test
    void aPoolWaitsWhereTheRingIsForbidden() throws Exception {
        Assumptions.assumeTrue(SeccompFilter.isSupported(), "SKIPPED: seccomp filters are written for x86-64 Linux");
        try (ExecutorService all = Executors.newFixedThreadPool(4)) {
            List<Future<String>> outputs = new ArrayList<>();
            for (String when : new String[] {"early", "late"}) {
                for (int errno : new int[] {SeccompFilter.EPERM, SeccompFilter.ENOSYS}) {
                    outputs.add(all.submit(() -> java(when, String.valueOf(errno))));
                }
            }
            assertThat(said(outputs.get(0))).contains("since io_uring_setup: EPERM (1): a seccomp filter");
            assertThat(said(outputs.get(1))).contains("since io_uring_setup: ENOSYS (38)");
            Assumptions.assumeTrue(java("free").contains("by io_uring"), "SKIPPED: io_uring is not to be had here");
            assertThat(said(outputs.get(2))).contains("io_uring_enter: EPERM (1)");
            assertThat(said(outputs.get(3))).contains("io_uring_enter: ENOSYS (38)");
        }
    }

    private static String said(Future<String> output) throws InterruptedException, ExecutionException {
        String said = output.get();
        assertThat(said).contains("for virtual threads by up to 1000 threads");
        return said;
    }

    private static String java(String... arguments) {
        List<String> all = new ArrayList<>(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-Dio.futex.pool.threads=1000",
                "-cp",
                ClassPath.ofTests(),
                VirtualWaitsProgram.class.getName()));
        all.addAll(List.of(arguments));
        return ForkedJvm.java(all.toArray(String[]::new)).run().output();
    }
}
