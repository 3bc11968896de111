package io.futex.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What pages of the documentation show of a report, between marks such as `<!-- figures: begin -->`.
public final class Markdown {
    private static final int FURTHEST = 4;

    /// @param words before the ratio
    /// @param section a pattern of titles
    /// @param operation of the row
    /// @param ratio shown
    private record Headline(String words, String section, String operation, Function<Row, String> ratio) {}

    private static final List<Headline> HEADLINES = List.of(
            new Headline(
                    "`Doorbell`: p50 of a message to Agrona's ring in another process, beside its best strategy that idles",
                    "consumers of .*",
                    "Agrona, two processes: p50 one way",
                    row -> Unit.digits(row.againstJava())),
            new Headline(
                    "`Doorbell.ring()` while nobody sleeps, beside a shared wake",
                    "Doorbell.*",
                    "ring, nobody sleeps, shared",
                    row -> Unit.digits(row.against(row.beside().getFirst()))),
            new Headline(
                    "`PMutex` beside `ReentrantLock`, 2 to 16 threads, geometric mean",
                    "PMutex",
                    "geometric mean of vs Java, 2 to 16 threads",
                    row -> Unit.digits(row.ours().value())),
            new Headline(
                    "channel with a buffer, one pair of virtual threads, beside the best JVM peer; Go",
                    "Channel.*",
                    "buffer of 64, 1 to 1, virtual",
                    row -> Unit.digits(row.againstJava()) + "; " + Unit.digits(row.againstC())),
            new Headline(
                    "1000 waiters released, beside `CountDownLatch`",
                    "release of .*",
                    "1000 waiters, the last one out",
                    row -> Unit.digits(row.againstJava())));

    private Markdown() {}

    /// Writes figures and headlines anew into a page, between its marks; what stands around them stays.
    ///
    /// @param pictures which the page shows
    /// @throws IllegalStateException if the page has no such marks
    public static void fill(Path page, Report report, List<Path> pictures) throws IOException {
        Path folder = page.toAbsolutePath().resolveSibling("");
        List<String> links = pictures.stream()
                .map(picture -> folder.relativize(picture.toAbsolutePath()).toString())
                .toList();
        String before = Files.readString(page);
        String figures = between(before, "figures", figures(report, links, "#"));
        String both = between(figures, "headlines", headlines(report));
        if (both.equals(before) && !before.contains("begin -->")) {
            throw new IllegalStateException(page + " has no <!-- figures: begin --> and no <!-- headlines: begin -->");
        }
        Files.writeString(page, both);
    }

    private static String between(String page, String mark, String text) {
        String begin = "<!-- " + mark + ": begin -->\n";
        String end = "<!-- " + mark + ": end -->";
        return Pattern.compile("(?s)" + begin + ".*?" + end)
                .matcher(page)
                .replaceFirst(Matcher.quoteReplacement(begin + text + end));
    }

    /// All of it.
    ///
    /// @param pictures links to show
    /// @param level of the headings, above the page's own
    static String figures(Report report, List<String> pictures, String level) {
        return head(report, level)
                + pictures.stream()
                        .map(link -> "\n!["
                                + link.replaceFirst(".*/", "")
                                        .replaceFirst("\\..*", "")
                                        .replace('-', ' ')
                                + "](" + link + ")\n")
                        .collect(Collectors.joining())
                + sections(report, level);
    }

    /// The machine, and the goals that were missed.
    static String head(Report report, String level) {
        StringBuilder out = new StringBuilder();
        report.facts()
                .forEach((name, value) ->
                        out.append("- ").append(name).append(": ").append(value).append('\n'));
        out.append('\n').append(Table.summary(report)).append('\n');
        List<Report.Outcome> missed = report.outcomes(Goal.Verdict.MISSED);
        if (!missed.isEmpty()) {
            out.append('\n')
                    .append(level)
                    .append("## missed, with the part that was reached; those furthest behind come first\n\n");
            missed.forEach(outcome -> out.append("- ")
                    .append(outcome.section())
                    .append(": ")
                    .append(outcome.operation())
                    .append(": ")
                    .append(outcome.goal().text())
                    .append(": ")
                    .append(Unit.digits(outcome.goal().reached()))
                    .append('\n'));
        }
        return out.toString();
    }

    /// All figures, ratios first.
    static String sections(Report report, String level) {
        StringBuilder out = new StringBuilder();
        for (Report.Section section : report.sections()) {
            out.append('\n').append(level).append("## ").append(section.title()).append("\n\n");
            if (!section.rows().isEmpty()) {
                out.append("| operation | vs Java | vs C | ours | Java peer | raw C | B/op | goals | beside |\n")
                        .append("| --- | --: | --: | --: | --: | --: | --: | --- | --- |\n");
                section.rows().forEach(row -> out.append(line(row)));
                out.append('\n');
            }
            section.notes().forEach(note -> out.append("- ").append(note).append('\n'));
        }
        if (!report.absences().isEmpty()) {
            out.append("\n").append(Table.NONE).append(" is not measured:\n\n");
            report.absences().forEach(why -> out.append("- ").append(why).append('\n'));
        }
        return out.toString();
    }

    private static String line(Row row) {
        return List.of(
                        row.indented(),
                        Table.factor(row.java(), row.againstJava()),
                        Table.factor(row.c(), row.againstC()),
                        Table.cell(row, row.ours()) + range(row),
                        Table.cell(row, row.java()),
                        Table.cell(row, row.c()),
                        Table.bytes(row),
                        missesInBold(row),
                        Table.beside(row))
                .stream()
                .map(cell -> cell.isEmpty() ? "" : cell + " ")
                .collect(Collectors.joining("| ", "| ", "|\n"));
    }

    private static String range(Row row) {
        Figure ours = row.ours();
        return !ours.isPresent() || ours.lowest() == ours.highest()
                ? ""
                : " (" + row.unit().format(ours.lowest()) + " to " + row.unit().format(ours.highest()) + ")";
    }

    private static String missesInBold(Row row) {
        return Table.goals(row).replace("MISSED", "**missed**");
    }

    /// A few ratios, and what was missed.
    static String headlines(Report report) {
        StringBuilder out = new StringBuilder("| | ratio | goal |\n|---|--:|---|\n");
        for (Headline headline : HEADLINES) {
            report.sections().stream()
                    .filter(section -> section.title().matches(headline.section))
                    .flatMap(section -> section.rows().stream())
                    .filter(row -> row.operation().equals(headline.operation))
                    .forEach(row -> out.append("| ")
                            .append(headline.words)
                            .append(" | ")
                            .append(headline.ratio.apply(row))
                            .append(" | ")
                            .append(row.goals().isEmpty() ? Table.NONE : missesInBold(row))
                            .append(" |\n"));
        }
        List<Report.Outcome> missed = report.outcomes(Goal.Verdict.MISSED);
        Set<String> sections = new HashSet<>();
        String furthest = missed.stream()
                .filter(outcome -> sections.add(outcome.section()))
                .limit(FURTHEST)
                .map(outcome -> outcome.section() + ", " + outcome.operation() + ": "
                        + Unit.digits(outcome.goal().reached()))
                .collect(Collectors.joining("; "));
        String facts = Stream.of("profile", "processors", "system")
                .map(report.facts()::get)
                .filter(Objects::nonNull)
                .collect(Collectors.joining(", "));
        String summary = "Of all goals " + report.count(Goal.Verdict.MET) + " were met and " + missed.size() + " missed"
                + (missed.isEmpty() ? "" : ". Furthest behind, with the part of the goal that was reached: " + furthest)
                + ". Measured on: " + facts + ".";
        out.append('\n');
        Table.words(summary, Table.WIDTH).forEach(line -> out.append(line).append('\n'));
        return out.toString();
    }
}
