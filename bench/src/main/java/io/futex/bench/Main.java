package io.futex.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/// The program behind the launcher `./futex`.
@Command(
        name = "futex",
        mixinStandardHelpOptions = true,
        version = "futex 0.1.0-SNAPSHOT",
        description = "Wait and wake on a 32-bit word: measure it, check it, see it.",
        footer = {
            "",
            "Options of the JVM come first, before the command:",
            "  ./futex -Dio.futex.backend=portable bench",
        },
        subcommands = {BenchCommand.class, DoctorCommand.class, DemoCommand.class})
public final class Main implements Runnable {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /// Needs no arguments of its own.
    public Main() {}

    /// Ends the JVM with the exit status of the command.
    ///
    /// @param args as on the command line
    public static void main(String[] args) {
        System.exit(command().execute(args));
    }

    /// Exit statuses: 0 fine, 1 failed, 2 wrong usage.
    static CommandLine command() {
        return new CommandLine(new Main()).setExecutionExceptionHandler(Main::explain);
    }

    /// A request that cannot be met has a message for people; anything else is a bug, whose place must be seen.
    private static int explain(Exception e, CommandLine command, ParseResult parsed) throws Exception {
        if (!(e instanceof IllegalStateException)) {
            throw e;
        }
        command.getErr().println("futex: " + e.getMessage());
        return 1;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "which command: bench, doctor or demo?");
    }
}
