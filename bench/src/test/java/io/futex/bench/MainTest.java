package io.futex.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.bench.peer.Jvm;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import io.futex.examples.TwoProcesses;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
        "bench --resume, needs the --out",
        "bench --from a.json --resume --out b.html, measures nothing",
        "bench --nonsense, Unknown option",
        "demo --numbers 0, at least 1",
        "demo --idle=-1, not be negative",
        "demo doorbell --seconds 0, at least 1",
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

    /// The compiler works in the background, more so on a busy machine: the best of a few tries counts, and a program
    /// that spins uses more than twice as much.
    @Test
    void demoExchangesNumbersAndSleepsWhenIdle() {
        for (int tries = 5; ; tries--) {
            out.getBuffer().setLength(0);
            assertThat(run("demo", "--numbers", "20000", "--idle", "1"))
                    .as(err.toString())
                    .isZero();
            assertThat(out.toString()).contains("20,000 numbers, sum right", "1 s with nothing to do");
            long[] idle = idleMillis();
            if (idle[0] < 400 && idle[1] < 400) {
                return;
            }
            assertThat(tries).as(out.toString()).isGreaterThan(1);
        }
    }

    /// The processor time of both processes in the second they had nothing to do.
    private long[] idleMillis() {
        Matcher times = Pattern.compile(
                        "nothing to do.*\\R.*CPU time: (\\d+) ms in this process, (\\d+) ms in the other")
                .matcher(out.toString());
        assertThat(times.find()).as(out.toString()).isTrue();
        return new long[] {Long.parseLong(times.group(1)), Long.parseLong(times.group(2))};
    }

    @Test
    void demoOfTheDoorbellHasThreeColumns() {
        assertThat(run("demo", "doorbell", "--seconds", "1")).as(err.toString()).isZero();
        assertThat(out.toString().lines()).first().asString().containsSubsequence("busy", "back-off", "futex");
        assertThat(out.toString()).containsPattern("no messages .* %.* %.* %").doesNotContain("NaN");
    }

    @Test
    void demoOfIdleQueuesEndsWithAKill() {
        assertThat(run("demo", "idle", "--seconds", "3")).as(err.toString()).isZero();
        assertThat(out.toString().lines()).first().asString().containsSubsequence("busy", "back-off", "futex");
        assertThat(out.toString())
                .containsPattern("no message .* %.* %.* %")
                .containsPattern("until the next one has it: .*s \\(median")
                .doesNotContain("NaN");
    }

    @Test
    void anInterruptedDemoLeavesNoProcess() {
        Set<ProcessHandle> before = ProcessHandle.current().children().collect(Collectors.toSet());
        Waiter demo = Waiter.platform(() -> {
            TwoProcesses.run(1, 3600, Jvm.command(TwoProcesses.class), new PrintWriter(out, true));
            return null;
        });
        Await.until("numbers exchanged", () -> demo.isDone() || out.toString().contains("sum right"));
        demo.thread().interrupt();
        assertThat(demo.thrown()).isInstanceOf(InterruptedException.class);
        assertThat(ProcessHandle.current().children().filter(child -> !before.contains(child)))
                .isEmpty();
    }

    @Test
    void benchWritesItsReportAndGoesOnWithIt(@TempDir Path folder) throws Exception {
        Path page = folder.resolve("report.html");
        Path state = folder.resolve("report.json");
        assertThat(run("bench", "--profile", "smoke", "--only", "memory", "--out", page.toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("local       Futex[", "a lock, in a segment");
        String first = Files.readString(state);
        assertThat(first).contains("\"sections\"", "a lock, in a segment");
        assertThat(Files.readString(page)).contains("a lock, in a segment");

        assertThat(run("bench", "--profile", "smoke", "--only", "memory,late", "--out", page.toString(), "--resume"))
                .as(err.toString())
                .isZero();
        assertThat(Files.readString(state))
                .contains(first.substring(first.indexOf("a lock, in a segment"), first.lastIndexOf("begun")));
        assertThat(Files.readString(page)).contains("a lock, in a segment", "<svg", "Lateness");

        Path pictures = folder.resolve("pictures");
        Path doc = Files.writeString(folder.resolve("doc.md"), "<!-- figures: begin -->\n<!-- figures: end -->\n");
        out.getBuffer().setLength(0);
        assertThat(run(
                        "bench",
                        "--from",
                        state.toString(),
                        "--pictures",
                        pictures.toString(),
                        "--fill",
                        doc.toString()))
                .as(err.toString())
                .isZero();
        assertThat(out.toString()).contains("wait of 100 us, p50").doesNotContain("Futex[");
        assertThat(pictures.resolve("lateness.svg")).exists();
        assertThat(doc).content().contains("![lateness](pictures/lateness.svg)", "| wait of 100 us, p50 |");

        Files.writeString(state, Files.readString(state).replace("\"smoke\"", "\"full\""));
        assertThat(run("bench", "--profile", "smoke", "--out", page.toString(), "--resume"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("profile: full; now smoke");
    }
}
