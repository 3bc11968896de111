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
import java.lang.foreign.Arena;

/// The Disruptor, whose consumer waits by a strategy of its own or by ours.
final class DisruptorQueue implements MeasuredQueue {
    private static final int CAPACITY = 1 << 12;

    /// What stands in the ring.
    private static final class Message {
        private long content;
    }

    private final RingBuffer<Message> ring;
    private final BatchEventProcessor<Message> consumer;
    private final ConsumerLog log = new ConsumerLog(Arena.ofAuto().allocate(ConsumerLog.BYTES, 4096), false);

    DisruptorQueue(String strategy) {
        ring = RingBuffer.createSingleProducer(Message::new, CAPACITY, strategy(strategy));
        consumer = new BatchEventProcessorBuilder()
                .build(ring, ring.newBarrier(), (message, sequence, last) -> accept(message.content));
        ring.addGatingSequences(consumer.getSequence());
        Thread.ofPlatform().daemon().name("consumer").start(consumer);
    }

    private void accept(long content) {
        if (!log.accept(content)) {
            consumer.halt();
        }
    }

    private static WaitStrategy strategy(String name) {
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

    @Override
    public void send(long content) {
        long sequence = ring.next();
        ring.get(sequence).content = content;
        ring.publish(sequence);
    }

    @Override
    public ConsumerLog log() {
        return log;
    }
}
