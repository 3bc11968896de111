package io.futex.bench.report;

import java.util.List;
import java.util.stream.Collectors;
import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;

/// The report as one page that needs nothing else: no script, no font, no network. It is what [Markdown] says, with the
/// pictures.
final class HtmlPage {
    private static final String STYLE = """
            :root{color-scheme:light dark;--paper:#fff;--ink:#1f2328;--faint:#d1d9e0;--stripe:#f3f5f8;--bad:#b3261e}
            @media(prefers-color-scheme:dark){:root{--paper:#0d1117;--ink:#e6edf3;--faint:#30363d;--stripe:#161b22;\
            --bad:#ff7b72}}
            body{background:var(--paper);color:var(--ink);font:15px/1.45 system-ui,-apple-system,"Segoe UI",\
            "DejaVu Sans",sans-serif;margin:0 auto;max-width:1200px;padding:1em}
            h1{font-size:1.6em}h2{font-size:1.25em;margin-top:2em;border-bottom:1px solid var(--faint)}h3{font-size:1.05em}
            .plot{max-width:100%;height:auto;display:block;margin:1em 0}
            table{display:block;overflow-x:auto;border-collapse:collapse;font-size:13.5px}
            td:nth-child(1){min-width:13em}td:nth-child(9){min-width:15em}td:nth-child(8){min-width:11em}
            th,td{padding:.25em .6em;text-align:left;vertical-align:top;border-bottom:1px solid var(--faint)}
            th{background:var(--stripe);white-space:nowrap}
            td[align=right]{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
            strong{color:var(--bad)}
            """;

    private static final String INTRODUCTION = """
            # futex for the JVM, measured

            Each operation beside its counterpart in the JDK and in C, all in turns in one run. A ratio says how many times \
            better ours is than the peer: above 1 it is ahead. Figures are medians of the rounds, ours with the range of \
            the rounds, which is a line through each mark in the pictures.

            """;

    private HtmlPage() {}

    static String of(Report report) {
        String pictures = Pictures.of(report).stream().map(DotPlot::svg).collect(Collectors.joining());
        return "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\"><head><meta charset=\"utf-8\"/>"
                + "<meta name=\"viewport\" content=\"width=device-width\"/><title>futex: the report</title><style>"
                + STYLE + "</style></head><body>\n" + html(INTRODUCTION + Markdown.head(report, "")) + pictures
                + html(Markdown.sections(report, "")) + "</body></html>\n";
    }

    private static String html(String markdown) {
        List<TablesExtension> tables = List.of((TablesExtension) TablesExtension.create());
        return HtmlRenderer.builder()
                .extensions(tables)
                .escapeHtml(true)
                .build()
                .render(Parser.builder().extensions(tables).build().parse(markdown));
    }
}
