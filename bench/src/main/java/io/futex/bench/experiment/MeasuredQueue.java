package io.futex.bench.experiment;

import io.futex.bench.peer.Request;
import java.nio.file.Path;

/// The producer's end of a queue, at whose other end a consumer keeps [ConsumerLog].
interface MeasuredQueue {
    /// Publishes, and signals to the consumer by whatever its strategy asks for.
    void send(long message);

    ConsumerLog log();

    /// By its parameters: `queue` (ring: Agrona's in this process; file: the same in a mapped file, its consumer
    /// another process; disruptor), `strategy`, and `file`.
    static MeasuredQueue start(Request request) throws Exception {
        String strategy = request.text("strategy");
        return switch (request.text("queue")) {
            case "ring" -> RingQueue.inThisProcess(strategy);
            case "file" -> RingQueue.toAnother(strategy, Path.of(request.text("file")));
            case "disruptor" -> new DisruptorQueue(strategy);
            default -> throw new IllegalArgumentException("no queue " + request.text("queue"));
        };
    }
}
