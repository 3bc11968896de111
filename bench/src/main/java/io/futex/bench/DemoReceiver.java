package io.futex.bench;

import io.futex.bench.peer.Peer;
import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import io.futex.bench.report.Statistics;
import io.futex.bench.report.Unit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.DoubleStream;

/// One of the receivers of [DoorbellDemo]: a process, which rests while it is another one's turn.
final class DemoReceiver {
    private final String name;
    private final Request request;
    private final Peer sender;
    private double[] latencies = {};
    private double[] busy = {};
    private double[] idle = {};

    /// @param strategy how it waits, as the experiment names it
    DemoReceiver(Peer sender, String name, String strategy) throws IOException {
        this.sender = sender;
        this.name = name;
        Path file = Files.createTempFile("futex-demo", ".ring");
        file.toFile().deleteOnExit(); // some systems delete no file that is mapped
        request = Request.of("delivery")
                .with("queue", "file")
                .with("strategy", strategy)
                .with("file", file);
    }

    String name() {
        return name;
    }

    /// Lets both JVMs compile their code.
    void warmUp() throws IOException {
        run(200, 1, 20_000);
    }

    /// Two thirds with messages, one without.
    void turn(long millis) throws IOException {
        Reply reply = run(2 * millis / 3, millis / 3, 0);
        latencies = joined(latencies, reply.samples("ns"));
        busy = joined(busy, reply.samples("busy-percent"));
        idle = joined(idle, reply.samples("idle-percent"));
    }

    private Reply run(long millis, long idleMillis, long burst) throws IOException {
        return sender.run(
                request.with("millis", millis).with("idle-millis", idleMillis).with("burst", burst));
    }

    private static double[] joined(double[] first, double[] second) {
        return DoubleStream.concat(Arrays.stream(first), Arrays.stream(second)).toArray();
    }

    String latency(double fraction) {
        return Unit.TIME.format(Statistics.quantileOf(latencies, fraction));
    }

    /// Of the receiver's thread, while there are messages.
    String busyShare() {
        return share(busy);
    }

    /// Of the receiver's thread, while there are none.
    String idleShare() {
        return share(idle);
    }

    private static String share(double[] percents) {
        return Unit.PERCENT.format(Arrays.stream(percents).average().orElse(Double.NaN));
    }
}
