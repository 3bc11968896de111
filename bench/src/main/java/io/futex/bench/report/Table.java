package io.futex.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The report for people: one table, as text or as Markdown.
public final class Table {
    private static final String NONE = "–";
    private static final String BESIDE = "      beside: ";
    private static final List<String> HEAD =
            List.of("operation", "ours", "Java peer", "raw C", "vs Java", "vs C", "B/op", "goals");

    /// Columns of numbers stand to the right.
    private static final int FIRST_NUMBER = 1;

    private static final int LAST_NUMBER = 6;

    private Table() {}

    /// The table for a terminal.
    public static String text(Report report) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(HEAD);
        for (Report.Section section : report.sections()) {
            lines.add(List.of("\n-- " + section.title()));
            for (Row row : section.rows()) {
                lines.add(cells(row));
                if (!row.beside().isEmpty()) {
                    lines.add(List.of(BESIDE + beside(row)));
                }
            }
        }
        int[] widths = widths(lines);
        StringBuilder out = new StringBuilder();
        for (List<String> line : lines) {
            if (line.size() == 1) {
                out.append(line.get(0)).append('\n');
            } else {
                out.append(padded(line, widths).stripTrailing()).append('\n');
            }
        }
        appendFoot(out, report, "  ");
        return out.toString();
    }

    /// The table for a document.
    public static String markdown(Report report) {
        StringBuilder out = new StringBuilder();
        report.facts()
                .forEach((name, value) ->
                        out.append("- ").append(name).append(": ").append(value).append('\n'));
        out.append("\n| ")
                .append(String.join(" | ", HEAD))
                .append(" | beside |\n|---|--:|--:|--:|--:|--:|--:|---|---|\n");
        for (Report.Section section : report.sections()) {
            out.append("| **").append(section.title()).append("** |").append(" |".repeat(HEAD.size()));
            out.append('\n');
            for (Row row : section.rows()) {
                out.append("| ")
                        .append(String.join(" | ", cells(row)))
                        .append(" | ")
                        .append(beside(row))
                        .append(" |\n");
            }
        }
        appendFoot(out, report, "- ");
        return out.toString();
    }

    private static void appendFoot(StringBuilder out, Report report, String bullet) {
        out.append("\nvs: how many times better ours is; above 1 ours wins. Medians of interleaved rounds.\n");
        for (Report.Section section : report.sections()) {
            for (String note : section.notes()) {
                out.append(bullet)
                        .append(section.title())
                        .append(": ")
                        .append(note)
                        .append('\n');
            }
        }
        if (!report.absences().isEmpty()) {
            out.append('\n').append(NONE).append(" is not measured:\n");
            report.absences()
                    .forEach(reason -> out.append(bullet).append(reason).append('\n'));
        }
        out.append("\nGoals: ")
                .append(report.count(Goal.Verdict.MET))
                .append(" met, ")
                .append(report.count(Goal.Verdict.MISSED))
                .append(" MISSED, ")
                .append(report.count(Goal.Verdict.UNKNOWN))
                .append(" not measured.\n");
    }

    private static List<String> cells(Row row) {
        return List.of(
                row.operation(),
                cell(row, row.ours()),
                cell(row, row.java()),
                cell(row, row.c()),
                factor(row.java(), row.againstJava()),
                factor(row.c(), row.againstC()),
                Double.isNaN(row.bytes()) ? "" : row.bytes() < 0.05 ? "0" : Unit.digits(row.bytes()),
                row.goals().stream().map(Goal::toString).collect(Collectors.joining("; ")));
    }

    private static String beside(Row row) {
        return row.beside().stream().map(figure -> cell(row, figure)).collect(Collectors.joining(", "));
    }

    private static String cell(Row row, @Nullable Figure figure) {
        if (figure == null) {
            return "";
        }
        String value = figure.isPresent() ? row.unit().format(figure.value()) : NONE;
        return figure.who().isEmpty() || figure.who().equals("C") ? value : figure.who() + " " + value;
    }

    private static String factor(@Nullable Figure other, double factor) {
        return other == null ? "" : Double.isNaN(factor) ? NONE : Unit.digits(factor) + "x";
    }

    private static int[] widths(List<List<String>> lines) {
        int[] widths = new int[HEAD.size()];
        for (List<String> line : lines) {
            for (int i = 0; line.size() > 1 && i < line.size(); i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        }
        return widths;
    }

    private static String padded(List<String> line, int[] widths) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < line.size(); i++) {
            String gap = " ".repeat(widths[i] - line.get(i).length());
            boolean number = i >= FIRST_NUMBER && i <= LAST_NUMBER;
            out.append(number ? gap + line.get(i) : line.get(i) + gap).append("  ");
        }
        return out.toString();
    }
}
