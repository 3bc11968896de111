package io.futex.adapters.disruptor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.lmax.disruptor.BatchEventProcessor;
import com.lmax.disruptor.BatchEventProcessorBuilder;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.TimeoutException;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;
import io.futex.adapters.Handover;
import io.futex.contract.Asleep;
import io.futex.contract.Await;
import io.futex.contract.Scale;
import io.futex.contract.Seed;
import io.futex.contract.ThreadMeters;
import io.futex.contract.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The wait strategy in a ring buffer of the Disruptor.
@ExtendWith(Seed.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FutexWaitStrategyTest {
    private static final int COUNT = Scale.of(100_000, 5_000_000);
    private static final int HANDED = Scale.of(20_000, 2_000_000);

    /// A lost signal is then a hang.
    private final FutexWaitStrategy strategy = new FutexWaitStrategy(Long.MAX_VALUE, TimeUnit.DAYS, Long.MAX_VALUE);

    private static final class Event {
        long number;
    }

    /// Counts what it gets, in order and without a gap.
    private static final class Counter implements EventHandler<Event> {
        volatile long seen;
        private final Handover.Pause pause = new Handover.Pause();
        private final List<Counter> before;

        Counter(Counter... before) {
            this.before = List.of(before);
        }

        @Override
        public void onEvent(Event event, long sequence, boolean endOfBatch) {
            if (sequence != seen) {
                throw new AssertionError(sequence + " after " + seen + " others");
            }
            for (Counter other : before) {
                if (other.seen <= sequence) {
                    throw new AssertionError(sequence + " before another, which is at " + other.seen);
                }
            }
            seen = sequence + 1;
            pause.draw();
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsSleptOver(ProducerType producers) {
        Counter counter = new Counter();
        try (Running running = run(producers, strategy, false)) {
            running.disruptor.handleEventsWith(counter);
            RingBuffer<Event> ring = running.disruptor.start();
            Handover.publish(COUNT, number -> publish(ring, number), () -> counter.seen);
        }
    }

    /// Three side by side, of which each may sleep while another one has taken the event already and sleeps again; two
    /// behind all of them.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void severalConsumersSleepOverNothing(boolean virtual) {
        Counter[] first = {new Counter(), new Counter(), new Counter()};
        Counter behind = new Counter(first);
        Counter alsoBehind = new Counter(first);
        try (Running running = run(ProducerType.SINGLE, strategy, virtual)) {
            running.disruptor.handleEventsWith(first).then(behind, alsoBehind);
            RingBuffer<Event> ring = running.disruptor.start();
            Handover.publish(HANDED, number -> publish(ring, number), () -> Math.min(behind.seen, alsoBehind.seen));
        }
    }

    /// A chain, which producers fill as fast as it goes.
    @Test
    void severalProducersFillAChain() {
        Counter first = new Counter();
        Counter second = new Counter(first);
        Counter third = new Counter(second);
        int producers = 3;
        int each = COUNT / producers;
        try (Running running = run(ProducerType.MULTI, strategy, false)) {
            running.disruptor.handleEventsWith(first).then(second).then(third);
            RingBuffer<Event> ring = running.disruptor.start();
            List<Waiter> threads = new ArrayList<>();
            for (int i = 0; i < producers; i++) {
                threads.add(Waiter.platform(() -> {
                    for (int number = 0; number < each; number++) {
                        publish(ring, number);
                    }
                    return "done";
                }));
            }
            threads.forEach(thread -> assertThat(thread.result()).isEqualTo("done"));
            Await.until("all through", () -> third.seen == (long) producers * each);
        }
    }

    /// `Disruptor.shutdown` waits for all events, and then halts consumers that sleep.
    @Test
    void shutsDown() throws TimeoutException {
        Counter counter = new Counter();
        try (Running running = run(ProducerType.SINGLE, strategy, false)) {
            running.disruptor.handleEventsWith(counter);
            RingBuffer<Event> ring = running.disruptor.start();
            publish(ring, 1);
            Await.until("seen", () -> counter.seen == 1);
            Await.until("asleep", () -> Asleep.on(running.threads.getFirst(), strategy.published.word()));
            running.disruptor.shutdown(1, TimeUnit.MINUTES);
            running.awaitEnd();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aHaltEndsTheSleep(boolean behindAnother) {
        FutexWaitStrategy usual = new FutexWaitStrategy();
        RingBuffer<Event> ring = RingBuffer.createSingleProducer(Event::new, 8, usual);
        if (behindAnother) {
            publish(ring, 1);
        }
        Sleepers sleepers = behindAnother ? usual.moved : usual.published;
        BatchEventProcessor<Event> processor = new BatchEventProcessorBuilder()
                .build(ring, barrier(ring, behindAnother), (event, sequence, endOfBatch) -> {});
        Waiter waiter = Waiter.platform(() -> {
                    processor.run();
                    return "halted";
                })
                .awaitAsleep(sleepers.word());
        processor.halt();
        assertThat(waiter.result()).isEqualTo("halted");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterruptEndsTheSleep(boolean behindAnother) {
        RingBuffer<Event> ring = RingBuffer.createSingleProducer(Event::new, 8, strategy);
        if (behindAnother) {
            publish(ring, 1);
        }
        Sleepers sleepers = behindAnother ? strategy.moved : strategy.published;
        SequenceBarrier barrier = barrier(ring, behindAnother);
        Waiter waiter = Waiter.platform(() -> barrier.waitFor(0)).awaitAsleep(sleepers.word());
        waiter.thread().interrupt();
        assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
        assertThat(waiter.interruptedAfter()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTimeoutIsKept(boolean behindAnother) {
        FutexWaitStrategy timed = new FutexWaitStrategy(30, TimeUnit.MILLISECONDS);
        RingBuffer<Event> ring = RingBuffer.createSingleProducer(Event::new, 8, timed);
        if (behindAnother) {
            publish(ring, 1);
        }
        SequenceBarrier barrier = barrier(ring, behindAnother);
        long begin = System.nanoTime();
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> barrier.waitFor(0));
        assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(30_000_000);
    }

    @Test
    void handlersAreToldOfTimeouts() {
        AtomicInteger timeouts = new AtomicInteger();
        AtomicInteger events = new AtomicInteger();
        EventHandler<Event> handler = new EventHandler<>() {
            @Override
            public void onEvent(Event event, long sequence, boolean endOfBatch) {
                events.getAndIncrement();
            }

            @Override
            public void onTimeout(long sequence) {
                timeouts.getAndIncrement();
            }
        };
        try (Running running = run(ProducerType.SINGLE, new FutexWaitStrategy(1, TimeUnit.MILLISECONDS), false)) {
            running.disruptor.handleEventsWith(handler);
            RingBuffer<Event> ring = running.disruptor.start();
            Await.until("told", () -> timeouts.get() >= 3);
            publish(ring, 1);
            Await.until("handled", () -> events.get() == 1);
        }
    }

    /// The Disruptor's own strategies spin meanwhile.
    @Test
    void whoIsBehindASlowConsumerUsesNoProcessor() {
        CountDownLatch release = new CountDownLatch(1);
        Counter behind = new Counter();
        try (Running running = run(ProducerType.SINGLE, new FutexWaitStrategy(), false)) {
            running.disruptor
                    .handleEventsWith((event, sequence, endOfBatch) -> release.await())
                    .then(behind);
            RingBuffer<Event> ring = running.disruptor.start();
            publish(ring, 1);
            Thread consumer = running.threads.getLast();
            long cpu = ThreadMeters.cpuNanos(consumer);
            long begin = System.nanoTime();
            while (System.nanoTime() - begin < 200_000_000) {
                LockSupport.parkNanos(10_000_000); // not to await anything: to let time pass
            }
            cpu = ThreadMeters.cpuNanos(consumer) - cpu;
            release.countDown();
            Await.until("handled", () -> behind.seen == 1);
            assertThat(cpu).isLessThan(100_000_000);
        }
    }

    private static SequenceBarrier barrier(RingBuffer<Event> ring, boolean behindAnother) {
        return behindAnother ? ring.newBarrier(new Sequence()) : ring.newBarrier();
    }

    private static void publish(RingBuffer<Event> ring, long number) {
        ring.publishEvent((event, sequence) -> event.number = number);
    }

    private static Running run(ProducerType producers, FutexWaitStrategy strategy, boolean virtual) {
        return new Running(producers, strategy, virtual);
    }

    /// A disruptor, whose consumers have ended when it is closed.
    private static final class Running implements AutoCloseable {
        final List<Thread> threads = new ArrayList<>();
        final Disruptor<Event> disruptor;

        Running(ProducerType producers, FutexWaitStrategy strategy, boolean virtual) {
            disruptor = new Disruptor<>(
                    Event::new,
                    64,
                    task -> {
                        Thread thread = virtual
                                ? Thread.ofVirtual().unstarted(task)
                                : Thread.ofPlatform()
                                        .name("ftx-d" + threads.size())
                                        .daemon()
                                        .unstarted(task);
                        threads.add(thread);
                        return thread;
                    },
                    producers,
                    strategy);
        }

        @Override
        public void close() {
            disruptor.halt();
            awaitEnd();
        }

        void awaitEnd() {
            Await.until(
                    "all consumers end",
                    () -> threads.stream().allMatch(thread -> thread.getState() == Thread.State.TERMINATED));
        }
    }
}
