package io.futex.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// The report for programs: every figure with the range of its rounds, as JSON or CSV; and the table as Markdown.
public final class ReportFile {
    private ReportFile() {}

    /// Writes the report in the format that the file's name asks for.
    ///
    /// @throws IllegalArgumentException if the name ends in none of .json, .csv and .md
    public static void write(Report report, Path file) throws IOException {
        Files.writeString(file, format(report, file.toString().toLowerCase(Locale.ROOT)));
    }

    /// Whether [#write] knows the format of a file.
    public static boolean knows(Path file) {
        return file.toString().toLowerCase(Locale.ROOT).matches(".*\\.(json|csv|md)");
    }

    private static String format(Report report, String name) {
        if (name.endsWith(".json")) {
            return json(report);
        }
        if (name.endsWith(".csv")) {
            return csv(report);
        }
        if (name.endsWith(".md")) {
            return Table.markdown(report);
        }
        throw new IllegalArgumentException("the name must end in .json, .csv or .md: " + name);
    }

    static String csv(Report report) {
        StringBuilder out =
                new StringBuilder("section,operation,unit,role,who,median,lowest,highest,bytes_per_op,absence\n");
        for (Report.Section section : report.sections()) {
            for (Row row : section.rows()) {
                for (Row.Role role : row.roles()) {
                    Figure figure = role.figure();
                    String bytes = role.name().equals("ours") ? number(row.bytes(), "") : "";
                    out.append(List.of(
                                            section.title(),
                                            row.operation(),
                                            unit(row.unit()),
                                            role.name(),
                                            figure.who(),
                                            number(figure.value(), ""),
                                            number(figure.lowest(), ""),
                                            number(figure.highest(), ""),
                                            bytes,
                                            figure.absence())
                                    .stream()
                                    .map(ReportFile::quotedCsv)
                                    .collect(Collectors.joining(",")))
                            .append('\n');
                }
            }
        }
        return out.toString();
    }

    static String json(Report report) {
        String facts = report.facts().entrySet().stream()
                .map(fact -> quoted(fact.getKey()) + ": " + quoted(fact.getValue()))
                .collect(Collectors.joining(",\n    "));
        String sections = report.sections().stream().map(ReportFile::json).collect(Collectors.joining(",\n    "));
        return "{\n  \"facts\": {\n    " + facts + "\n  },\n  \"sections\": [\n    " + sections + "\n  ]\n}\n";
    }

    private static String json(Report.Section section) {
        return "{\"title\": " + quoted(section.title())
                + ", \"notes\": "
                + section.notes().stream().map(ReportFile::quoted).collect(Collectors.joining(", ", "[", "]"))
                + ", \"rows\": "
                + section.rows().stream()
                        .map(ReportFile::json)
                        .collect(Collectors.joining(",\n      ", "[\n      ", "]"))
                + "}";
    }

    private static String json(Row row) {
        return "{\"operation\": " + quoted(row.operation())
                + ", \"unit\": " + quoted(unit(row.unit()))
                + ", \"bytes_per_op\": " + number(row.bytes(), "null")
                + ", \"figures\": "
                + row.roles().stream().map(ReportFile::json).collect(Collectors.joining(", ", "[", "]"))
                + ", \"goals\": "
                + row.goals().stream()
                        .map(goal -> "{\"text\": " + quoted(goal.text()) + ", \"verdict\": "
                                + quoted(goal.verdict().name()) + "}")
                        .collect(Collectors.joining(", ", "[", "]"))
                + "}";
    }

    private static String json(Row.Role role) {
        Figure figure = role.figure();
        return "{\"role\": " + quoted(role.name())
                + ", \"who\": " + quoted(figure.who())
                + ", \"median\": " + number(figure.value(), "null")
                + ", \"lowest\": " + number(figure.lowest(), "null")
                + ", \"highest\": " + number(figure.highest(), "null")
                + (figure.isPresent() ? "}" : ", \"absence\": " + quoted(figure.absence()) + "}");
    }

    private static String unit(Unit unit) {
        return switch (unit) {
            case TIME -> "ns";
            case RATE -> "1/s";
            case BYTES -> "B";
            case PERCENT -> "%";
            case RATIO, FACTOR -> "1";
        };
    }

    private static String number(double value, String none) {
        return Double.isFinite(value) ? String.format(Locale.ROOT, "%.4f", value) : none;
    }

    private static String quotedCsv(String value) {
        return value.matches("[^\",\n]*") ? value : '"' + value.replace("\"", "\"\"") + '"';
    }

    private static String quoted(String value) {
        StringBuilder out = new StringBuilder("\"");
        value.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                out.append('\\').append((char) c);
            } else if (c < ' ') {
                out.append(String.format(Locale.ROOT, "\\u%04x", c));
            } else {
                out.append((char) c);
            }
        });
        return out.append('"').toString();
    }
}
