package io.futex.adapters.agrona;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.Capability;
import io.futex.Futex;
import io.futex.adapters.Handover;
import io.futex.adapters.OtherProcess;
import io.futex.contract.Await;
import io.futex.contract.Scale;
import io.futex.contract.Seed;
import io.futex.sync.Doorbell;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// A ring of Agrona in a mapped file, whose consumer is another process.
@ExtendWith(Seed.class)
@Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TwoProcessesTest {
    private static final int COUNT = Scale.of(100_000, 2_000_000);

    /// Header and number.
    private static final int RECORD_BYTES = 16;

    @TempDir
    private Path directory;

    @Test
    void theOtherProcessSleepsOverNothing() throws Exception {
        assertThat(Futex.shared().capabilities()).contains(Capability.PROCESS_SHARED);
        Path path = directory.resolve("ring");
        MappedByteBuffer file = ConsumerProgram.map(path);
        RingBuffer ring = ConsumerProgram.ring(file);
        Doorbell bell = ConsumerProgram.bell(file);
        UnsafeBuffer message = new UnsafeBuffer(ByteBuffer.allocateDirect(Long.BYTES));
        try (OtherProcess consumer =
                new OtherProcess(directory, ConsumerProgram.class, path.toString(), String.valueOf(COUNT))) {
            Await.until("it sleeps", () -> bell.waiters() == 1 || !consumer.isAlive());
            Handover.publish(
                    COUNT,
                    number -> {
                        message.putLong(0, number);
                        assertThat(ring.write(1, message, 0, Long.BYTES)).isTrue();
                        bell.ring();
                    },
                    () -> ring.consumerPosition() / RECORD_BYTES);
            consumer.awaitEnd();
        }
    }
}
