package io.futex.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The report for a terminal: one table, no wider than that.
public final class Table {
    /// Of a line.
    static final int WIDTH = 120;

    static final String NONE = "–";

    private static final List<String> HEAD =
            List.of("operation", "ours", "vs Java", "", "Java peer", "vs C", "raw C", "B/op", "goal");

    /// Names stand to the left, numbers to the right.
    private static final Set<Integer> LEFT = Set.of(4, 8);

    private static final int LEAST_NAME = 24;

    private Table() {}

    /// The table.
    ///
    /// @param notes whether all is told: figures beside, goals, and how each section was measured
    public static String text(Report report, boolean notes) {
        List<List<String>> lines = new ArrayList<>(List.of(HEAD));
        report.sections().forEach(section -> section.rows().forEach(row -> lines.add(cells(section, row))));
        int[] widths = widths(lines);
        StringBuilder out = new StringBuilder();
        append(out, HEAD, widths);
        for (Report.Section section : report.sections()) {
            wrap(out.append('\n'), "-- ", section.title() + peers(section));
            for (Row row : section.rows()) {
                append(out, cells(section, row), widths);
                if (notes) {
                    appendNotes(out, row);
                }
            }
            if (notes || section.rows().isEmpty()) {
                section.notes().forEach(note -> wrap(out, "   ", note));
            }
        }
        out.append("\nvs: how many times better ours is; above 1 ours wins. Medians of interleaved rounds.\n");
        appendFoot(out, report, notes);
        return out.toString();
    }

    private static void appendNotes(StringBuilder out, Row row) {
        if (!row.beside().isEmpty()) {
            wrap(out, "      ", "beside: " + beside(row));
        }
        if (!row.goals().isEmpty()) {
            wrap(out, "      ", "goal: " + goals(row));
        }
    }

    private static void appendFoot(StringBuilder out, Report report, boolean notes) {
        if (notes && !report.absences().isEmpty()) {
            out.append('\n').append(NONE).append(" is not measured:\n");
            report.absences().forEach(reason -> wrap(out, "  ", reason));
        }
        out.append('\n').append(summary(report)).append('\n');
        if (!notes) {
            out.append("Figures of further peers, the goals in words and how all was measured: --notes\n");
        }
    }

    /// How many goals were met.
    static String summary(Report report) {
        return "Goals: " + report.count(Goal.Verdict.MET) + " met, " + report.count(Goal.Verdict.MISSED) + " MISSED, "
                + report.count(Goal.Verdict.UNKNOWN) + " not measured.";
    }

    /// Names that are the same in all rows.
    private static String peers(Report.Section section) {
        String java = one(section, Row::java);
        String c = one(section, Row::c);
        String names = (java.isEmpty() ? "" : "Java: " + java)
                + (java.isEmpty() || c.isEmpty() ? "" : ", ")
                + (c.isEmpty() ? "" : "C: " + c);
        return names.isEmpty() ? "" : " (" + names + ")";
    }

    private static String one(Report.Section section, Function<Row, @Nullable Figure> peer) {
        List<String> names = section.rows().stream()
                .map(peer)
                .filter(Objects::nonNull)
                .map(Table::name)
                .distinct()
                .toList();
        return names.size() == 1 ? names.getFirst() : "";
    }

    private static List<String> cells(Report.Section section, Row row) {
        return List.of(
                row.operation(),
                value(row, row.ours()),
                factor(row.java(), row.againstJava()),
                value(row, row.java()),
                one(section, Row::java).isEmpty() ? name(row.java()) : "",
                factor(row.c(), row.againstC()),
                one(section, Row::c).isEmpty() ? cell(row, row.c()) : value(row, row.c()),
                bytes(row),
                verdict(row));
    }

    private static String verdict(Row row) {
        List<Goal.Verdict> all = row.goals().stream().map(Goal::verdict).toList();
        return all.contains(Goal.Verdict.MISSED)
                ? "MISSED"
                : all.contains(Goal.Verdict.UNKNOWN) ? NONE : all.isEmpty() ? "" : "met";
    }

    static String bytes(Row row) {
        return Double.isNaN(row.bytes()) ? "" : row.bytes() < 0.05 ? "0" : Unit.digits(row.bytes());
    }

    static String beside(Row row) {
        return row.beside().stream().map(figure -> cell(row, figure)).collect(Collectors.joining(", "));
    }

    static String goals(Row row) {
        return row.goals().stream().map(Goal::toString).collect(Collectors.joining("; "));
    }

    /// A figure behind the name of whose it is.
    static String cell(Row row, @Nullable Figure figure) {
        return (name(figure) + " " + value(row, figure)).strip();
    }

    private static String value(Row row, @Nullable Figure figure) {
        return figure == null ? "" : figure.isPresent() ? row.unit().format(figure.value()) : NONE;
    }

    private static String name(@Nullable Figure figure) {
        return figure == null || figure.who().equals("C") ? "" : figure.who();
    }

    static String factor(@Nullable Figure other, double factor) {
        return other == null ? "" : Double.isNaN(factor) ? NONE : Unit.digits(factor) + "x";
    }

    /// The names of operations get what is left.
    private static int[] widths(List<List<String>> lines) {
        int[] widths = new int[HEAD.size()];
        int rest = WIDTH;
        for (int i = widths.length - 1; i > 0; i--) {
            for (List<String> line : lines) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
            rest -= widths[i] + gap(i);
        }
        for (List<String> line : lines) {
            widths[0] = Math.max(widths[0], line.getFirst().length());
        }
        widths[0] = Math.min(widths[0], Math.max(rest, LEAST_NAME));
        return widths;
    }

    /// Before a column: the name of a peer stands close to its value.
    private static int gap(int column) {
        return column == 4 ? 1 : 2;
    }

    private static void append(StringBuilder out, List<String> line, int[] widths) {
        List<String> name = words(line.getFirst(), widths[0]);
        StringBuilder first = new StringBuilder(pad(name.getFirst(), widths[0], true));
        for (int i = 1; i < widths.length; i++) {
            first.append(" ".repeat(gap(i))).append(pad(line.get(i), widths[i], LEFT.contains(i)));
        }
        out.append(first.toString().stripTrailing()).append('\n');
        name.stream().skip(1).forEach(more -> out.append("  ").append(more).append('\n'));
    }

    private static String pad(String text, int width, boolean left) {
        String gap = " ".repeat(Math.max(0, width - text.length()));
        return left ? text + gap : gap + text;
    }

    private static void wrap(StringBuilder out, String indent, String text) {
        words(text, WIDTH - indent.length() - 2)
                .forEach(line -> out.append(indent).append(line).append('\n'));
    }

    /// A text in lines; those after the first leave room for an indent of two.
    static List<String> words(String text, int width) {
        List<String> lines = new ArrayList<>();
        String words = text.stripLeading();
        StringBuilder line = new StringBuilder(" ".repeat(text.length() - words.length()));
        for (String word : words.split(" ", -1)) {
            int room = lines.isEmpty() ? width : width - 2;
            boolean isFirst = line.toString().isBlank();
            if (!isFirst && line.length() + 1 + word.length() > room) {
                lines.add(line.toString());
                line.setLength(0);
            }
            line.append(isFirst || line.isEmpty() ? "" : " ").append(word);
        }
        lines.add(line.toString());
        return lines;
    }
}
