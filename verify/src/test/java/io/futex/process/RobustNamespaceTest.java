package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.futex.shared.RobustMutex;
import io.futex.shared.RobustProgram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Two PID namespaces, in which threads have the same numbers: who comes second is refused.
class RobustNamespaceTest extends SharedFile {
    RobustNamespaceTest() {
        super(RobustProgram.class, "robust");
    }

    @Test
    void anotherNamespaceIsRefused() throws Exception {
        List<String> unshare = List.of("unshare", "--fork", "--pid", "--mount-proc");
        try {
            assumeTrue(run(unshare, "true").isEmpty(), "SKIPPED: a PID namespace takes root");
        } catch (IOException e) {
            assumeTrue(false, "SKIPPED: no unshare; install the package util-linux");
        }
        RobustMutex lock = RobustMutex.over(memory, RobustProgram.LOCK);
        assertThat(lock.lock()).isEqualTo(RobustMutex.Outcome.ACQUIRED);
        String java = System.getProperty("java.home") + "/bin/java";
        String said = run(
                unshare,
                java,
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                ClassPath.ofTests(),
                RobustProgram.class.getName(),
                file().toString(),
                "enter",
                "0");
        assertThat(said).contains("IllegalStateException", "--pid=host", "shareProcessNamespace");
        lock.unlock();
    }

    private static String run(List<String> before, String... command) throws Exception {
        List<String> all = new ArrayList<>(before);
        all.addAll(List.of(command));
        Process process = new ProcessBuilder(all).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        return said;
    }
}
