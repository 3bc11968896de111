package io.futex.bench.experiment;

import io.futex.channel.Channel;
import io.futex.channel.Received;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TransferQueue;
import org.jspecify.annotations.Nullable;

/// Makes channels of each library. Each JVM uses one, so that calls go one way alone.
final class Pipes {
    private Pipes() {}

    /// @param capacity 0: none
    static Pipe make(String kind, int capacity) {
        return switch (kind) {
            case "channel" -> of(capacity == 0 ? Channel.unbuffered() : Channel.buffered(capacity));
            case "jox" -> new JoxPipe(JoxPipe.channel(capacity));
            case "array" -> new OfQueue(new ArrayBlockingQueue<>(capacity));
            case "synchronous" -> new OfQueue(new SynchronousQueue<>());
            case "transfer" -> ofTransfers(new LinkedTransferQueue<>());
            default -> throw new IllegalArgumentException("no channel " + kind);
        };
    }

    static Pipe of(Channel<Token> channel) {
        return new OfChannel(channel);
    }

    private record OfChannel(Channel<Token> channel) implements Pipe {
        @Override
        public void put(Token token) throws InterruptedException {
            channel.send(token);
        }

        @Override
        public Token take() throws InterruptedException {
            return channel.receive();
        }

        @Override
        public boolean offer(Token token) {
            return channel.trySend(token);
        }

        @Override
        public @Nullable Token poll() {
            return channel.tryReceive() instanceof Received.Value<Token> received ? received.value() : null;
        }
    }

    /// Whose senders wait for a receiver.
    private static Pipe ofTransfers(TransferQueue<Token> queue) {
        return new OfQueue(queue) {
            @Override
            public void put(Token token) throws InterruptedException {
                queue.transfer(token);
            }

            @Override
            public boolean offer(Token token) {
                return queue.tryTransfer(token);
            }
        };
    }

    private static class OfQueue implements Pipe {
        private final BlockingQueue<Token> queue;

        OfQueue(BlockingQueue<Token> queue) {
            this.queue = queue;
        }

        @Override
        public void put(Token token) throws InterruptedException {
            queue.put(token);
        }

        @Override
        public Token take() throws InterruptedException {
            return queue.take();
        }

        @Override
        public boolean offer(Token token) {
            return queue.offer(token);
        }

        @Override
        public @Nullable Token poll() {
            return queue.poll();
        }
    }
}
