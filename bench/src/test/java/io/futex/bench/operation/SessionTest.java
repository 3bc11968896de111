package io.futex.bench.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.bench.report.Figure;
import io.futex.bench.report.Report;
import io.futex.bench.report.Row;
import io.futex.bench.report.Unit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SessionTest {
    private final List<String> ran = new ArrayList<>();

    private Operation operation(String name, boolean fails) {
        return new Operation(name, "title of " + name, true, (session, rows) -> {
            ran.add(name);
            if (fails) {
                throw new Exception("interrupted");
            }
            rows.add(Row.of(name, Unit.TIME, Figure.median("", 1)));
            return List.of();
        });
    }

    @Test
    void whatIsDoneIsNotMeasuredAgainAndWhatFailedIs() throws Exception {
        Report report = new Report();
        List<Integer> saved = new ArrayList<>();
        try (Session session = Cells.session()) {
            session.run(
                    List.of(operation("one", false), operation("two", true)),
                    report,
                    () -> saved.add(report.sections().size()));
            assertThat(saved).containsExactly(1, 2);
            session.run(List.of(operation("one", false), operation("two", false), operation("three", false)), report);
        }
        assertThat(ran).containsExactly("one", "two", "two", "three");
        assertThat(report.sections())
                .extracting(Report.Section::title)
                .containsExactly("title of one", "title of two", "title of three");
        assertThat(report.sections())
                .allSatisfy(section ->
                        assertThat(section.notes()).singleElement().asString().startsWith("profile smoke, begun 2"));
    }
}
