package io.futex.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PicturesTest {
    @Test
    void nothingIsDrawnFromNothing() {
        assertThat(Pictures.of(new Report())).isEmpty();
        assertThat(Pictures.of(Samples.report())).isEmpty();
        Report absent = new Report();
        Row row = Row.of("wait of 1 ms, p50", Unit.TIME, Figure.absent("", "no system call"));
        absent.add(new Report.Section("lateness of a timed wait", List.of(row), List.of()));
        assertThat(Pictures.of(absent)).isEmpty();
    }

    @Test
    void aPictureIsAFileOfItsOwn(@TempDir Path folder) throws Exception {
        assertThat(Pictures.write(Samples.drawn(), folder.resolve("new")))
                .containsExactly(folder.resolve("new/locks.svg"));
        String svg = Files.readString(folder.resolve("new/locks.svg"));
        assertThat(ReportFileTest.parsed(svg).getDocumentElement().getTagName()).isEqualTo("svg");
        assertThat(svg)
                .contains(">2 threads<", "C three-state &lt;&amp;&gt;", ">80.0 M/s<")
                .contains("sections in a second; to the right is better", ">60 M/s<", "prefers-color-scheme:dark")
                .doesNotContain("synchronized", "NaN", "Infinity");
    }

    /// Also in print, and for those who see no difference between red and green.
    @Test
    void peersDifferByShape() {
        String svg = Pictures.of(Samples.drawn()).getFirst().svg();
        Matcher marks = Pattern.compile("class=\"mark\"[^>]* d=\"([^\"]*)\"").matcher(svg);
        Set<String> shapes =
                new TreeSet<>(marks.results().map(mark -> mark.group(1)).toList());
        assertThat(shapes).hasSize(4);
    }

    /// At twice as good as needed, a rate of 80 needs 40.
    @Test
    void goalsStandWhereOursMustBe() {
        String svg = Pictures.of(Samples.drawn()).getFirst().svg();
        Matcher goals =
                Pattern.compile("<path d=\"M([0-9.]+),[^>]*var\\(--goal\\)").matcher(svg);
        List<String> places = goals.results().map(goal -> goal.group(1)).toList();
        Matcher peer = Pattern.compile("ReentrantLock: 41.0 M/s.*?translate\\(([0-9.]+),")
                .matcher(svg);
        assertThat(peer.find()).isTrue();
        assertThat(places).hasSize(2).first().isEqualTo(peer.group(1)); // the last is the legend's
    }

    @ParameterizedTest
    @CsvSource({
        "TIME, 100, 200, '0 ns,50 ns,100 ns,150 ns,200 ns'",
        "TIME, 2, 60, '2 ns,5 ns,10 ns,20 ns,50 ns'",
        "TIME, 3, 3000000, '10 ns,100 ns,1 us,10 us,100 us,1 ms'",
        "RATE, 1e6, 2e6, '0 /s,500 k/s,1 M/s,1.50 M/s,2 M/s'",
        "FACTOR, 0, 0, '0,0.20,0.40,0.60,0.80,1'",
        "BYTES, -19.8, 5.8, '-15 B,-10 B,-5 B,0 B,5 B'",
    })
    void axesHaveRoundLabels(Unit unit, double least, double most, String labels) {
        Scale scale = Scale.of(unit, List.of(least, most), 0, 100);
        assertThat(scale.ticks().stream().map(scale::label)).containsExactly(labels.split(","));
        assertThat(scale.ticks()).allSatisfy(tick -> assertThat(scale.at(tick)).isBetween(0.0, 100.0));
    }
}
