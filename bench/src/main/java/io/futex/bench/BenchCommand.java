package io.futex.bench;

import io.futex.bench.operation.Operation;
import io.futex.bench.operation.Operations;
import io.futex.bench.operation.Profile;
import io.futex.bench.operation.Progress;
import io.futex.bench.operation.Session;
import io.futex.bench.report.Markdown;
import io.futex.bench.report.Pictures;
import io.futex.bench.report.Report;
import io.futex.bench.report.ReportFile;
import io.futex.bench.report.Table;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Measures the library beside the JDK and raw C.
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = {
            "Measures each operation beside its counterpart in the JDK and in raw C, all in turns, and prints one table.",
            "A quick run of all leaves some out, which --only measures. What cannot be measured is empty; --notes says why.",
            "",
            "Operations: calls, boundary, ping-pong, processes, doorbell, adapters, wasm, mutex, rw-mutex, release, "
                    + "wait-group, condition, barrier, semaphore, callers-memory, robust, queue, idle, "
                    + "shared-waits, channels, late, first-use, memory."
        })
final class BenchCommand implements Callable<Integer> {
    /// The folder of this module; the launcher sets it.
    static final String HOME = "io.futex.bench.home";

    /// Whether the standard error is a terminal; the launcher knows.
    static final String TERMINAL = "io.futex.bench.terminal";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--profile",
            paramLabel = "NAME",
            defaultValue = "quick",
            description =
                    "quick (two minutes) or full (half an hour or more, figures to quote); default: ${DEFAULT-VALUE}")
    private String profile = "quick";

    @Option(
            names = "--only",
            paramLabel = "OPERATION",
            split = ",",
            description = "measure only these; may be repeated")
    private List<String> only = new ArrayList<>();

    @Option(
            names = "--out",
            paramLabel = "FILE",
            description =
                    "write the report to FILE: .html (one page with pictures), .json or .md; may be repeated. What was "
                            + "measured is saved after each operation in the .json, or in one beside the first FILE")
    private List<Path> out = new ArrayList<>();

    @Option(names = "--resume", description = "go on with what an earlier run has saved, and do not measure that again")
    private boolean resume;

    @Option(
            names = "--from",
            paramLabel = "FILE",
            split = ",",
            description = "measure nothing: make the report of these saved ones; of a section in several the last")
    private List<Path> from = new ArrayList<>();

    @Option(names = "--pictures", paramLabel = "FOLDER", description = "write the pictures into FOLDER, as .svg")
    private @Nullable Path pictures;

    @Option(
            names = "--fill",
            paramLabel = "FILE",
            split = ",",
            description = "write figures and headlines into pages in Markdown, between their marks")
    private List<Path> fill = new ArrayList<>();

    @Option(names = "--notes", description = "more of the table: further peers, goals, and how all was measured")
    private boolean notes;

    BenchCommand() {}

    @Override
    public Integer call() throws Exception {
        for (Path file : out) {
            check(ReportFile.knows(file), "--out must end in .html, .json or .md: " + file);
        }
        check(!resume || !out.isEmpty(), "--resume needs the --out of the run that was interrupted");
        check(from.isEmpty() || (only.isEmpty() && !resume), "--from measures nothing: no --only and no --resume");
        PrintWriter terminal = spec.commandLine().getOut();
        Report report = new Report();
        if (from.isEmpty()) {
            report = measured(terminal);
        } else {
            for (Path file : from) {
                report.addAll(ReportFile.read(file));
            }
        }
        terminal.print(Table.text(report, notes));
        write(report, terminal);
        terminal.flush();
        return 0;
    }

    private Report measured(PrintWriter terminal) throws IOException {
        Profile chosen = checked(() -> Profile.named(profile));
        List<Operation> operations = checked(() -> only.isEmpty() ? Operations.of(chosen) : Operations.named(only));
        Choice.lines().forEach(terminal::println);
        Report now = new Report();
        Machine.facts().forEach(now::fact);
        now.fact("backends", String.join("; ", Choice.lines()).replaceAll(" +", " "));
        now.fact("profile", chosen.name());
        Progress progress = new Progress(System.err, Boolean.getBoolean(TERMINAL));
        try (Session session = new Session(chosen, progress, Path.of(home()))) {
            now.fact("raw C", session.programAbsence().isEmpty() ? "cc -O2 -pthread" : session.programAbsence());
            now.facts().forEach((name, value) -> {
                if (!Set.of("backends", "libraries").contains(name)) { // too long for a terminal
                    terminal.printf("%-12s%s%n", name, value);
                }
            });
            terminal.println();
            terminal.flush();
            if (out.isEmpty()) {
                session.run(operations, now);
                return now;
            }
            Path state = ReportFile.state(out);
            Report report = resume && Files.exists(state) ? ReportFile.resume(state, now) : now;
            session.run(operations, report, () -> ReportFile.write(report, state));
            return report;
        }
    }

    private void write(Report report, PrintWriter terminal) throws IOException {
        List<Path> written = new ArrayList<>();
        for (Path file : out) {
            ReportFile.write(report, file);
            written.add(file);
        }
        List<Path> drawn = pictures == null ? List.of() : Pictures.write(report, pictures);
        written.addAll(drawn);
        for (Path page : fill) {
            Markdown.fill(page, report, drawn);
            written.add(page);
        }
        written.forEach(file -> terminal.println("written: " + file));
    }

    private void check(boolean holds, String otherwise) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }

    private <T> T checked(Supplier<T> choice) {
        try {
            return choice.get();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    private static String home() {
        @Nullable String home = System.getProperty(HOME);
        return home == null ? "." : home;
    }
}
