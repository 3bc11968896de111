package io.futex.bench.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.futex.bench.peer.JavaPeer;
import io.futex.bench.peer.Peer;
import io.futex.bench.peer.Request;
import io.futex.bench.report.Report;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every operation runs in windows far too short for a figure, and every cell is filled.
class OperationsTest {
    /// All but those with a test of their own: the locks, and below. Not the calls, which take long and are all JMH's.
    static Stream<String> names() {
        return Operations.all().stream()
                .map(Operation::name)
                .filter(name -> !Set.of("calls", "first-use").contains(name))
                .filter(name -> !LockOperationsTest.NAMES.contains(name));
    }

    @ParameterizedTest
    @MethodSource("names")
    void measuresEveryCell(String name) throws IOException {
        Cells.assertFilled(name);
    }

    @Test
    void startsProgramsForTheFirstUse() throws IOException {
        Report report = new Report();
        try (Session session = Cells.session()) {
            session.run(Operations.named(List.of("first-use")), report);
        }
        assertThat(report.sections().get(0).notes().toString()).doesNotContain("not measured");
        assertThat(report.sections().get(0).rows().get(0).ours().absence()).isEmpty();
        // Tests run on folders of classes.
        assertThat(report.absences()).allSatisfy(why -> assertThat(why).contains("AOT cache"));
    }

    @Test
    void aMicroBenchmarkHasAJvmOfItsOwn() throws IOException {
        try (Session session = Cells.session(true)) {
            assertThat(SingleCalls.run(session, "wait-group").time("wait-group", ""))
                    .satisfies(figure -> assertThat(figure.absence()).isEmpty())
                    .satisfies(figure -> assertThat(figure.isPresent()).isTrue());
        }
    }

    @Test
    void peerIsAProcessThatOutlivesABadRequest() throws IOException {
        try (Peer peer = new JavaPeer(List.of())) {
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
                .contains("mutex", "doorbell")
                .doesNotContain("wasm", "adapters");
        assertThat(Operations.of(Profile.QUICK))
                .extracting(Operation::title)
                .contains("Doorbell") // one row
                .doesNotContain("Doorbell by placement");
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
