package io.futex.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.ForkedJvm;
import io.futex.contract.SeccompFilter;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The doctor on an old kernel, and in a container that forbids what it does not know.
class DoctorTest {
    @ParameterizedTest
    @CsvSource({"38, ENOSYS (38)", "1, EPERM (1)"})
    void namesWhatStandsInForCallsThatFail(int errno, String answer) {
        Assumptions.assumeTrue(SeccompFilter.isSupported(), "SKIPPED: seccomp filters are written for x86-64 Linux");
        String output = ForkedJvm.java(
                        "--enable-native-access=ALL-UNNAMED",
                        "--illegal-native-access=deny",
                        "-cp",
                        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                        FilteredDoctor.class.getName(),
                        String.valueOf(errno))
                .run()
                .output();
        String description = "waits by FUTEX_WAIT_BITSET of futex(2), since futex_wait (455) answered " + answer
                + ", wakes by FUTEX_WAKE of futex(2), since futex_wake (454) answered " + answer;
        assertThat(output)
                .contains("local       Futex[linux, local, binding ffm, " + description + "]")
                .contains("shared      Futex[linux, shared, binding ffm, " + description
                        + "; for virtual threads by up to ")
                .containsPattern("seccomp +a filter is active")
                .contains("ok     ping-pong, local", "ok     ping-pong, shared", "ok     timed wait")
                .doesNotContain("FAILED");
    }
}
