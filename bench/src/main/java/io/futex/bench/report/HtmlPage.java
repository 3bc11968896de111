package io.futex.bench.report;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The report as one page that needs nothing else: no script, no font, no network.
final class HtmlPage {
    private static final String STYLE = """
            :root{color-scheme:light dark;--paper:#fff;--ink:#1f2328;--faint:#d1d9e0;--stripe:#f3f5f8;--good:#1a7f37;\
            --bad:#b3261e}
            @media(prefers-color-scheme:dark){:root{--paper:#0d1117;--ink:#e6edf3;--faint:#30363d;--stripe:#161b22;\
            --good:#3fb950;--bad:#ff7b72}}
            body{background:var(--paper);color:var(--ink);font:15px/1.45 system-ui,-apple-system,"Segoe UI",\
            "DejaVu Sans",sans-serif;margin:0 auto;max-width:1200px;padding:1em}
            h1{font-size:1.6em}h2{font-size:1.25em;margin-top:2em;border-bottom:1px solid var(--faint)}h3{font-size:1.05em}
            .plot{max-width:100%;height:auto;display:block;margin:1em 0}
            .wide{overflow-x:auto}
            table{border-collapse:collapse;font-size:13.5px}
            .wide td:first-child{min-width:13em}.wide td:last-child{min-width:15em}.wide td:nth-child(8){min-width:11em}
            th,td{padding:.25em .6em;text-align:left;vertical-align:top;border-bottom:1px solid var(--faint)}
            th{background:var(--stripe);white-space:nowrap}
            .n{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
            small{opacity:.75}
            .met{color:var(--good)}.missed{color:var(--bad);font-weight:600}
            summary{cursor:pointer}
            """;

    private final StringBuilder out = new StringBuilder();
    private final Report report;

    private HtmlPage(Report report) {
        this.report = report;
    }

    static String of(Report report) {
        HtmlPage page = new HtmlPage(report);
        page.write();
        return page.out.toString();
    }

    private void write() {
        out.append("<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\"><head>")
                .append("<meta charset=\"utf-8\"/><meta name=\"viewport\" content=\"width=device-width\"/>")
                .append("<title>futex: the report</title><style>")
                .append(STYLE)
                .append("</style></head><body>\n");
        element("h1", "futex for the JVM, measured");
        element(
                "p",
                "Each operation beside its counterpart in the JDK and in C, all in turns in one run. A ratio says how "
                        + "many times better ours is than the peer: above 1 it is ahead. Figures are medians of the rounds; the "
                        + "range of the rounds stands small beside ours, and as a line through each mark in the pictures.");
        facts();
        goals();
        List<DotPlot> plots = Pictures.of(report);
        if (!plots.isEmpty()) {
            element("h2", "Pictures");
            plots.forEach(plot -> out.append(plot.svg()));
        }
        element("h2", "All figures");
        report.sections().forEach(this::section);
        if (!report.absences().isEmpty()) {
            element("h2", "Not measured");
            list(List.copyOf(report.absences()));
        }
        out.append("</body></html>\n");
    }

    private void facts() {
        out.append("<div class=\"wide\"><table>");
        report.facts().forEach((name, value) -> {
            out.append("<tr>");
            element("th", name);
            element("td", value);
            out.append("</tr>\n");
        });
        out.append("</table></div>\n");
    }

    private void goals() {
        element("h2", "Goals");
        for (Goal.Verdict verdict : List.of(Goal.Verdict.MISSED, Goal.Verdict.UNKNOWN, Goal.Verdict.MET)) {
            List<Report.Outcome> outcomes = report.outcomes(verdict);
            if (!outcomes.isEmpty()) {
                out.append(verdict == Goal.Verdict.MISSED ? "<details open=\"open\">" : "<details>");
                element(
                        "summary",
                        outcomes.size()
                                + switch (verdict) {
                                    case MET -> " met";
                                    case MISSED ->
                                        " missed; those furthest behind come first, with the part that was reached";
                                    case UNKNOWN -> " not measured";
                                });
                list(outcomes.stream()
                        .map(outcome -> outcome.section() + ": "
                                + outcome.operation() + ": "
                                + outcome.goal().text()
                                + (verdict == Goal.Verdict.MISSED
                                        ? " (" + Unit.digits(outcome.goal().reached()) + ")"
                                        : ""))
                        .toList());
                out.append("</details>\n");
            }
        }
    }

    private void section(Report.Section section) {
        element("h3", section.title());
        if (!section.rows().isEmpty()) {
            out.append("<div class=\"wide\"><table><tr>");
            List.of("operation", "vs Java", "vs C", "ours", "Java peer", "raw C", "B/op", "goals", "beside")
                    .forEach(name -> element("th", name));
            out.append("</tr>\n");
            section.rows().forEach(this::row);
            out.append("</table></div>\n");
        }
        if (!section.notes().isEmpty()) {
            out.append(section.rows().isEmpty() ? "<details open=\"open\">" : "<details>");
            element("summary", "how it was measured");
            list(section.notes());
            out.append("</details>\n");
        }
    }

    private void row(Row row) {
        out.append("<tr>");
        element("td", row.indented());
        number(Table.factor(row.java(), row.againstJava()));
        number(Table.factor(row.c(), row.againstC()));
        number("<b>" + Xml.text(Table.cell(row, row.ours())) + "</b>" + range(row, row.ours()));
        number(Xml.text(Table.cell(row, row.java())));
        number(Xml.text(Table.cell(row, row.c())));
        number(Table.bytes(row));
        out.append("<td>")
                .append(row.goals().stream()
                        .map(goal -> "<span class=\"" + (goal.verdict() == Goal.Verdict.MISSED ? "missed" : "met")
                                + "\">" + Xml.text(goal.toString()) + "</span>")
                        .collect(Collectors.joining("<br/>")))
                .append("</td>");
        element("td", Table.beside(row));
        out.append("</tr>\n");
    }

    private static String range(Row row, @Nullable Figure figure) {
        return figure == null || !figure.isPresent() || figure.lowest() == figure.highest()
                ? ""
                : "<br/><small>" + row.unit().format(figure.lowest()) + " to "
                        + row.unit().format(figure.highest()) + "</small>";
    }

    private void number(String html) {
        out.append("<td class=\"n\">").append(html).append("</td>");
    }

    private void list(List<String> lines) {
        out.append("<ul>");
        lines.forEach(line -> element("li", line));
        out.append("</ul>\n");
    }

    private void element(String name, String text) {
        out.append('<')
                .append(name)
                .append('>')
                .append(Xml.text(text))
                .append("</")
                .append(name)
                .append(">\n");
    }
}
