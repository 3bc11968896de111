package io.futex.bench;

import io.futex.bench.peer.JavaPeer;
import io.futex.bench.peer.Jvm;
import io.futex.bench.peer.Peer;
import io.futex.bench.peer.Request;
import io.futex.bench.report.Statistics;
import io.futex.bench.report.Unit;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Shows what it costs to wait for hardly anything, and what becomes of a lock whose owner is killed.
@Command(
        name = "idle",
        mixinStandardHelpOptions = true,
        description = {
            "Two JVMs share a region with 200 queues, in which there is hardly ever anything. One thread of the receiver "
                    + "polls them all, busily or by Agrona's back-off; or a virtual thread sleeps at each. In turns.",
            "Then a process is killed (-9) while it holds a lock of a region, and the next one gets it."
        })
final class IdleDemo implements Callable<Integer> {
    /// A JVM starts for each.
    private static final int SECONDS_OF_A_KILL = 2;

    private static final int MOST_KILLS = 5;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Option(
            names = "--seconds",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description = "how long in all, at least 3; default: ${DEFAULT-VALUE}")
    private int seconds;

    IdleDemo() {}

    @Override
    public Integer call() throws Exception {
        if (seconds < 3) {
            throw new ParameterException(spec.commandLine(), "--seconds must be at least 3: " + seconds);
        }
        int kills = Math.clamp(seconds / 6 / SECONDS_OF_A_KILL, 1, MOST_KILLS);
        try (Peer sender = new JavaPeer(Jvm.LIBRARIES)) {
            Turns turns = Turns.of(sender, Request.of("quiet-queues"));
            turns.run(
                    request -> request.with("millis", 500).with("idle-millis", 1), seconds - SECONDS_OF_A_KILL * kills);
            PrintWriter out = spec.commandLine().getOut();
            turns.line(out, "", Turns.Way::name);
            turns.line(out, "processor time, no message", of -> of.processorTime("idle-percent"));
            turns.line(out, "a rare message, median", of -> of.latency(0.5));
            turns.line(out, "a rare message, p99", of -> of.latency(0.99));
            out.println("200 queues; nothing is pinned; the time of the whole receiving process, of one processor.");
            out.println(recovery(sender, kills));
            out.flush();
        }
        return 0;
    }

    private static String recovery(Peer sender, int kills) throws IOException {
        Path file = Files.createTempFile("futex-demo", ".lock");
        file.toFile().deleteOnExit();
        String what = "from kill -9 of who holds a RobustMutex until the next one has it: ";
        try {
            double[] all = sender.run(
                            Request.of("recovery").with("kills", kills).with("file", file))
                    .samples("ns");
            return what + Unit.TIME.format(Statistics.quantileOf(all, 0.5)) + " (median of " + kills + "), at most "
                    + Unit.TIME.format(Statistics.quantileOf(all, 1));
        } catch (IOException e) { // such as a system without robust locks
            return what + e.getMessage();
        }
    }
}
