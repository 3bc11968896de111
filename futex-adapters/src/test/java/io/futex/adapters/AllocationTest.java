package io.futex.adapters;

import static org.assertj.core.api.Assertions.assertThat;

import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import io.futex.adapters.agrona.SignalledIdleStrategy;
import io.futex.adapters.chronicle.SignalledPauser;
import io.futex.adapters.disruptor.FutexWaitStrategy;
import io.futex.contract.ThreadMeters;
import io.futex.sync.Doorbell;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/// A wait allocates nothing, be it one that looks, one that sleeps, or one that finds something.
class AllocationTest {
    private static final int OPERATIONS = 2_000;
    private static final int ROUNDS = 50;

    private final Doorbell bell = new Doorbell();

    private interface Operation {
        void run() throws Exception;
    }

    @Test
    void ofAgrona() throws Exception {
        SignalledIdleStrategy idle = new SignalledIdleStrategy(bell, 1, TimeUnit.NANOSECONDS);
        assertAllocatesNothing(() -> {
            idle.idle(0);
            idle.idle(0);
            bell.ring();
            idle.idle(1);
        });
        BooleanSupplier never = () -> false;
        SignalledIdleStrategy asking = new SignalledIdleStrategy(bell, never, 1, TimeUnit.NANOSECONDS);
        assertAllocatesNothing(() -> asking.idle(0));
    }

    @Test
    void ofChronicle() throws Exception {
        SignalledPauser pauser = new SignalledPauser(bell, 1, TimeUnit.NANOSECONDS);
        assertAllocatesNothing(() -> {
            pauser.pause();
            pauser.pause(1, TimeUnit.DAYS);
            pauser.unpause();
            pauser.reset();
        });
    }

    @Test
    void ofTheDisruptor() throws Exception {
        FutexWaitStrategy strategy = new FutexWaitStrategy(1, TimeUnit.MICROSECONDS);
        RingBuffer<Object> ring = RingBuffer.createSingleProducer(Object::new, 8, strategy);
        SequenceBarrier barrier = ring.newBarrier();
        assertAllocatesNothing(() -> {
            try {
                long unused = barrier.waitFor(ring.getCursor() + 1);
            } catch (TimeoutException e) {
                ring.publish(ring.getCursor() + 1);
                long unused = barrier.waitFor(ring.getCursor());
            }
        });
    }

    /// Once the compiler is done: what allocates for good does so in every round.
    private static void assertAllocatesNothing(Operation operation) throws Exception {
        Thread self = Thread.currentThread();
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && least >= OPERATIONS; round++) {
            long before = ThreadMeters.allocatedBytes(self);
            for (int i = 0; i < OPERATIONS; i++) {
                operation.run();
            }
            least = Math.min(least, ThreadMeters.allocatedBytes(self) - before);
        }
        assertThat(least).isLessThan(OPERATIONS); // less than a byte each: the measuring itself may cost some
    }
}
