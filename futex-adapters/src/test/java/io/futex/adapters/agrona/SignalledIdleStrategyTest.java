package io.futex.adapters.agrona;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.FutexWord;
import io.futex.adapters.Handover;
import io.futex.contract.Asleep;
import io.futex.contract.Await;
import io.futex.contract.Scale;
import io.futex.contract.Seed;
import io.futex.contract.Waiter;
import io.futex.sync.Doorbell;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.MessageHandler;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.ManyToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The idle strategy over a ring of Agrona.
@ExtendWith(Seed.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SignalledIdleStrategyTest {
    private static final int COUNT = Scale.of(100_000, 5_000_000);
    private static final int HANDED = Scale.of(20_000, 5_000_000);
    private static final int MESSAGE = 1;

    private final RingBuffer ring = new ManyToOneRingBuffer(
            new UnsafeBuffer(ByteBuffer.allocateDirect((1 << 16) + RingBufferDescriptor.TRAILER_LENGTH)));
    private final UnsafeBuffer message = new UnsafeBuffer(ByteBuffer.allocateDirect(Long.BYTES));
    private final MemorySegment memory = Arena.ofAuto().allocate(Doorbell.LAYOUT_BYTES, Integer.BYTES);
    private final FutexWord word = FutexWord.local(memory, 0);
    private final Doorbell bell = Doorbell.local(memory, 0);
    private final MessageHandler handler = (type, buffer, index, length) -> take(buffer.getLong(index));

    private volatile long taken;
    private volatile boolean running = true;

    /// How the strategy learns that there is work.
    enum Kind {
        POLL_IS_THE_LOOK,
        READY_AT_HAND
    }

    /// One thread does both parts, so the moment is exact, and a sleep would be for ever.
    @ParameterizedTest
    @EnumSource
    void publicationsBetweenPollAndIdleAreSeen(Kind kind) {
        IdleStrategy idle = forEver(kind);
        for (int i = 1; i <= COUNT; i++) {
            if (i % 16 == 0 && kind == Kind.POLL_IS_THE_LOOK) {
                announce(idle); // looked in vain: so it does not look each time
                idle.reset();
            }
            check(poll() == 0);
            publish(i);
            idle.idle(0);
            check(poll() == 1);
            idle.idle(1);
            check(word.get() == 0); // nobody need ring for one that is awake
        }
        assertThat(taken).isEqualTo(COUNT);
    }

    /// The call after which it sleeps.
    @Test
    void publicationsBetweenTheLastPollAndTheSleepAreSeen() {
        IdleStrategy idle = forEver(Kind.POLL_IS_THE_LOOK);
        for (int i = 1; i <= COUNT; i++) {
            announce(idle);
            check(poll() == 0);
            publish(i);
            idle.idle(0);
            check(poll() == 1);
            idle.idle(1);
            check(word.get() == 0);
        }
    }

    @Test
    void publicationsBetweenIdleAndPollAreSeen() {
        IdleStrategy idle = forEver(Kind.POLL_IS_THE_LOOK);
        for (int i = 1; i <= COUNT; i++) {
            announce(idle);
            message.putLong(0, i);
            check(ring.write(MESSAGE, message, 0, Long.BYTES)); // who will ring in a moment
            check(poll() == 1);
            idle.idle(1);
            check(word.get() == 0);
            bell.ring();
        }
    }

    /// Polls until the next empty poll would be followed by a sleep.
    private void announce(IdleStrategy idle) {
        do {
            check(poll() == 0);
            idle.idle(0);
        } while (word.get() == 0);
    }

    @ParameterizedTest
    @EnumSource
    void twoThreadsHandOver(Kind kind) {
        handOver(kind, false);
    }

    @Test
    void aVirtualThreadConsumes() {
        handOver(Kind.POLL_IS_THE_LOOK, true);
    }

    private void handOver(Kind kind, boolean virtual) {
        IdleStrategy idle = forEver(kind);
        Waiter consumer = Waiter.start(virtual, () -> consume(idle));
        Handover.publish(HANDED, this::publish, () -> taken);
        running = false;
        bell.ring();
        assertThat(consumer.result()).isEqualTo((long) HANDED);
    }

    /// Asleep in the kernel, so without processor time, until rung.
    @ParameterizedTest
    @EnumSource
    void sleepsUntilRung(Kind kind) {
        IdleStrategy idle = forEver(kind);
        Waiter consumer = Waiter.platform(() -> consume(idle)).awaitAsleep(memory);
        publish(1);
        Await.until("taken", () -> taken == 1);
        consumer.awaitAsleep(memory);
        running = false;
        bell.ring();
        assertThat(consumer.result()).isEqualTo(1L);
        assertThat(word.get()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptEndsTheSleepAndIsKept(Kind kind) {
        IdleStrategy idle = forEver(kind);
        Waiter consumer = Waiter.platform(() -> {
                    while (!Thread.currentThread().isInterrupted()) {
                        idle.idle(poll());
                    }
                    for (int i = 0; i < 10; i++) {
                        idle.idle(poll()); // does not sleep any more
                    }
                    return "ended";
                })
                .awaitAsleep(memory);
        consumer.thread().interrupt();
        assertThat(consumer.result()).isEqualTo("ended");
        assertThat(consumer.interruptedAfter()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void sleepsNoLongerThanToldAndNoLess(Kind kind) {
        IdleStrategy idle = strategy(kind, 30, TimeUnit.MILLISECONDS);
        if (kind == Kind.POLL_IS_THE_LOOK) {
            announce(idle);
        }
        long begin = System.nanoTime();
        idle.idle(poll());
        assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(30_000_000);
        assertThat(word.get()).isZero();
    }

    /// Whose flag nobody can ring for.
    @Test
    void anAgentRunnerCloses() {
        Agent agent = new Agent() {
            @Override
            public int doWork() {
                return poll();
            }

            @Override
            public String roleName() {
                return "ftx-agent";
            }
        };
        List<Throwable> errors = new CopyOnWriteArrayList<>();
        AgentRunner runner = new AgentRunner(new SignalledIdleStrategy(bell), errors::add, null, agent);
        Thread thread = AgentRunner.startOnThread(runner);
        publish(1);
        Await.until("taken", () -> taken == 1);
        Await.until("asleep", () -> Asleep.on(thread, memory));
        runner.close(
                (int) TimeUnit.MINUTES.toMillis(1), late -> errors.add(new AssertionError("had to interrupt " + late)));
        assertThat(errors).isEmpty();
        assertThat(thread.isInterrupted()).isFalse();
    }

    @Test
    void whatReadyThrowsIsThrown() {
        IdleStrategy idle = new SignalledIdleStrategy(bell, () -> {
            throw new IllegalStateException("closed");
        });
        assertThatThrownBy(() -> idle.idle(0)).hasMessage("closed");
        assertThat(word.get()).isZero();
    }

    private long consume(IdleStrategy idle) {
        Handover.Pause pause = new Handover.Pause();
        while (running) {
            int work = poll();
            pause.draw(); // to give publications time to come in between
            idle.idle(work);
        }
        return taken;
    }

    private int poll() {
        return ring.read(handler, 1);
    }

    private void take(long number) {
        check(number == taken + 1);
        taken = number;
    }

    private void publish(long number) {
        message.putLong(0, number);
        check(ring.write(MESSAGE, message, 0, Long.BYTES));
        bell.ring();
    }

    /// Not AssertJ, which takes longer than what is tested here.
    private static void check(boolean holds) {
        if (!holds) {
            throw new AssertionError();
        }
    }

    /// A lost ring is then a hang.
    private IdleStrategy forEver(Kind kind) {
        return strategy(kind, Long.MAX_VALUE, TimeUnit.DAYS);
    }

    private IdleStrategy strategy(Kind kind, long longest, TimeUnit unit) {
        return switch (kind) {
            case POLL_IS_THE_LOOK -> new SignalledIdleStrategy(bell, longest, unit);
            case READY_AT_HAND ->
                new SignalledIdleStrategy(
                        bell, () -> ring.consumerPosition() != ring.producerPosition() || !running, longest, unit);
        };
    }
}
