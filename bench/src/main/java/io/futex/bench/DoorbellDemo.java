package io.futex.bench;

import io.futex.bench.peer.JavaPeer;
import io.futex.bench.peer.Jvm;
import io.futex.bench.peer.Peer;
import io.futex.bench.peer.Request;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Shows what a receiver gains that sleeps instead of polling.
@Command(
        name = "doorbell",
        mixinStandardHelpOptions = true,
        description = {
            "One JVM sends messages to another one, through a ring buffer of Agrona in a mapped file. The receiver waits "
                    + "busily, by Agrona's back-off, or asleep on a word of the file, in turns.",
            "Shows how long a message takes, and the receiver's processor time with messages and without."
        })
final class DoorbellDemo implements Callable<Integer> {
    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--seconds",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "how long all of them, at least 1; default: ${DEFAULT-VALUE}")
    private int seconds;

    DoorbellDemo() {}

    @Override
    public Integer call() throws Exception {
        if (seconds < 1) {
            throw new ParameterException(spec.commandLine(), "--seconds must be at least 1: " + seconds);
        }
        try (Peer sender = new JavaPeer(Jvm.LIBRARIES)) {
            Turns turns = Turns.of(
                    sender, Request.of("delivery").with("queue", "file").with("burst", 0));
            turns.run(
                    request ->
                            request.with("millis", 200).with("idle-millis", 1).with("burst", 20_000),
                    seconds);
            PrintWriter out = spec.commandLine().getOut();
            turns.line(out, "", Turns.Way::name);
            turns.line(out, "one way, median", of -> of.latency(0.5));
            turns.line(out, "one way, p99", of -> of.latency(0.99));
            turns.line(out, "processor time, 2 000 messages a second", of -> of.processorTime("busy-percent"));
            turns.line(out, "processor time, no messages", of -> of.processorTime("idle-percent"));
            out.println("Nothing is pinned; the time of the receiver's thread, of one processor.");
            out.flush();
        }
        return 0;
    }
}
