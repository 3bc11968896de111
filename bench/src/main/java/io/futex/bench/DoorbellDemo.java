package io.futex.bench;

import io.futex.bench.operation.Progress;
import io.futex.bench.peer.JavaPeer;
import io.futex.bench.peer.Jvm;
import io.futex.bench.peer.Peer;
import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import io.futex.bench.report.Statistics;
import io.futex.bench.report.Unit;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
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

    /// A process, which rests while it is another one's turn.
    private record Receiver(Peer sender, String name, Request request, List<Reply> replies) {
        /// @param strategy how it waits, as the experiment names it
        static Receiver of(Peer sender, String name, String strategy) throws IOException {
            Path file = Files.createTempFile("futex-demo", ".ring");
            file.toFile().deleteOnExit(); // some systems delete no file that is mapped
            Request request = Request.of("delivery")
                    .with("queue", "file")
                    .with("strategy", strategy)
                    .with("file", file);
            return new Receiver(sender, name, request, new ArrayList<>());
        }

        Reply run(long millis, long idleMillis, long burst) throws IOException {
            return sender.run(request.with("millis", millis)
                    .with("idle-millis", idleMillis)
                    .with("burst", burst));
        }

        /// Two thirds with messages, one without.
        void turn(long millis) throws IOException {
            replies.add(run(2 * millis / 3, millis / 3, 0));
        }

        private double[] all(String value) {
            return replies.stream()
                    .flatMapToDouble(reply -> DoubleStream.of(reply.samples(value)))
                    .toArray();
        }

        String latency(double fraction) {
            return Unit.TIME.format(Statistics.quantileOf(all("ns"), fraction));
        }

        /// Of the receiver's thread, in percent.
        String processorTime(String value) {
            return Unit.PERCENT.format(DoubleStream.of(all(value)).average().orElse(Double.NaN));
        }
    }

    @Override
    public Integer call() throws Exception {
        if (seconds < 1) {
            throw new ParameterException(spec.commandLine(), "--seconds must be at least 1: " + seconds);
        }
        try (Peer sender = new JavaPeer(Jvm.LIBRARIES)) {
            List<Receiver> receivers = List.of(
                    Receiver.of(sender, "busy", "BusySpin"),
                    Receiver.of(sender, "back-off", "Backoff"),
                    Receiver.of(sender, "futex", "futex"));
            run(receivers);
            PrintWriter out = spec.commandLine().getOut();
            line(out, "", receivers, Receiver::name);
            line(out, "one way, median", receivers, receiver -> receiver.latency(0.5));
            line(out, "one way, p99", receivers, receiver -> receiver.latency(0.99));
            line(out, "processor time, 2 000 messages a second", receivers, of -> of.processorTime("busy-percent"));
            line(out, "processor time, no messages", receivers, of -> of.processorTime("idle-percent"));
            out.println("Nothing is pinned; the time of the receiver's thread, of one processor.");
            out.flush();
        }
        return 0;
    }

    private void run(List<Receiver> receivers) throws IOException {
        Progress progress = new Progress(System.err, Boolean.getBoolean(BenchCommand.TERMINAL));
        progress.expect(1);
        progress.operation("three ways to wait, " + seconds + " s");
        for (Receiver receiver : receivers) {
            receiver.run(200, 1, 20_000); // lets both JVMs compile their code
        }
        long begin = System.nanoTime();
        long turn = Math.min(MOST_TURN_MILLIS, 1000L * seconds / receivers.size());
        do {
            for (Receiver receiver : receivers) {
                receiver.turn(turn);
            }
            progress.step(receivers.stream()
                    .map(of -> of.name + " " + of.latency(0.5) + ", idle " + of.processorTime("idle-percent"))
                    .collect(Collectors.joining(" | ")));
        } while (System.nanoTime() - begin < 1_000_000_000L * seconds);
        progress.done();
    }

    private static void line(PrintWriter out, String label, List<Receiver> receivers, Function<Receiver, String> cell) {
        out.printf(
                "%-40s%12s%12s%12s%n",
                Stream.concat(Stream.of(label), receivers.stream().map(cell)).toArray());
    }
}
