package io.futex.channel;

import io.futex.sync.NoAllocation;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Nothing is allocated that is not told: in a buffer, in a cell, in a select that is run again.
@Timeout(60)
class ChannelAllocationTest {
    private static final String VALUE = "value";

    private final Channel<String> buffered = Channel.buffered(4);
    private final Channel<String> unbuffered = Channel.unbuffered();

    @Test
    void throughABuffer() throws Exception {
        NoAllocation.of(1, 2_000, () -> {
            buffered.send(VALUE);
            boolean sent = buffered.trySend(VALUE) && buffered.trySend(VALUE, 1, TimeUnit.DAYS);
            for (int i = sent ? 3 : 0; i > 0; i--) {
                String unused = buffered.receive();
            }
        });
    }

    @Test
    void triesInVain() throws Exception {
        NoAllocation.of(2, 2_000, () -> {
            boolean sent = unbuffered.trySend(VALUE) || unbuffered.trySend(VALUE, 0, TimeUnit.DAYS);
            Received<String> unused = unbuffered.tryReceive();
            Received<String> unusedToo = unbuffered.tryReceive(0, TimeUnit.DAYS);
            if (sent) {
                throw new AssertionError();
            }
        });
    }

    /// The cell, entered and met.
    @Test
    void inACell() throws Exception {
        NoAllocation.of(1, 2_000, () -> {
            if (unbuffered.send(VALUE, true, null) != Step.JOINED_FIRST
                    || !unbuffered.receive().equals(VALUE)) {
                throw new AssertionError();
            }
            Sections.SENDER.lazySet(unbuffered, Sections.FREE);
        });
    }

    @Test
    void inASelectThatIsReadyOrHasAWayOut() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        Select ready = Select.create()
                .sendFrom(buffered, () -> VALUE, runs::incrementAndGet)
                .receive(buffered, value -> runs.incrementAndGet())
                .receive(unbuffered, value -> runs.incrementAndGet());
        Select none = Select.create()
                .send(unbuffered, VALUE, runs::incrementAndGet)
                .receive(unbuffered, value -> runs.incrementAndGet())
                .orElse(runs::incrementAndGet);
        NoAllocation.of(1, 2_000, () -> {
            ready.run();
            none.run();
        });
    }

    /// Two threads each of which waits for the other, asleep or not.
    @Test
    void inASelectThatWaits() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        ThreadLocal<Select> selects = ThreadLocal.withInitial(() -> Select.create()
                .send(unbuffered, VALUE, runs::incrementAndGet)
                .receive(unbuffered, value -> runs.incrementAndGet())
                .after(Duration.ofNanos(50_000), runs::incrementAndGet));
        NoAllocation.of(2, 200, () -> selects.get().run());
    }
}
