package io.futex.bench.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Which rows are drawn, and how.
public final class Pictures {
    /// @param file its name, without a suffix
    /// @param title above
    /// @param axis what is measured
    /// @param unit of the rows
    /// @param axes `own` if each group of lines has one, else `one`
    /// @param section a pattern of titles
    /// @param row a pattern of operations, with a group `label`, and perhaps one `group`
    /// @param heading of a group of lines; where a row has no such group, the title of its section
    private record Kind(
            String file,
            String title,
            String axis,
            Unit unit,
            String axes,
            String section,
            Pattern row,
            String heading) {
        static Kind parse(String line) {
            String[] of = line.split(" {2,}", -1);
            return new Kind(of[0], of[1], of[2], Unit.valueOf(of[3]), of[4], of[5], Pattern.compile(of[6]), of[7]);
        }
    }

    private static final List<Kind> KINDS = """
            hand-over  Hand-over by placement  time of a round trip  TIME  one  ping-pong.*  round trip, (?<label>.*)  -
            doorbell  Hand-over by placement, with a Doorbell  time of a round trip  TIME  one  Doorbell.*  \
            (?<group>two threads|two processes), (?<label>[^,(]*).*  {group}
            locks  Throughput of a lock by threads  sections in a second  RATE  own  PMutex  \
            (?<group>.*), (?<label>\\d+ threads?)  section: {group}
            release  Release of many waiters  from the call until the last one is out  TIME  one  .*  \
            ((?<group>.*) (releases|for) )?(?<label>\\d+ waiters), the last one out  {section}: {group}
            lateness  Lateness of a timed wait  from the end of the time until the wait returns  TIME  one  lateness.*  \
            (?<label>.*)  -
            boundary  Crossing from Java to C  time of a call  TIME  one  crossing.*  (?<label>.*)  -
            memory  Memory of a lock  bytes of one of many  BYTES  one  .*  (?<label>an? .*), in a segment  -
            idle  Many quiet queues  time of a rare message, one way  TIME  one  200 quiet.*  (?<label>a message.*)  -
            channels  Channels and select by peer  time for each value  TIME  one  Channel.*  \
            (?<label>.*), (?<group>virtual|platform)  {group} threads
            """.lines().map(Kind::parse).toList();

    /// Further figures of ours, which are in the table.
    private static final String OMITTED = "uninterruptible|look, then wait";

    private Pictures() {}

    /// Those of which a row was measured.
    static List<DotPlot> of(Report report) {
        return KINDS.stream()
                .map(kind -> new DotPlot(
                        kind.file,
                        kind.title,
                        kind.axis,
                        kind.file.equals("boundary") ? "FFM, our way" : "this library",
                        kind.axes.equals("own"),
                        report.sections().stream()
                                .flatMap(section -> lines(kind, section))
                                .toList()))
                .filter(plot -> !plot.lines().isEmpty())
                .toList();
    }

    /// Writes each into a file of its own.
    ///
    /// @return what was written
    public static List<Path> write(Report report, Path folder) throws IOException {
        Files.createDirectories(folder);
        List<DotPlot> plots = of(report);
        for (DotPlot plot : plots) {
            Files.writeString(file(folder, plot), plot.svg());
        }
        return plots.stream().map(plot -> file(folder, plot)).toList();
    }

    private static Path file(Path folder, DotPlot plot) {
        return folder.resolve(plot.name() + ".svg");
    }

    private static Stream<DotPlot.Line> lines(Kind kind, Report.Section section) {
        if (!section.title().matches(kind.section)) {
            return Stream.empty();
        }
        return section.rows().stream()
                .filter(row -> row.unit() == kind.unit && row.ours().isPresent())
                .flatMap(row -> {
                    Matcher found = kind.row.matcher(row.operation());
                    if (!found.matches()) {
                        return Stream.empty();
                    }
                    return Stream.of(new DotPlot.Line(
                            group(
                                    kind,
                                    section,
                                    kind.row.namedGroups().containsKey("group") ? found.group("group") : null),
                            found.group("label"),
                            row.without(OMITTED)));
                });
    }

    private static String group(Kind kind, Report.Section section, @Nullable String group) {
        return group == null
                ? section.title()
                : kind.heading.replace("{section}", section.title()).replace("{group}", group);
    }
}
