package io.futex.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MarkdownTest {
    private static final String PAGE = """
            before $1
            <!-- figures: begin -->
            of yesterday
            <!-- figures: end -->
            between
            <!-- headlines: begin -->
            <!-- headlines: end -->
            after
            """;

    @Test
    void whatStandsBetweenTheMarksIsMadeAnew(@TempDir Path folder) throws Exception {
        Path page = Files.writeString(folder.resolve("page.md"), PAGE);
        Markdown.fill(page, Samples.drawn(), List.of(folder.resolve("pictures/locks.svg")));
        String text = Files.readString(page);
        assertThat(text)
                .startsWith("before $1\n<!-- figures: begin -->\n")
                .endsWith("<!-- headlines: end -->\nafter\n")
                .doesNotContain("of yesterday")
                .contains("![locks](pictures/locks.svg)", "<!-- figures: end -->\nbetween\n<!-- headlines: begin -->\n")
                .contains(
                        "| wake | 2.00x | 20.0x | 5.00 ns | unpark 10.0 ns | 100 ns | 0 | 10 x: met | other 7.00 ns |");
        Markdown.fill(page, Samples.drawn(), List.of(folder.resolve("pictures/locks.svg")));
        assertThat(page).content().isEqualTo(text);
    }

    @Test
    void headlinesAreThoseThatWereMeasuredWithTheMisses() {
        Report report = Samples.report();
        Row row = Row.of("1000 waiters, the last one out", Unit.TIME, Figure.median("", 10))
                .java(Figure.median("CountDownLatch", 30));
        report.add(new Report.Section(
                "release of many waiters",
                List.of(row.goal(Goal.atLeast("≥ 5 x sooner", row.againstJava(), 5))),
                List.of()));
        assertThat(Markdown.headlines(report))
                .contains(
                        "| 3.00 | ≥ 5 x sooner: **missed** |",
                        "1 were met and 2 missed",
                        "1000 waiters, the last one out: 0.60")
                .doesNotContain("PMutex");
    }

    @Test
    void aPageWithoutMarksIsRefused(@TempDir Path folder) throws Exception {
        Path page = Files.writeString(folder.resolve("page.md"), "nothing");
        assertThatIllegalStateException().isThrownBy(() -> Markdown.fill(page, Samples.report(), List.of()));
    }
}
