package io.futex.adapters.agrona;

import io.futex.adapters.Handover;
import io.futex.adapters.OtherProcess;
import io.futex.sync.Doorbell;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.MappedByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/// Takes numbers from a ring in a file, and ends well if all are there.
public final class ConsumerProgram {
    private static final int RING = (1 << 16) + RingBufferDescriptor.TRAILER_LENGTH;
    private static final int BELL = RING;
    private static final int BYTES = RING + 128;

    private ConsumerProgram() {}

    /// @param arguments the file, and how many numbers
    public static void main(String[] arguments) throws IOException {
        MappedByteBuffer file = map(Path.of(arguments[0]));
        RingBuffer ring = ring(file);
        long[] taken = {0};
        MessageHandler handler = (type, buffer, index, length) -> {
            if (buffer.getLong(index) != ++taken[0]) {
                throw new AssertionError(buffer.getLong(index) + " in place of " + taken[0]);
            }
        };
        IdleStrategy idle = new SignalledIdleStrategy(bell(file), Long.MAX_VALUE, TimeUnit.DAYS);
        Handover.Pause pause = new Handover.Pause();
        while (taken[0] < Long.parseLong(arguments[1])) {
            int work = ring.read(handler);
            pause.draw(); // to give publications time to come in between
            idle.idle(work);
        }
    }

    static MappedByteBuffer map(Path file) throws IOException {
        return OtherProcess.map(file, BYTES);
    }

    static RingBuffer ring(MappedByteBuffer file) {
        return new OneToOneRingBuffer(new UnsafeBuffer(file, 0, RING));
    }

    static Doorbell bell(MappedByteBuffer file) {
        return Doorbell.shared(MemorySegment.ofBuffer(file), BELL);
    }
}
