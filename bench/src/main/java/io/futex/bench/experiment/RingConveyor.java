package io.futex.bench.experiment;

import io.futex.bench.peer.Jvm;
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
final class RingConveyor implements Conveyor {
    private static final int CAPACITY = 1 << 16;
    private static final int RING_BYTES = CAPACITY + RingBufferDescriptor.TRAILER_LENGTH;
    private static final long BELL = RING_BYTES;
    private static final long RECEIPTS = BELL + 256;
    private static final long BYTES = RECEIPTS + Receipts.BYTES;
    private static final int TYPE = 1;

    private final OneToOneRingBuffer ring;
    private final Receipts receipts;
    private final Idling idling;
    private final UnsafeBuffer message = new UnsafeBuffer(new byte[Long.BYTES]);

    private RingConveyor(MemorySegment memory, boolean shared, String strategy) {
        ring = new OneToOneRingBuffer(
                new UnsafeBuffer(memory.asSlice(0, RING_BYTES).asByteBuffer()));
        receipts = new Receipts(memory.asSlice(RECEIPTS, Receipts.BYTES), shared);
        idling = Idling.of(strategy, memory, BELL, shared);
    }

    /// The consumer is a thread.
    static Conveyor inThisProcess(String strategy) {
        RingConveyor conveyor = new RingConveyor(Arena.ofAuto().allocate(BYTES, 4096), false, strategy);
        Thread.ofPlatform().daemon().name("consumer").start(conveyor::consume);
        return conveyor;
    }

    /// The consumer is a JVM of its own.
    static Conveyor toAnother(String strategy, Path file) throws IOException {
        Files.write(file, new byte[(int) BYTES]);
        RingConveyor conveyor = new RingConveyor(ProcessPartners.map(file, BYTES), true, strategy);
        new ProcessBuilder(Jvm.command(ConsumerMain.class, strategy, file.toString()))
                .inheritIO()
                .redirectInput(ProcessBuilder.Redirect.PIPE) // so that it ends when this process does
                .start();
        return conveyor;
    }

    /// The other process.
    static void consume(String strategy, Path file) throws IOException {
        new RingConveyor(ProcessPartners.map(file, BYTES), true, strategy).consume();
    }

    private void consume() {
        boolean[] goesOn = {true};
        MessageHandler handler = (type, buffer, index, length) -> goesOn[0] = receipts.accept(buffer.getLong(index));
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
    public Receipts receipts() {
        return receipts;
    }
}
