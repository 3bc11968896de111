package io.futex.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        return Main.command()
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(args);
    }

    @ParameterizedTest
    @CsvSource({
        "bench --only nonsense, no operation nonsense",
        "bench --profile slow, no profile slow",
        "bench --out report.txt, .json",
        "bench --nonsense, Unknown option",
        "'', which command",
    })
    void wrongUsageIsExplained(String line, String explanation) {
        assertThat(run(line.isEmpty() ? new String[0] : line.split(" "))).isEqualTo(2);
        assertThat(err.toString()).contains(explanation);
    }

    @Test
    void helpNamesAllCommands() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString()).contains("bench", "doctor", "demo");
    }

    @Test
    void doctorTriesTheLibrary() {
        assertThat(run("doctor")).as(out.toString()).isZero();
        assertThat(out.toString())
                .contains("why", "Self-test", "ok     ping-pong, local")
                .doesNotContain("FAILED");
    }

    @Test
    void demoExchangesNumbers() {
        assertThat(run("demo", "--numbers", "20000", "--idle", "0"))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("20,000 numbers, sum right", "CPU time");
    }

    @Test
    void benchWritesItsReport(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("report.json");
        assertThat(run("bench", "--profile", "smoke", "--only", "sharing", "--out", file.toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("local       Futex[", "two threads count on two words");
        assertThat(Files.readString(file)).contains("\"sections\"");
    }
}
