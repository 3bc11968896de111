package io.futex.bench.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/// A picture of rows as SVG: one line each, on it a mark for each peer with the range of its rounds, all on one axis.
///
/// Peers differ by shape as well as by colour. Why no chart library draws it: `docs/decisions/pictures.md`.
///
/// @param name of the file
/// @param title above
/// @param axis what is measured
/// @param ours what our figures are called
/// @param ownAxes whether each group of lines has an axis of its own
/// @param lines at least one, all of one unit, with a figure of ours
record DotPlot(String name, String title, String axis, String ours, boolean ownAxes, List<Line> lines) {
    /// A row in the picture.
    ///
    /// @param group of lines, told above the first of them
    /// @param label of the line
    record Line(String group, String label, Row row) {}

    /// A README is shown about so wide.
    private static final int WIDTH = 830;

    private static final int RIGHT = 92;
    private static final int HEADING = 26;

    /// Marks of one line stand so far below each other: figures that are alike remain to be seen.
    private static final double STEP = 3.2;

    /// Around 0, 0; the first is filled and ours.
    private static final List<String> SHAPES = List.of(
            "M-5,0a5,5 0 1,0 10,0a5,5 0 1,0 -10,0z",
            "M-4,-4h8v8h-8z",
            "M0,-5.5l5,9h-10z",
            "M0,-5.5l5.5,5.5l-5.5,5.5l-5.5,-5.5z",
            "M-4.5,-4.5l9,9m0,-9l-9,9",
            "M0,5.5l5,-9h-10z",
            "M-5.5,0h11m-5.5,-5.5v11",
            "M-4,-4.5h8l-8,9h8z",
            "M-2.5,-5h5v10h-5z");

    static final String STYLE = """
            .plot{--paper:#fff;--ink:#1f2328;--faint:#d1d9e0;--stripe:#f3f5f8;--goal:#1a7f37;--p0:#0550ae;--p1:#bc4c00;\
            --p2:#8250df;--p3:#1a7f37;--p4:#bf3989;--p5:#7d4e00;--p6:#57606a;--p7:#0a7b83;--p8:#cf222e;\
            font:12.5px system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}
            @media(prefers-color-scheme:dark){.plot{--paper:#0d1117;--ink:#e6edf3;--faint:#30363d;--stripe:#161b22;\
            --goal:#3fb950;--p0:#58a6ff;--p1:#f0883e;--p2:#bc8cff;--p3:#3fb950;--p4:#f778ba;--p5:#d29922;--p6:#9198a1;\
            --p7:#39c5cf;--p8:#ff7b72}}
            .plot text{fill:var(--ink)}
            .plot .mark{fill:var(--paper);fill-opacity:.5;stroke-width:1.8}
            """;

    /// The picture.
    String svg() {
        StringBuilder legend = new StringBuilder();
        StringBuilder stripes = new StringBuilder();
        StringBuilder grid = new StringBuilder();
        StringBuilder marks = new StringBuilder();
        int y = legend(legend) + 10;
        int left = 28
                + 7 * lines.stream().mapToInt(line -> line.label.length()).max().orElse(0);
        Map<String, List<Line>> groups =
                lines.stream().collect(Collectors.groupingBy(Line::group, LinkedHashMap::new, Collectors.toList()));
        List<List<Line>> panels = ownAxes ? List.copyOf(groups.values()) : List.of(lines);
        boolean logarithmic = false;
        String group = "";
        for (List<Line> panel : panels) {
            Scale scale = Scale.of(lines.getFirst().row.unit(), values(panel), left, WIDTH - left - RIGHT);
            logarithmic |= scale.logarithmic();
            int top = y;
            for (Line line : panel) {
                if (groups.size() > 1 && !line.group.equals(group)) {
                    group = line.group;
                    y += HEADING;
                    text(marks, 10, y - 8, "start", " font-weight=\"600\"", line.group);
                }
                if (panel.indexOf(line) % 2 == 0) {
                    stripes.append(at(
                            "<rect y=\"%d\" width=\"%d\" height=\"%d\" fill=\"var(--stripe)\"/>",
                            y, WIDTH, height(line)));
                }
                line(marks, line, scale, left, y);
                y += height(line);
            }
            axis(grid, scale, top, y);
            y += 24;
        }
        text(
                grid,
                left + (WIDTH - left - RIGHT) / 2.0,
                y + 14,
                "middle",
                "",
                axis
                        + (lines.getFirst().row.unit().lessIsBetter()
                                ? "; to the left is better"
                                : "; to the right is better")
                        + (logarithmic ? "; logarithmic" : ""));
        int height = y + 28;
        return at(
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"plot\" role=\"img\" width=\"%d\" height=\"%d\" "
                                + "viewBox=\"0 0 %d %d\">",
                        WIDTH, height, WIDTH, height)
                + "<title>" + Xml.text(title) + "</title><style>" + STYLE + "</style>"
                + at("<rect width=\"%d\" height=\"%d\" fill=\"var(--paper)\"/>", WIDTH, height)
                + stripes + grid + marks + legend + "</svg>\n";
    }

    private static void axis(StringBuilder out, Scale scale, int top, int bottom) {
        for (double tick : scale.ticks()) {
            out.append(at("<path d=\"M%.1f,%dV%d\" stroke=\"var(--faint)\"/>", scale.at(tick), top, bottom + 4));
            text(out, scale.at(tick), bottom + 17, "middle", "", scale.label(tick));
        }
    }

    private List<String> peers() {
        return lines.stream()
                .flatMap(line -> figures(line).stream())
                .map(Figure::who)
                .distinct()
                .toList();
    }

    /// Figures of a line that can be drawn, ours first.
    private static List<Figure> figures(Line line) {
        return line.row.roles().stream()
                .map(Row.Role::figure)
                .filter(figure -> Double.isFinite(figure.value()) && Double.isFinite(figure.highest()))
                .toList();
    }

    private static int height(Line line) {
        return (int) (figures(line).size() * STEP) + 16;
    }

    /// All that must have room on the axis.
    private static List<Double> values(List<Line> lines) {
        List<Double> all = new ArrayList<>();
        for (Line line : lines) {
            figures(line).forEach(figure -> all.addAll(List.of(figure.lowest(), figure.highest())));
            all.addAll(goals(line.row));
        }
        return all;
    }

    /// Where ours must be.
    private static List<Double> goals(Row row) {
        return row.goals().stream()
                .filter(goal -> !goal.text().equals(Row.NO_BYTES))
                .map(goal -> row.unit().better(row.ours().value(), 1 / goal.reached()))
                .filter(Double::isFinite)
                .toList();
    }

    /// Names of all peers, in as many lines as they need.
    ///
    /// @return where they end
    private int legend(StringBuilder out) {
        text(out, 10, 22, "start", " font-weight=\"600\" font-size=\"15\"", title);
        double x = 16;
        int y = 46;
        List<String> peers = peers();
        for (int i = 0; i <= peers.size(); i++) {
            boolean goal = i == peers.size();
            if (goal && lines.stream().allMatch(line -> goals(line.row).isEmpty())) {
                break;
            }
            String name = goal ? "goal" : name(peers.get(i));
            double width = 32 + 7 * name.length();
            if (x + width > WIDTH - RIGHT) {
                x = 16;
                y += 20;
            }
            out.append(goal ? goalMark(x, y - 12, y + 4) : mark(i, x, y - 4));
            text(out, x + 11, y, "start", "", name);
            x += width;
        }
        text(out, WIDTH - 8, y, "end", " font-weight=\"600\"", ours);
        return y;
    }

    private void line(StringBuilder out, Line line, Scale scale, double left, int top) {
        int height = height(line);
        double middle = top + height / 2.0;
        Unit unit = line.row.unit();
        text(out, left - 12, middle + 4, "end", "", line.label);
        text(
                out,
                WIDTH - 8,
                middle + 4,
                "end",
                " font-weight=\"600\"",
                unit.format(line.row.ours().value()));
        goals(line.row).forEach(goal -> out.append(goalMark(scale.at(goal), top + 2, top + height - 2)));
        List<Figure> figures = figures(line);
        for (int i = figures.size() - 1; i >= 0; i--) { // ours on top
            Figure figure = figures.get(i);
            int peer = peers().indexOf(figure.who());
            double y = middle + STEP * (i - (figures.size() - 1) / 2.0);
            out.append("<g><title>")
                    .append(Xml.text(name(figure.who()) + ": " + unit.format(figure.value()) + " ("
                            + unit.format(figure.lowest()) + " to " + unit.format(figure.highest()) + ")"))
                    .append("</title>")
                    .append(at(
                            "<path d=\"M%.1f,%.1fH%.1f\" stroke=\"var(--p%d)\" stroke-width=\"1.6\"/>",
                            scale.at(figure.lowest()), y, scale.at(figure.highest()), peer % SHAPES.size()))
                    .append(mark(peer, scale.at(figure.value()), y))
                    .append("</g>");
        }
    }

    private String name(String who) {
        return who.isEmpty() ? ours : who;
    }

    private static String mark(int peer, double x, double y) {
        int shape = peer % SHAPES.size();
        return at(
                "<path class=\"mark\" transform=\"translate(%.1f,%.1f)\" d=\"%s\" stroke=\"var(--p%d)\"%s/>",
                x, y, SHAPES.get(shape), shape, shape == 0 ? " style=\"fill:var(--p0);fill-opacity:1\"" : "");
    }

    private static String goalMark(double x, double top, double bottom) {
        return at(
                "<path d=\"M%.1f,%.1fV%.1f\" stroke=\"var(--goal)\" stroke-width=\"2.4\" stroke-dasharray=\"3,2\"/>",
                x, top, bottom);
    }

    private static void text(StringBuilder out, double x, double y, String anchor, String more, String text) {
        out.append(at("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\"%s>", x, y, anchor, more))
                .append(Xml.text(text))
                .append("</text>");
    }

    /// Numbers with a point, wherever this runs.
    @SuppressWarnings("AnnotateFormatMethod") // the annotation is of a library that is not here
    private static String at(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
