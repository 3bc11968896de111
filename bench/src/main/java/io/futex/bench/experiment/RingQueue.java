package io.futex.bench.experiment;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/// Agrona's ring, which its consumer polls and then idles by a strategy of Agrona's or a pauser of Chronicle's.
final class RingQueue implements MeasuredQueue {
    private static final int CAPACITY = 1 << 16;
    private static final int RING_BYTES = CAPACITY + RingBufferDescriptor.TRAILER_LENGTH;
    private static final long BELL = RING_BYTES;
    private static final long LOG = BELL + 256;
    private static final long BYTES = LOG + ConsumerLog.BYTES;
    private static final int TYPE = 1;

    private final OneToOneRingBuffer ring;
    private final ConsumerLog log;
    private final IdleStrategies idling;
    private final UnsafeBuffer message = new UnsafeBuffer(new byte[Long.BYTES]);

    private RingQueue(MemorySegment memory, boolean shared, String strategy) {
        ring = new OneToOneRingBuffer(
                new UnsafeBuffer(memory.asSlice(0, RING_BYTES).asByteBuffer()));
        log = new ConsumerLog(memory.asSlice(LOG, ConsumerLog.BYTES), shared);
        idling = IdleStrategies.of(strategy, memory, BELL, shared);
    }

    /// The consumer is a thread.
    static MeasuredQueue inThisProcess(String strategy) {
        RingQueue queue = new RingQueue(Arena.ofAuto().allocate(BYTES, 4096), false, strategy);
        Thread.ofPlatform().daemon().name("consumer").start(queue::consume);
        return queue;
    }

    /// The consumer is a JVM of its own.
    static MeasuredQueue toAnother(String strategy, Path file) throws IOException {
        Files.write(file, new byte[(int) BYTES]);
        RingQueue queue = new RingQueue(OtherProcess.map(file, BYTES), true, strategy);
        OtherProcess.start(OtherProcess.CONSUME, strategy, file);
        return queue;
    }

    /// The other process.
    static void consume(String strategy, Path file) throws IOException {
        new RingQueue(OtherProcess.map(file, BYTES), true, strategy).consume();
    }

    private void consume() {
        boolean[] goesOn = {true};
        MessageHandler handler = (type, buffer, index, length) -> goesOn[0] = log.accept(buffer.getLong(index));
        while (goesOn[0]) {
            idling.idle().accept(ring.read(handler));
        }
    }

    @Override
    public void send(long content) {
        message.putLong(0, content);
        while (!ring.write(TYPE, message, 0, Long.BYTES)) {
            Thread.onSpinWait();
        }
        idling.signal().run();
    }

    @Override
    public ConsumerLog log() {
        return log;
    }
}
