package io.futex.bench.experiment;

import io.futex.bench.peer.Reply;
import io.futex.bench.peer.Request;
import java.util.HashMap;
import java.util.Map;

/// All experiments of this process by name, each made when it is first asked for.
public final class Experiments implements AutoCloseable {
    private final Map<String, Experiment> known = new HashMap<>();

    /// Measures once.
    public void run(Request request, Reply reply) throws Exception {
        known.computeIfAbsent(request.experiment(), Experiments::make).run(request, reply);
    }

    private static Experiment make(String name) {
        return switch (name) {
            case "calibrate" -> Work::calibrate;
            case "pingpong" -> new PingPong(Endpoints::toThread);
            case "processes" -> new PingPong(Endpoints::toProcess);
            case "delivery" -> new OneWayLatency();
            case "quiet-queues" -> new QuietQueues();
            case "recovery" -> Recovery::run;
            case "crowd" -> new Crowd();
            case "wake-to-run" -> WakeToRun::run;
            case "ending-together" -> EndingTogether::run;
            case "guests" -> GuestPingPong::run;
            case "mutex", "rw-lock" -> LockWindow::run;
            case "barrier" -> BarrierTrips::run;
            case "release" -> ReleaseRace::run;
            case "channel" -> new ChannelWindow();
            case "late" -> Lateness::run;
            case "footprint" -> Footprint::run;
            default -> throw new IllegalArgumentException("no experiment " + name);
        };
    }

    @Override
    public void close() {
        known.values().forEach(Experiment::close);
    }
}
