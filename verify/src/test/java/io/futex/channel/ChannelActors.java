package io.futex.channel;

import io.futex.internal.Deadline;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jetbrains.lincheck.datastructures.Operation;

/// What Lincheck calls.
final class ChannelActors {
    private ChannelActors() {}

    /// What need not wait, on a channel of two and one of one.
    public static class Trying {
        private final Channel<Integer> a = Channel.buffered(2);
        private final Channel<Integer> b = Channel.buffered(1);
        private final Channel<Integer> never = Channel.unbuffered();

        @Operation
        public String sendOneToA() {
            return sent(a, 1);
        }

        @Operation
        public String sendTwoToA() {
            return sent(a, 2);
        }

        @Operation
        public String sendB() {
            return sent(b, 3);
        }

        private static String sent(Channel<Integer> to, int value) {
            try {
                return String.valueOf(to.trySend(value));
            } catch (ChannelClosedException e) {
                return "closed";
            }
        }

        @Operation
        public String receiveA() {
            return received(a.tryReceive());
        }

        @Operation
        public String receiveB() {
            return received(b.tryReceive());
        }

        private static String received(Received<Integer> received) {
            if (received instanceof Received.Value<Integer> value) {
                return String.valueOf(value.value());
            }
            return received instanceof Received.Closed<Integer> ? "closed" : "none";
        }

        /// Of several that are ready it would be chance.
        @Operation
        public String selectA() throws InterruptedException {
            String[] outcome = new String[1];
            Select.create()
                    .receive(never, value -> outcome[0] = "never")
                    .receive(a, value -> outcome[0] = String.valueOf(value), () -> outcome[0] = "closed")
                    .orElse(() -> outcome[0] = "none")
                    .run();
            return outcome[0];
        }

        @Operation
        public void closeA() {
            a.close();
        }

        @Operation
        public int size() {
            return a.size();
        }

        @Operation
        public boolean isClosed() {
            return a.isClosed();
        }
    }

    /// The same, one call after the other.
    public static class TryingInOrder {
        private final Deque<Integer> a = new ArrayDeque<>();
        private final Deque<Integer> b = new ArrayDeque<>();
        private boolean closed;

        public String sendOneToA() {
            return sendA(1);
        }

        public String sendTwoToA() {
            return sendA(2);
        }

        private String sendA(int value) {
            return closed ? "closed" : sent(a, 2, value);
        }

        public String sendB() {
            return sent(b, 1, 3);
        }

        private static String sent(Deque<Integer> to, int capacity, int value) {
            return String.valueOf(to.size() < capacity && to.add(value));
        }

        public String receiveA() {
            return !a.isEmpty() ? String.valueOf(a.remove()) : closed ? "closed" : "none";
        }

        public String receiveB() {
            return b.isEmpty() ? "none" : String.valueOf(b.remove());
        }

        public String selectA() {
            return receiveA();
        }

        public void closeA() {
            closed = true;
        }

        public int size() {
            return a.size();
        }

        public boolean isClosed() {
            return closed;
        }
    }

    /// Calls whose time is over, on a channel of one: they wait in the cell and in the queue as any others, and leave.
    public static class InTime {
        private final Channel<Integer> channel = Channel.buffered(1);

        @Operation
        public String sendOne() throws InterruptedException {
            return String.valueOf(channel.sendSlowly(1, Deadline.PAST));
        }

        @Operation
        public String sendTwo() throws InterruptedException {
            return String.valueOf(channel.sendSlowly(2, Deadline.PAST));
        }

        @Operation
        public String receive() throws InterruptedException {
            return String.valueOf(channel.receiveSlowly(Deadline.PAST));
        }

        @Operation
        public void close() {
            channel.close();
        }
    }

    /// The same, one call after the other.
    public static class InTimeInOrder {
        private Integer value;
        private boolean closed;

        public String sendOne() {
            return send(1);
        }

        public String sendTwo() {
            return send(2);
        }

        private String send(int sent) {
            Step step = closed ? Step.CLOSED : value != null ? Step.NONE : Step.DONE;
            value = step == Step.DONE ? Integer.valueOf(sent) : value;
            return step.toString();
        }

        public String receive() {
            Object received = value != null ? value : closed ? Step.CLOSED : Step.NONE;
            value = null;
            return received.toString();
        }

        public void close() {
            closed = true;
        }
    }
}
