package io.futex.bench.operation;

import io.futex.bench.os.Affinity;
import io.futex.bench.os.Placement;
import io.futex.bench.os.Proc;
import io.futex.bench.peer.Compiler;
import io.futex.bench.peer.JavaPeer;
import io.futex.bench.peer.Jvm;
import io.futex.bench.peer.NativePeer;
import io.futex.bench.peer.Peer;
import io.futex.bench.report.Report;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One run: its profile, the C program, and what operations share.
public final class Session implements AutoCloseable {
    /// Makes Java peers.
    interface JavaPeers {
        /// With these options of the JVM beside the usual ones.
        Peer make(List<String> more) throws IOException;
    }

    private final Profile profile;
    private final Progress progress;
    private final JavaPeers javaPeers;
    private final boolean forks;
    private final Path scratch;
    private final Path bench;
    private final @Nullable Path program;
    private final String programAbsence;

    /// A run with a JVM for each Java peer.
    ///
    /// @param bench the folder of this module, where the C sources are
    public Session(Profile profile, Progress progress, Path bench) throws IOException {
        this(profile, progress, bench, JavaPeer::new, true);
    }

    /// A run with Java peers of another kind.
    ///
    /// @param forks whether JMH starts a JVM for each benchmark
    Session(Profile profile, Progress progress, Path bench, JavaPeers javaPeers, boolean forks) throws IOException {
        this.javaPeers = javaPeers;
        this.forks = forks;
        this.profile = profile;
        this.progress = progress;
        this.bench = bench;
        this.scratch = Files.createTempDirectory("futex-bench");
        Path compiled = null;
        String absence = "";
        try {
            compiled = Compiler.compile(bench);
        } catch (IOException e) {
            absence = String.valueOf(e.getMessage());
        }
        this.program = compiled;
        this.programAbsence = absence;
    }

    /// Keeps what was measured so far.
    public interface Saver {
        /// The report has one section more.
        void save() throws IOException;
    }

    /// Measures operations and keeps nothing on the way.
    public void run(List<Operation> operations, Report report) throws IOException {
        run(operations, report, () -> {});
    }

    /// Measures operations one after the other, but for those that the report has already. One that fails as a whole is
    /// a section without rows that says why; it would be tried again.
    public void run(List<Operation> operations, Report report, Saver saver) throws IOException {
        List<Operation> left = operations.stream()
                .filter(operation -> !report.has(operation.title()))
                .toList();
        progress.expect(left.size());
        for (Operation operation : left) {
            progress.operation(operation.title());
            String when = "profile " + profile.name() + ", begun " + now() + ", load "
                    + Proc.line("/proc/loadavg").orElse("unknown");
            try {
                Report.Section section = operation.run(this);
                List<String> notes = new ArrayList<>(section.notes());
                notes.add(when);
                report.add(new Report.Section(section.title(), section.rows(), notes));
            } catch (Exception e) {
                report.add(new Report.Section(operation.title(), List.of(), List.of("not measured: " + e)));
            }
            saver.save();
        }
        progress.done();
    }

    /// The date and the time of the day, for reports.
    public static String now() {
        return LocalDateTime.now(ZoneId.systemDefault())
                .truncatedTo(ChronoUnit.MINUTES)
                .toString();
    }

    /// Why there is no C program; empty if there is one.
    public String programAbsence() {
        return programAbsence;
    }

    boolean forks() {
        return forks;
    }

    Profile profile() {
        return profile;
    }

    Progress progress() {
        return progress;
    }

    /// A file of this run, gone after it.
    Path file(String name) {
        return scratch.resolve(name);
    }

    /// A fresh Java peer.
    Peer java() throws IOException {
        return javaPeers.make(List.of());
    }

    /// A fresh Java peer with one more option.
    Peer javaWith(String option) throws IOException {
        return javaPeers.make(List.of(option));
    }

    /// A fresh Java peer that may use the libraries of others.
    Peer javaWithLibraries() throws IOException {
        return javaPeers.make(Jvm.LIBRARIES);
    }

    /// The C program.
    Peer c() throws IOException {
        if (program == null) {
            throw new IOException(programAbsence);
        }
        return new NativePeer(program);
    }

    /// The Go program.
    Peer go() throws IOException {
        return new NativePeer(Compiler.compileGo(bench));
    }

    /// Where two sides are put: wherever the system likes, on one processor, on two.
    List<Placement> placements() {
        List<Placement> all = new ArrayList<>(List.of(Placement.UNPINNED));
        List<Integer> cpus = Affinity.allowed();
        if (!cpus.isEmpty()) {
            all.add(Placement.oneCore(cpus));
        }
        if (cpus.size() > 1) {
            all.add(Placement.twoCores(cpus));
        }
        return all;
    }

    /// What [#placements] leaves out, for the notes.
    String placementNote() {
        return switch (Affinity.allowed().size()) {
            case 0 -> "pinned modes not measured: threads cannot be pinned on this system";
            case 1 -> "two cores not measured: this process may use one processor";
            default -> "pinned by sched_setaffinity; unpinned leaves both sides to the scheduler";
        };
    }

    @Override
    public void close() throws IOException {
        try (Stream<Path> files = Files.walk(scratch)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.deleteIfExists(file);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }
}
