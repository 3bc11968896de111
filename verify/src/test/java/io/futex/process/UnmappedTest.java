package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.ForkedJvm;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The page of a word is unmapped by native code while threads sleep on it. In C they time out; a JVM that reads the
/// word for why its wait is over dies.
class UnmappedTest {
    @ParameterizedTest
    @CsvSource({"local, ffm", "shared, ffm", "local, jna", "shared, jna"})
    void nobodyLooksAtAWordThatIsGone(String scope, String binding) {
        Assumptions.assumeTrue(System.getProperty("os.name").equals("Linux"), "SKIPPED: said of Linux only");
        String output = ForkedJvm.java(
                        "--enable-native-access=ALL-UNNAMED",
                        "-XX:-CreateCoredumpOnCrash",
                        "-Dio.futex.binding=" + binding,
                        "-cp",
                        ClassPath.ofTests(),
                        UnmappedProgram.class.getName(),
                        scope)
                .run()
                .output();
        assertThat(output).contains("Futex[linux, " + scope + ", binding " + binding);
    }
}
