package io.futex.bench;

import io.futex.bench.operation.Progress;
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
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/// Processes that do the same in three ways, and rest while it is another one's turn; and one table of all.
///
/// @param ways busy, back-off and futex
record Turns(List<Way> ways) {
    private static final long MOST_TURN_MILLIS = 1000;

    /// What one has measured.
    record Way(Peer sender, String name, Request request, List<Reply> replies) {
        private static Way of(Peer sender, String name, Request request, String strategy) throws IOException {
            Path file = Files.createTempFile("futex-demo", ".ring");
            file.toFile().deleteOnExit(); // some systems delete no file that is mapped
            return new Way(sender, name, request.with("strategy", strategy).with("file", file), new ArrayList<>());
        }

        private double[] all(String value) {
            return replies.stream()
                    .flatMapToDouble(reply -> DoubleStream.of(reply.samples(value)))
                    .toArray();
        }

        String latency(double fraction) {
            return Unit.TIME.format(Statistics.quantileOf(all("ns"), fraction));
        }

        /// In percent.
        String processorTime(String value) {
            return Unit.PERCENT.format(DoubleStream.of(all(value)).average().orElse(Double.NaN));
        }
    }

    static Turns of(Peer sender, Request request) throws IOException {
        return new Turns(List.of(
                Way.of(sender, "busy", request, "BusySpin"),
                Way.of(sender, "back-off", request, "Backoff"),
                Way.of(sender, "futex", request, "futex")));
    }

    /// Two thirds of each turn with messages, one without.
    ///
    /// @param warmUp makes of a request what each does first, to compile its code
    void run(UnaryOperator<Request> warmUp, int seconds) throws IOException {
        Progress progress = new Progress(System.err, Boolean.getBoolean(BenchCommand.TERMINAL));
        progress.expect(1);
        progress.operation("three ways to wait, " + seconds + " s");
        for (Way way : ways) {
            Reply unused = way.sender.run(warmUp.apply(way.request));
        }
        long begin = System.nanoTime();
        long turn = Math.min(MOST_TURN_MILLIS, 1000L * seconds / ways.size());
        do {
            for (Way way : ways) {
                way.replies.add(
                        way.sender.run(way.request.with("millis", 2 * turn / 3).with("idle-millis", turn / 3)));
            }
            progress.step(ways.stream()
                    .map(of -> of.name + " " + of.latency(0.5) + ", idle " + of.processorTime("idle-percent"))
                    .collect(Collectors.joining(" | ")));
        } while (System.nanoTime() - begin < 1_000_000_000L * seconds);
        progress.done();
    }

    void line(PrintWriter out, String label, Function<Way, String> cell) {
        out.printf(
                "%-40s%12s%12s%12s%n",
                Stream.concat(Stream.of(label), ways.stream().map(cell)).toArray());
    }
}
