package io.futex.bench.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class ReportFileTest {
    @TempDir
    private Path folder;

    @Test
    void whatWasSavedIsReadBack() throws Exception {
        Path file = folder.resolve("state.json");
        ReportFile.write(Samples.drawn(), file);
        assertThat(Files.readString(file)).doesNotContain("NaN", "Infinity");
        Report read = ReportFile.read(file);
        assertThat(read.facts()).isEqualTo(Samples.drawn().facts());
        assertThat(read.sections()).isEqualTo(Samples.drawn().sections());
        assertThat(folder).isDirectoryNotContaining("glob:**.new");
    }

    @Test
    void formatFollowsTheNameAndTheStateStandsBeside() {
        assertThat(ReportFile.knows(Path.of("a.HTML"))).isTrue();
        assertThat(ReportFile.knows(Path.of("a.txt"))).isFalse();
        assertThat(ReportFile.state(List.of(Path.of("x", "a.html")))).isEqualTo(Path.of("x", "a.json"));
        assertThat(ReportFile.state(List.of(Path.of("a.md"), Path.of("b.json"))))
                .isEqualTo(Path.of("b.json"));
    }

    @Test
    void aStateOfAnotherMachineIsRefusedWithWhatDiffers() throws Exception {
        Path file = folder.resolve("state.json");
        ReportFile.write(Samples.report(), file);
        Report now = new Report();
        now.fact("system", "test");
        now.fact("load", "another, which means nothing");
        assertThat(ReportFile.resume(file, now).has("calls")).isTrue();
        now.fact("system", "elsewhere");
        now.fact("build", "1");
        assertThatIllegalStateException()
                .isThrownBy(() -> ReportFile.resume(file, now))
                .withMessageContainingAll("system: test; now elsewhere", "build: null; now 1")
                .withMessageNotContaining("load");
        Files.writeString(file, "{ nonsense");
        assertThatIllegalStateException()
                .isThrownBy(() -> ReportFile.read(file))
                .withMessageContaining("not a report");
    }

    @Test
    void pageIsWellFormedAndNeedsNothingElse() throws Exception {
        Path file = folder.resolve("report.html");
        ReportFile.write(Samples.drawn(), file);
        String html = Files.readString(file);
        Document page = parsed(html.replace("<!DOCTYPE html>", ""));
        assertThat(page.getElementsByTagName("svg").getLength()).isEqualTo(1);
        assertThat(rows(page.getElementsByTagName("td"))).contains("wait, \"quoted\" & <more>");
        assertThat(html.replace("http://www.w3.org/", ""))
                .doesNotContain("<script", "<img", "<link", "http:", "https:", "url(", "@import");
        assertThat(html)
                .contains(
                        "a note",
                        "windows of a second",
                        "1 MISSED",
                        "100: 0.50",
                        "<strong>missed</strong>",
                        "C: no cc");
    }

    private static List<String> rows(NodeList nodes) {
        return java.util.stream.IntStream.range(0, nodes.getLength())
                .mapToObj(i -> nodes.item(i).getTextContent().strip())
                .toList();
    }

    static Document parsed(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }
}
