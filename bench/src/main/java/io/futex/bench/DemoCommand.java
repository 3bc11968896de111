package io.futex.bench;

import io.futex.bench.peer.Jvm;
import io.futex.examples.TwoProcesses;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Runs the example of two processes.
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Two JVM processes exchange numbers through a ring in a mapped file, and sleep when there is nothing to do.",
            "Shows the CPU time of both. The source to copy is in examples: TwoProcesses.java and NumberRing.java."
        },
        subcommands = {DoorbellDemo.class, IdleDemo.class})
final class DemoCommand implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--numbers",
            paramLabel = "COUNT",
            defaultValue = "1000000",
            description = "at least 1; default: ${DEFAULT-VALUE}")
    private long numbers;

    @Option(
            names = "--idle",
            paramLabel = "SECONDS",
            defaultValue = "2",
            description = "how long both have nothing to do; default: ${DEFAULT-VALUE}")
    private int idle;

    DemoCommand() {}

    @Override
    public Integer call() throws Exception {
        require(numbers >= 1, "--numbers must be at least 1: " + numbers);
        require(idle >= 0, "--idle must not be negative: " + idle);
        TwoProcesses.run(
                numbers,
                idle,
                Jvm.command(TwoProcesses.class),
                spec.commandLine().getOut());
        spec.commandLine().getOut().flush();
        return 0;
    }

    private void require(boolean holds, String otherwise) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), otherwise);
        }
    }
}
