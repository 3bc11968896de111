package io.futex.async;

import io.futex.contract.ForkedJvm;
import io.futex.process.ClassPath;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// Nothing is there before its first use and after its last, and whoever sleeps takes no processor time: by a ring and
/// by a pool.
class QuietTest {
    @Test
    void nothingRunsThatNobodyNeeds() {
        Assumptions.assumeTrue(
                System.getProperty("os.name").startsWith("Linux"), "SKIPPED: only Linux's /proc tells of both");
        CompletableFuture<String> pool = CompletableFuture.supplyAsync(() -> java("pool", "60", "by up to 64 threads"));
        String ring = java("", "500", "for virtual threads by ");
        System.out.print("ring: " + ring + "pool: " + pool.join());
    }

    private static String java(String async, String... arguments) {
        return ForkedJvm.java(
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:TieredStopAtLevel=1",
                        "-Dio.futex.pool.threads=" + (async.isEmpty() ? 1000 : 64), // where there is no ring
                        "-Dio.futex.async=" + async,
                        "-cp",
                        ClassPath.ofTests(),
                        QuietProgram.class.getName(),
                        arguments[0],
                        arguments[1])
                .run()
                .output();
    }
}
