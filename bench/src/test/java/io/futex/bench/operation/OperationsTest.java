package io.futex.bench.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.futex.bench.peer.JavaPeer;
import io.futex.bench.peer.Peer;
import io.futex.bench.peer.Request;
import io.futex.bench.report.Report;
import io.futex.bench.report.Row;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every operation runs in windows far too short for a figure, and every cell is filled.
class OperationsTest {
    private static Session session(Contest.Maker peers) throws IOException {
        Progress silent =
                new Progress(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8), false);
        return new Session(Profile.SMOKE, silent, Path.of("."), peers);
    }

    /// All but those with a test of their own below.
    static Stream<String> names() {
        return Operations.all().stream()
                .map(Operation::name)
                .filter(name -> !Set.of("calls", "first-use").contains(name));
    }

    @ParameterizedTest
    @MethodSource("names")
    void measuresEveryCell(String name) throws IOException {
        Report report = new Report();
        try (Session session = session(InProcessPeer::new)) {
            session.run(Operations.named(List.of(name)), report);
            assertThat(report.sections()).singleElement().satisfies(section -> {
                assertThat(section.rows()).as(section.notes().toString()).isNotEmpty();
                assertThat(section.rows())
                        .flatExtracting(Row::roles)
                        .map(Row.Role::figure)
                        .filteredOn(figure -> session.programAbsence().isEmpty()
                                || !figure.absence().equals(session.programAbsence()))
                        .allSatisfy(figure -> assertThat(figure.absence()).isEmpty());
            });
        }
    }

    @Test
    void startsProgramsForTheFirstUse() throws IOException {
        Report report = new Report();
        try (Session session = session(InProcessPeer::new)) {
            session.run(Operations.named(List.of("first-use")), report);
        }
        assertThat(report.sections().get(0).notes().toString()).doesNotContain("not measured");
        assertThat(report.sections().get(0).rows().get(0).ours().absence()).isEmpty();
        // Tests run on folders of classes.
        assertThat(report.absences()).allSatisfy(why -> assertThat(why).contains("AOT cache"));
    }

    @Test
    void peerIsAProcessThatOutlivesABadRequest() throws IOException {
        try (Peer peer = new JavaPeer()) {
            assertThat(failure(peer, "nonsense")).contains("no experiment nonsense");
            assertThat(peer.run(Request.parse("late kind=futex nanos=1000 samples=3"))
                            .samples("ns"))
                    .hasSize(3);
        }
    }

    @Test
    void oneThatFailsLeavesTheOthersTheirFigures() throws IOException {
        try (Contest contest = new Contest()
                .add("good", InProcessPeer::new, "kind", "park")
                .add("bad", InProcessPeer::new, "kind", "nothing")
                .add(
                        "absent",
                        () -> {
                            throw new IOException("no cc");
                        },
                        "kind",
                        "park")) {
            Results results = contest.run(Request.parse("pingpong millis=2"), 1);
            assertThat(results.median("good", "ns").isPresent()).isTrue();
            assertThat(results.median("bad", "ns").absence()).contains("no hand-over nothing");
            assertThat(results.median("absent", "ns").absence()).isEqualTo("no cc");
        }
    }

    @Test
    void namesAreChecked() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Operations.named(List.of("mutex", "nonsense")))
                .withMessageContaining("nonsense")
                .withMessageContaining("ping-pong");
        assertThatIllegalArgumentException().isThrownBy(() -> Profile.named("slow"));
        assertThat(Operations.named(List.of())).isEqualTo(Operations.all());
        assertThat(Operations.of(Profile.FULL)).isEqualTo(Operations.all());
        assertThat(Operations.of(Profile.QUICK))
                .extracting(Operation::name)
                .contains("mutex")
                .doesNotContain("wasm");
    }

    private static String failure(Peer peer, String request) {
        try {
            peer.run(Request.parse(request));
            return "";
        } catch (IOException e) {
            return String.valueOf(e.getMessage());
        }
    }
}
