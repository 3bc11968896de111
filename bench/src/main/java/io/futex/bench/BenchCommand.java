package io.futex.bench;

import io.futex.bench.operation.Operation;
import io.futex.bench.operation.Operations;
import io.futex.bench.operation.Profile;
import io.futex.bench.operation.Progress;
import io.futex.bench.operation.Session;
import io.futex.bench.report.Report;
import io.futex.bench.report.ReportFile;
import io.futex.bench.report.Table;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
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
            "A cell that cannot be measured is empty, with the reason below the table.",
            "",
            "Operations: calls, boundary, ping-pong, processes, doorbell, adapters, wasm, mutex, rw-mutex, release, "
                    + "wait-group, condition, barrier, semaphore, callers-memory, channels, late, first-use, memory, "
                    + "sharing."
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
            description = "write the report to FILE too: .json, .csv or .md; may be repeated")
    private List<Path> out = new ArrayList<>();

    BenchCommand() {}

    @Override
    public Integer call() throws Exception {
        Profile chosen = checked(() -> Profile.named(profile));
        List<Operation> operations = checked(() -> only.isEmpty() ? Operations.of(chosen) : Operations.named(only));
        for (Path file : out) {
            if (!ReportFile.knows(file)) {
                throw new ParameterException(spec.commandLine(), "--out must end in .json, .csv or .md: " + file);
            }
        }
        PrintWriter terminal = spec.commandLine().getOut();
        Choice.lines().forEach(terminal::println);
        terminal.flush();

        Report report = new Report();
        Machine.facts().forEach(report::fact);
        report.fact("backends", String.join("; ", Choice.lines()));
        report.fact("profile", chosen.name());
        Progress progress = new Progress(System.err, Boolean.getBoolean(TERMINAL));
        try (Session session = new Session(chosen, progress, Path.of(home()))) {
            report.fact("raw C", session.programAbsence().isEmpty() ? "cc -O2 -pthread" : session.programAbsence());
            report.facts().forEach((name, value) -> {
                if (!name.equals("backends")) {
                    terminal.printf("%-12s%s%n", name, value);
                }
            });
            terminal.println();
            terminal.flush();
            session.run(operations, report);
        }
        terminal.print(Table.text(report));
        if (only.isEmpty()) {
            Operations.all().stream()
                    .filter(operation -> !operations.contains(operation))
                    .forEach(left ->
                            terminal.println("not in a quick run: " + left.title() + " (--only " + left.name() + ")"));
        }
        terminal.flush();
        for (Path file : out) {
            ReportFile.write(report, file);
            terminal.println("written: " + file);
        }
        terminal.flush();
        return 0;
    }

    private <T> T checked(java.util.function.Supplier<T> choice) {
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
