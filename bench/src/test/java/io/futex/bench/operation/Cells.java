package io.futex.bench.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.bench.peer.Compiler;
import io.futex.bench.report.Report;
import io.futex.bench.report.Row;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/// Runs an operation in windows far too short for a figure.
final class Cells {
    private Cells() {}

    static Session session() throws IOException {
        return session(false);
    }

    /// @param forks as JMH does: half a second for each benchmark
    static Session session(boolean forks) throws IOException {
        Progress silent =
                new Progress(new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8), false);
        return new Session(Profile.SMOKE, silent, Path.of("."), more -> new InProcessPeer(), forks);
    }

    static void assertFilled(String operation) throws IOException {
        Report report = new Report();
        try (Session session = session()) {
            session.run(Operations.named(List.of(operation)), report);
            assertThat(report.sections()).singleElement().satisfies(section -> {
                assertThat(section.rows()).as(section.notes().toString()).isNotEmpty();
                assertThat(section.rows())
                        .flatExtracting(Row::roles)
                        .map(Row.Role::figure)
                        .filteredOn(figure -> session.programAbsence().isEmpty()
                                || !figure.absence().equals(session.programAbsence()))
                        .filteredOn(figure -> !figure.absence().equals(Compiler.NO_GO))
                        .allSatisfy(figure -> assertThat(figure.absence()).isEmpty());
            });
        }
    }
}
