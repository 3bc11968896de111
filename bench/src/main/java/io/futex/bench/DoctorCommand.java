package io.futex.bench;

import io.futex.Futex;
import io.futex.bench.os.Proc;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Tells what the library found on this machine, and tries it.
@Command(
        name = "doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Shows the backends and why they were picked, the machine and its limits, and runs a self-test of one second.",
            "The exit status is 1 if that fails."
        })
final class DoctorCommand implements Callable<Integer> {
    private static final String UNKNOWN = "unknown";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    DoctorCommand() {}

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        heading(out, "Backends");
        Choice.lines().forEach(line -> out.println("  " + line));
        heading(out, "Capabilities");
        for (Futex futex : Futex.available()) {
            out.printf(
                    "  %-9s %-7s %s%n",
                    futex.backend(),
                    futex.isShared() ? "shared" : "local",
                    futex.capabilities().stream()
                            .map(Enum::name)
                            .sorted()
                            .collect(Collectors.joining(
                                    ", ", "", futex.capabilities().isEmpty() ? "none" : "")));
        }
        heading(out, "Machine");
        Machine.facts().forEach((name, value) -> line(out, name, value));
        line(out, "version", Proc.line("/proc/version").orElse(UNKNOWN));
        line(
                out,
                "timer slack",
                Proc.line("/proc/self/timerslack_ns")
                        .map(slack -> slack + " ns")
                        .orElse(UNKNOWN));
        line(out, "seccomp", seccomp());
        line(out, "cgroup", Proc.line("/proc/self/cgroup").orElse(UNKNOWN));
        heading(out, "Limits");
        limits(out);
        heading(out, "Self-test");
        out.flush();
        List<SelfTest.Result> results = SelfTest.run();
        for (SelfTest.Result result : results) {
            out.printf("  %-6s %s: %s%n", result.passed() ? "ok" : "FAILED", result.name(), result.detail());
        }
        out.flush();
        return results.stream().allMatch(SelfTest.Result::passed) ? 0 : 1;
    }

    private static void limits(PrintWriter out) {
        line(out, "threads", Proc.line("/proc/sys/kernel/threads-max").orElse(UNKNOWN) + " in the system");
        for (String limit : List.of("Max processes", "Max locked memory", "Max open files")) {
            Proc.field("/proc/self/limits", limit)
                    .ifPresent(value -> line(out, limit, value.replaceAll(" {2,}", ", ") + " (soft, hard, unit)"));
        }
        line(out, "memory maps", Proc.line("/proc/sys/vm/max_map_count").orElse(UNKNOWN) + " a process");
        for (String file : List.of("cpu.max", "memory.max", "pids.max")) {
            line(out, file, Proc.line("/sys/fs/cgroup/" + file).orElse("none"));
        }
    }

    /// A filter may refuse the newer system calls; the backend then uses the older ones.
    private static String seccomp() {
        return switch (Proc.field("/proc/self/status", "Seccomp").orElse("")) {
            case "0" -> "no filter";
            case "1" -> "strict";
            case "2" ->
                "a filter is active (a container?); calls that it refuses are replaced by older ones, see the "
                        + "backend above";
            default -> UNKNOWN;
        };
    }

    private static void heading(PrintWriter out, String title) {
        out.println(title);
    }

    private static void line(PrintWriter out, String name, String value) {
        out.printf("  %-18s %s%n", name, value);
    }
}
