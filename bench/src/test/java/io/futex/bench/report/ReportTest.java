package io.futex.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportTest {
    @Test
    void tableShowsFiguresRatiosAndVerdicts() {
        String table = Table.text(Samples.report(), false);
        assertThat(table.lines().filter(line -> line.startsWith("wake")))
                .singleElement()
                .asString()
                .containsSubsequence("5.00 ns", "2.00x", "10.0 ns", "20.0x", "100 ns", " 0 ", "met");
        assertThat(table.lines().filter(line -> line.startsWith("wait")))
                .singleElement()
                .asString()
                .endsWith("MISSED");
        assertThat(table).contains("-- calls (Java: unpark)", "1 met, 1 MISSED, 1 not measured", "--notes");
    }

    @Test
    void notesAreToldWhenAskedFor() {
        List<String> folded = List.of("beside: other 7.00 ns", "10 x: –; 100: MISSED", "a note", "C: no cc");
        assertThat(Table.text(Samples.report(), true)).contains(folded);
        assertThat(Table.text(Samples.report(), false)).doesNotContain(folded);
    }

    @Test
    void aSectionThatFailedSaysWhy() {
        Report report = new Report();
        report.add(new Report.Section("first use", List.of(), List.of("not measured: no JVM")));
        assertThat(Table.text(report, false)).contains("not measured: no JVM");
        assertThat(report.has("first use")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void tableFitsTheTerminal(boolean notes) {
        Report report = Samples.drawn();
        String words = "signalled, awaited, and released again ".repeat(5);
        Row row = Row.of(words, Unit.TIME, Figure.median("", 999.4e6))
                .java(Figure.median("ReentrantReadWriteLock", 123e6))
                .c(Figure.median("futex_wait", 1e9))
                .bytes(Figure.median("", 1234))
                .beside(Figure.median(words, 7));
        report.add(new Report.Section(
                words, List.of(row, row.java(Figure.median("LinkedTransferQueue", 2))), List.of(words)));
        assertThat(Table.text(report, notes).lines())
                .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(Table.WIDTH));
    }

    @Test
    void columnsStandUnderEachOther() {
        List<String> lines = Table.text(Samples.report(), false).lines().toList();
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
    void goalsKnowHowMuchWasReached() {
        assertThat(Goal.atLeast("", 0.5, 1).reached()).isEqualTo(0.5);
        assertThat(Goal.atMost("", 2.4, 1.2).reached()).isEqualTo(0.5);
        assertThat(Goal.atMost("", 1.2, 1.2).verdict()).isEqualTo(Goal.Verdict.MET);
        assertThat(Goal.atMost("", Double.NaN, 1.2).verdict()).isEqualTo(Goal.Verdict.UNKNOWN);
    }

    @Test
    void anotherRunReplacesSectionsAndTellsWhatDiffers() {
        Report report = Samples.report();
        Report later = new Report();
        later.fact("system", "other");
        later.fact("load", "0.5");
        later.add(new Report.Section("calls", List.of(Row.of("new", Unit.TIME, Figure.median("", 1))), List.of()));
        report.addAll(later);
        assertThat(report.facts()).containsEntry("system", "test | other").containsEntry("load", "0.5");
        assertThat(report.sections())
                .singleElement()
                .satisfies(section -> assertThat(section.rows())
                        .singleElement()
                        .extracting(Row::operation)
                        .isEqualTo("new"));
    }

    @Test
    void aRowThatTellsMoreOfTheOneAboveIsNamedWithIt() {
        Row more = Row.of("  longest wait", Unit.TIME, Figure.median("", 3)).goal(Goal.atMost("none", 3, 1));
        Report report = new Report();
        report.add(new Report.Section(
                "lock", List.of(Row.of("2 threads", Unit.RATE, Figure.median("", 1)), more), List.of()));
        assertThat(report.outcomes(Goal.Verdict.MISSED))
                .singleElement()
                .extracting(Report.Outcome::operation)
                .isEqualTo("2 threads, longest wait");
        assertThat(Table.text(report, false)).contains("\n  longest wait ");
    }
}
