package io.futex.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What one call does, on a channel whose state is known.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ChannelTest {
    private static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private static Channel<String> channel(int capacity) {
        return capacity == 0 ? Channel.unbuffered() : Channel.buffered(capacity);
    }

    @AfterEach
    void leavesNoInterrupt() {
        assertThat(Thread.interrupted()).isFalse();
    }

    // ---- arguments

    @Test
    void refusesABufferOfNothing() {
        assertThatThrownBy(() -> Channel.buffered(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unbuffered()");
        assertThatThrownBy(() -> Channel.buffered(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesNull() {
        Channel<String> channel = channel(1);
        channel.close(); // arguments come first
        Thread.currentThread().interrupt();
        assertThatNullPointerException().isThrownBy(() -> channel.send(null));
        assertThatNullPointerException().isThrownBy(() -> channel.trySend(null));
        assertThatNullPointerException().isThrownBy(() -> channel.trySend(null, 1, TimeUnit.SECONDS));
        assertThatNullPointerException().isThrownBy(() -> channel.trySend("a", 1, null));
        assertThatNullPointerException().isThrownBy(() -> channel.tryReceive(1, null));
        assertThat(Thread.interrupted()).isTrue();
    }

    // ---- values

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 8, 64})
    void keepsTheOrderOfABuffer(int capacity) throws Exception {
        Channel<Integer> channel = Channel.buffered(capacity);
        assertThat(channel.capacity()).isEqualTo(capacity);
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < capacity; i++) {
                assertThat(channel.size()).isEqualTo(i);
                channel.send(i);
            }
            assertThat(channel.trySend(-1)).isFalse();
            for (int i = 0; i < capacity; i++) {
                assertThat(channel.receive()).isEqualTo(i);
            }
            assertThat(channel.tryReceive()).isEqualTo(new Received.Empty<Integer>());
            channel.send(0);
            assertThat(channel.receive()).isZero(); // so that the next round begins elsewhere
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void handsAValueOver(boolean virtual) throws Exception {
        Channel<String> channel = Channel.unbuffered();
        assertThat(channel.capacity()).isZero();
        for (boolean asleep : new boolean[] {false, true}) {
            Waiter receiver = Waiter.start(virtual, channel::receive);
            if (asleep) {
                Sleepers.awaitReceivers(channel, 1);
            }
            channel.send("a");
            assertThat(receiver.result()).isEqualTo("a");
            Waiter sender = Waiter.start(virtual, () -> {
                channel.send("b");
                return null;
            });
            if (asleep) {
                Sleepers.awaitSenders(channel, 1);
            }
            assertThat(channel.receive()).isEqualTo("b");
            assertThat(sender.result()).isNull();
            Sleepers.requireQuiet(channel);
        }
    }

    @Test
    void doesNotWaitInTryForms() {
        Channel<String> channel = Channel.unbuffered();
        assertThat(channel.trySend("a")).isFalse();
        assertThat(channel.tryReceive()).isEqualTo(new Received.Empty<String>());
        Thread.currentThread().interrupt(); // nor do they care
        assertThat(channel.trySend("a")).isFalse();
        Channel<String> one = Channel.buffered(1);
        assertThat(one.trySend("b")).isTrue();
        assertThat(one.trySend("c")).isFalse();
        assertThat(one.tryReceive()).isEqualTo(new Received.Value<>("b"));
        assertThat(Thread.interrupted()).isTrue();
        assertThat(one.tryReceive()).isSameAs(channel.tryReceive()); // one object for all
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void triesMeetThoseWhoWait(boolean virtual) {
        Channel<String> channel = Channel.unbuffered();
        Waiter receiver = Waiter.start(virtual, channel::receive);
        Sleepers.awaitReceivers(channel, 1);
        assertThat(channel.trySend("a")).isTrue();
        assertThat(channel.trySend("b")).isFalse();
        assertThat(receiver.result()).isEqualTo("a");
        Waiter sender = Waiter.start(virtual, () -> channel.trySend("c", 1, TimeUnit.DAYS));
        Sleepers.awaitSenders(channel, 1);
        assertThat(channel.tryReceive()).isEqualTo(new Received.Value<>("c"));
        assertThat(channel.tryReceive()).isEqualTo(new Received.Empty<String>());
        assertThat(sender.result()).isEqualTo(true);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8})
    void servesSleepersInTheirOrder(int capacity) throws Exception {
        Channel<String> channel = channel(capacity);
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < capacity; i++) {
            channel.send("buffered " + i);
            expected.add("buffered " + i);
        }
        List<Waiter> senders = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            String value = "sender " + i;
            expected.add(value);
            senders.add(Waiter.start(i % 2 == 0, () -> {
                channel.send(value);
                return null;
            }));
            Sleepers.awaitSenders(channel, i + 1);
        }
        List<String> received = new ArrayList<>();
        while (received.size() < expected.size()) {
            received.add(channel.receive());
        }
        assertThat(received).isEqualTo(expected);
        senders.forEach(Waiter::result);
        List<Waiter> receivers = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            receivers.add(Waiter.start(i % 2 == 0, channel::receive));
            Sleepers.awaitReceivers(channel, i + 1);
        }
        for (int i = 0; i < 6; i++) {
            channel.send("receiver " + i);
        }
        for (int i = 0; i < 6; i++) {
            assertThat(receivers.get(i).result()).isEqualTo("receiver " + i);
        }
        Sleepers.requireQuiet(channel);
    }

    // ---- time

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8})
    void givesUpInTimeAndNotBefore(int capacity) throws Exception {
        Channel<String> channel = channel(capacity);
        long start = System.nanoTime();
        assertThat(channel.tryReceive(LONG_NANOS, TimeUnit.NANOSECONDS)).isEqualTo(new Received.Empty<String>());
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(LONG_NANOS);
        for (int i = 0; i < capacity; i++) {
            channel.send("a");
        }
        start = System.nanoTime();
        assertThat(channel.trySend("late", LONG_NANOS, TimeUnit.NANOSECONDS)).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(LONG_NANOS);
        for (int i = 0; i < capacity; i++) {
            assertThat(channel.receive()).isEqualTo("a");
        }
        Sleepers.requireQuiet(channel);
        assertThat(channel.tryReceive(Long.MIN_VALUE, TimeUnit.DAYS)).isEqualTo(new Received.Empty<String>());
        assertThat(channel.trySend("a", 0, TimeUnit.DAYS)).isEqualTo(capacity > 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void timedFormsAreServed(boolean virtual) throws Exception {
        Channel<String> channel = Channel.unbuffered();
        Waiter receiver = Waiter.start(virtual, () -> channel.tryReceive(Long.MAX_VALUE, TimeUnit.DAYS));
        Sleepers.awaitReceivers(channel, 1);
        assertThat(channel.trySend("a", 1, TimeUnit.DAYS)).isTrue();
        assertThat(receiver.result()).isEqualTo(new Received.Value<>("a"));
        Waiter end = Waiter.start(virtual, () -> channel.tryReceive(1, TimeUnit.DAYS));
        Sleepers.awaitReceivers(channel, 1);
        channel.close();
        assertThat(end.result()).isEqualTo(new Received.Closed<String>());
    }

    // ---- interrupts

    @Test
    void anInterruptBeforeComesFirst() throws Exception {
        Channel<String> channel = Channel.buffered(2);
        channel.send("a");
        List<Waiter.Call<?>> calls = List.of(
                channel::receive,
                () -> channel.tryReceive(1, TimeUnit.DAYS),
                () -> channel.tryReceive(0, TimeUnit.DAYS),
                () -> channel.trySend("b", 1, TimeUnit.DAYS),
                () -> {
                    channel.send("b");
                    return null;
                });
        for (Waiter.Call<?> call : calls) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(call::run).isInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).isFalse();
        }
        assertThat(channel.size()).isEqualTo(1);
        channel.close();
        Thread.currentThread().interrupt();
        assertThatThrownBy(channel::receive).isInstanceOf(InterruptedException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterruptEndsAWaitAndNothingHasHappened(boolean virtual) {
        Channel<String> channel = Channel.unbuffered();
        Waiter receiver = Waiter.start(virtual, channel::receive);
        Sleepers.awaitReceivers(channel, 1);
        receiver.thread().interrupt();
        assertThat(receiver.thrown()).isInstanceOf(InterruptedException.class);
        assertThat(receiver.interruptedAfter()).isFalse();
        assertThat(channel.trySend("a")).isFalse();
        Waiter sender = Waiter.start(virtual, () -> channel.trySend("b", 1, TimeUnit.DAYS));
        Sleepers.awaitSenders(channel, 1);
        sender.thread().interrupt();
        assertThat(sender.thrown()).isInstanceOf(InterruptedException.class);
        assertThat(channel.tryReceive()).isEqualTo(new Received.Empty<String>());
        Sleepers.requireQuiet(channel);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterruptAfterTheMatchIsTooLate(boolean virtual) {
        Channel<String> channel = Channel.unbuffered();
        Waiter receiver = Waiter.start(virtual, channel::receive);
        Sleepers.awaitReceivers(channel, 1);
        // As a sender does, but for the wake: the interrupt comes before it.
        long s = channel.lock();
        Node node = (Node) channel.receivers.next;
        node.item = "a";
        assertThat(node.waiter.claim(0)).isNegative();
        channel.state = s;
        channel.takeBack(node);
        receiver.thread().interrupt();
        assertThat(receiver.result()).isEqualTo("a");
        assertThat(receiver.interruptedAfter()).isTrue();
        Sleepers.requireQuiet(channel);
    }

    // ---- views and people

    @Test
    void aViewIsTheChannelInOneDirection() throws Exception {
        Channel<String> channel = Channel.buffered(2);
        try (Sender<String> sender = channel.sender()) {
            sender.send("a");
            assertThat(sender.trySend("b")).isTrue();
            assertThat(sender.trySend("c", 0, TimeUnit.DAYS)).isFalse();
            assertThat(sender.isClosed()).isFalse();
        }
        assertThat(channel.isClosed()).isTrue();
        Receiver<String> receiver = channel.receiver();
        assertThat(receiver.isClosed()).isTrue();
        assertThat(receiver.receive()).isEqualTo("a");
        assertThat(receiver.tryReceive()).isEqualTo(new Received.Value<>("b"));
        assertThat(receiver.tryReceive(1, TimeUnit.DAYS)).isEqualTo(new Received.Closed<String>());
        assertThat(receiver.iterator().hasNext()).isFalse();
    }

    @Test
    void saysHowItIs() throws Exception {
        Channel<String> channel = Channel.buffered(2);
        channel.send("a");
        assertThat(channel).hasToString("Channel[1 of 2]");
        channel.close();
        assertThat(channel.sender()).hasToString("Channel[1 of 2, closed]");
        assertThat(channel.receiver()).hasToString("Channel[1 of 2, closed]");
    }
}
