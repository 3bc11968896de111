package io.futex.bench.experiment;

import com.lmax.disruptor.BatchEventProcessor;
import com.lmax.disruptor.BatchEventProcessorBuilder;
import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.LiteBlockingWaitStrategy;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.SleepingWaitStrategy;
import com.lmax.disruptor.WaitStrategy;
import com.lmax.disruptor.YieldingWaitStrategy;
import io.futex.adapters.disruptor.FutexWaitStrategy;
import io.futex.bench.peer.Request;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/// The producer's end of a queue, at whose other end a consumer keeps a log.
///
/// @param send publishes a message, and signals to the consumer by whatever its strategy asks for
record MeasuredQueue(LongConsumer send, ConsumerLog log) {
    private static final int RING_CAPACITY = 1 << 16;
    private static final int RING_BYTES = RING_CAPACITY + RingBufferDescriptor.TRAILER_LENGTH;
    private static final long BELL = RING_BYTES;
    private static final long LOG = BELL + 256;
    private static final long BYTES = LOG + ConsumerLog.BYTES;
    private static final int DISRUPTOR_CAPACITY = 1 << 12;

    /// By its parameters: `queue` (ring: Agrona's in this process; file: the same in a mapped file, its consumer
    /// another process; disruptor), `strategy`, and `file`.
    static MeasuredQueue start(Request request) throws Exception {
        String strategy = request.text("strategy");
        return switch (request.text("queue")) {
            case "ring" -> {
                AgronaRing ring = new AgronaRing(Arena.ofAuto().allocate(BYTES, 4096), false, strategy);
                Thread.ofPlatform().daemon().name("consumer").start(ring::consume);
                yield new MeasuredQueue(ring::send, ring.log);
            }
            case "file" -> {
                Path file = Path.of(request.text("file"));
                Files.write(file, new byte[(int) BYTES]);
                AgronaRing ring = new AgronaRing(OtherProcess.map(file, BYTES), true, strategy);
                OtherProcess.start(OtherProcess.CONSUME, strategy, file);
                yield new MeasuredQueue(ring::send, ring.log);
            }
            case "disruptor" -> disruptor(strategy);
            default -> throw new IllegalArgumentException("no queue " + request.text("queue"));
        };
    }

    /// In the other process.
    static void consume(String strategy, Path file) throws IOException {
        new AgronaRing(OtherProcess.map(file, BYTES), true, strategy).consume();
    }

    /// Agrona's ring, which its consumer polls and then idles by a strategy of Agrona's or a pauser of Chronicle's.
    private static final class AgronaRing {
        private final OneToOneRingBuffer ring;
        private final ConsumerLog log;
        private final IdleStrategies idling;
        private final UnsafeBuffer message = new UnsafeBuffer(new byte[Long.BYTES]);

        AgronaRing(MemorySegment memory, boolean shared, String strategy) {
            ring = new OneToOneRingBuffer(
                    new UnsafeBuffer(memory.asSlice(0, RING_BYTES).asByteBuffer()));
            log = new ConsumerLog(memory.asSlice(LOG, ConsumerLog.BYTES), shared);
            idling = IdleStrategies.of(strategy, memory, BELL, shared);
        }

        void consume() {
            boolean[] goesOn = {true};
            MessageHandler handler = (type, buffer, index, length) -> goesOn[0] = log.accept(buffer.getLong(index));
            while (goesOn[0]) {
                idling.idle().accept(ring.read(handler));
            }
        }

        void send(long content) {
            message.putLong(0, content);
            while (!ring.write(1, message, 0, Long.BYTES)) {
                Thread.onSpinWait();
            }
            idling.signal().run();
        }
    }

    /// What stands in the ring of the Disruptor.
    private static final class Message {
        private long content;
    }

    /// The Disruptor, whose consumer waits by a strategy of its own or by ours.
    private static MeasuredQueue disruptor(String strategy) {
        ConsumerLog log = new ConsumerLog(Arena.ofAuto().allocate(ConsumerLog.BYTES, 4096), false);
        RingBuffer<Message> ring =
                RingBuffer.createSingleProducer(Message::new, DISRUPTOR_CAPACITY, waitStrategy(strategy));
        BatchEventProcessor<?>[] consumer = new BatchEventProcessor<?>[1];
        BatchEventProcessor<Message> processor = new BatchEventProcessorBuilder()
                .build(ring, ring.newBarrier(), (message, sequence, last) -> {
                    if (!log.accept(message.content)) {
                        consumer[0].halt();
                    }
                });
        consumer[0] = processor;
        ring.addGatingSequences(processor.getSequence());
        Thread.ofPlatform().daemon().name("consumer").start(processor);
        return new MeasuredQueue(content -> publish(ring, content), log);
    }

    private static void publish(RingBuffer<Message> ring, long content) {
        long sequence = ring.next();
        ring.get(sequence).content = content;
        ring.publish(sequence);
    }

    private static WaitStrategy waitStrategy(String name) {
        return switch (name) {
            case "BusySpin" -> new BusySpinWaitStrategy();
            case "Yielding" -> new YieldingWaitStrategy();
            case "Sleeping" -> new SleepingWaitStrategy();
            case "Blocking" -> new BlockingWaitStrategy();
            case "LiteBlocking" -> new LiteBlockingWaitStrategy();
            case "futex" -> new FutexWaitStrategy();
            default -> throw new IllegalArgumentException("no wait strategy " + name);
        };
    }
}
