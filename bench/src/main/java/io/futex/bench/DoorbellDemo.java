package io.futex.bench;

import io.futex.bench.operation.Progress;
import io.futex.bench.peer.JavaPeer;
import io.futex.bench.peer.Jvm;
import io.futex.bench.peer.Peer;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
    private static final long MOST_TURN_MILLIS = 1000;

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
            List<DemoReceiver> receivers = List.of(
                    new DemoReceiver(sender, "busy", "BusySpin"),
                    new DemoReceiver(sender, "back-off", "Backoff"),
                    new DemoReceiver(sender, "futex", "futex"));
            run(receivers);
            show(receivers);
        }
        return 0;
    }

    private void run(List<DemoReceiver> receivers) throws IOException {
        Progress progress = new Progress(System.err, Boolean.getBoolean(BenchCommand.TERMINAL));
        progress.expect(1);
        progress.operation("three ways to wait, " + seconds + " s");
        for (DemoReceiver receiver : receivers) {
            receiver.warmUp();
        }
        long begin = System.nanoTime();
        long turn = Math.min(MOST_TURN_MILLIS, 1000L * seconds / receivers.size());
        do {
            for (DemoReceiver receiver : receivers) {
                receiver.turn(turn);
            }
            progress.step(receivers.stream()
                    .map(receiver -> receiver.name() + " " + receiver.latency(0.5) + ", idle " + receiver.idleShare())
                    .collect(Collectors.joining(" | ")));
        } while (System.nanoTime() - begin < 1_000_000_000L * seconds);
        progress.done();
    }

    private void show(List<DemoReceiver> receivers) {
        PrintWriter out = spec.commandLine().getOut();
        line(out, "", receivers, DemoReceiver::name);
        line(out, "one way, median", receivers, receiver -> receiver.latency(0.5));
        line(out, "one way, p99", receivers, receiver -> receiver.latency(0.99));
        line(out, "processor time, 2 000 messages a second", receivers, DemoReceiver::busyShare);
        line(out, "processor time, no messages", receivers, DemoReceiver::idleShare);
        out.println("Nothing is pinned; the time of the receiver's thread, of one processor.");
        out.flush();
    }

    private static void line(
            PrintWriter out, String label, List<DemoReceiver> receivers, Function<DemoReceiver, String> cell) {
        out.printf(
                "%-40s%12s%12s%12s%n",
                Stream.concat(Stream.of(label), receivers.stream().map(cell)).toArray());
    }
}
