package io.futex.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static Report report() {
        Row good = Row.of("wake", Unit.TIME, Figure.median("", 5))
                .java(Figure.median("unpark", 10))
                .c(Figure.median("C", 100))
                .bytes(Figure.median("", 0.01))
                .beside(Figure.median("other", 7));
        Row bad = Row.of("wait, \"quoted\"", Unit.TIME, Figure.median("", 200)).c(Figure.absent("C", "no cc"));
        Report report = new Report();
        report.fact("system", "test");
        report.add(new Report.Section(
                "calls",
                List.of(
                        good.goal(Goal.atLeast("10 x", good.againstC(), 10)),
                        bad.goal(Goal.atLeast("10 x", bad.againstC(), 10))
                                .goal(Goal.atMost("100", bad.ours().value(), 100))),
                List.of("a note")));
        return report;
    }

    @Test
    void tableShowsFiguresRatiosAndGoals() {
        String table = Table.text(report());
        assertThat(table.lines().filter(line -> line.startsWith("wake")))
                .singleElement()
                .asString()
                .containsSubsequence("5.00 ns", "unpark 10.0 ns", "100 ns", "2.00x", "20.0x", " 0 ", "10 x: met");
        assertThat(table).contains("beside: other 7.00 ns", "calls: a note");
    }

    @Test
    void tableShowsMissesAndReasonsOfEmptyCells() {
        String table = Table.text(report());
        assertThat(table).contains("10 x: –; 100: MISSED", "C: no cc", "1 met, 1 MISSED, 1 not measured");
    }

    @Test
    void columnsStandUnderEachOther() {
        List<String> lines = Table.text(report()).lines().toList();
        int end = lines.get(0).indexOf("ours") + "ours".length();
        assertThat(lines)
                .filteredOn(line -> line.startsWith("wake") || line.startsWith("wait,"))
                .hasSize(2)
                .allSatisfy(line -> assertThat(line.substring(0, end)).endsWith(" ns"));
    }

    @Test
    void allocationIsAGoalOnlyWhereThereIsSome() {
        Row row = Row.of("x", Unit.TIME, Figure.median("", 1));
        assertThat(row.bytes(Figure.median("", 0.1)).goals()).isEmpty();
        assertThat(row.bytes(Figure.median("", 40)).goals())
                .singleElement()
                .extracting(Goal::verdict)
                .isEqualTo(Goal.Verdict.MISSED);
    }

    @Test
    void csvQuotesAndLeavesEmptyWhatWasNotMeasured() {
        List<String> lines = ReportFile.csv(report()).lines().toList();
        assertThat(lines).hasSize(1 + 4 + 2);
        assertThat(lines.get(5)).isEqualTo("calls,\"wait, \"\"quoted\"\"\",ns,ours,,200.0000,200.0000,200.0000,,");
        assertThat(lines.get(6)).isEqualTo("calls,\"wait, \"\"quoted\"\"\",ns,c,C,,,,,no cc");
    }

    @Test
    void jsonQuotesAndHasNoNaN() {
        String json = ReportFile.json(report());
        assertThat(json)
                .contains("\"wait, \\\"quoted\\\"\"", "\"median\": null", "\"absence\": \"no cc\"", "\"MISSED\"")
                .doesNotContain("NaN");
    }

    @Test
    void formatFollowsTheName() {
        assertThat(ReportFile.knows(Path.of("a.JSON"))).isTrue();
        assertThat(ReportFile.knows(Path.of("a.txt"))).isFalse();
        assertThatIllegalArgumentException().isThrownBy(() -> ReportFile.write(report(), Path.of("a.txt")));
    }
}
