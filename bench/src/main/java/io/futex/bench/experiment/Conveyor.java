package io.futex.bench.experiment;

import io.futex.bench.peer.Request;
import java.nio.file.Path;

/// The producer's end of a queue, at whose other end a consumer keeps [Receipts].
interface Conveyor {
    /// Publishes, and signals to the consumer by whatever its strategy asks for.
    void send(long message);

    Receipts receipts();

    /// By its parameters: `queue` (ring: Agrona's in this process; file: the same in a mapped file, its consumer
    /// another process; disruptor), `strategy`, and `file`.
    static Conveyor start(Request request) throws Exception {
        String strategy = request.text("strategy");
        return switch (request.text("queue")) {
            case "ring" -> RingConveyor.inThisProcess(strategy);
            case "file" -> RingConveyor.toAnother(strategy, Path.of(request.text("file")));
            case "disruptor" -> new DisruptorConveyor(strategy);
            default -> throw new IllegalArgumentException("no queue " + request.text("queue"));
        };
    }
}
