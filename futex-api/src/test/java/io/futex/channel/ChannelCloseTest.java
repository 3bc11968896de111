package io.futex.channel;

import static org.assertj.core.api.Assertions.assertThat;
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

/// How a channel ends, for those who wait and those who come.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ChannelCloseTest {
    private static Channel<String> channel(int capacity) {
        return capacity == 0 ? Channel.unbuffered() : Channel.buffered(capacity);
    }

    @AfterEach
    void leavesNoInterrupt() {
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void receiversDrainAndThenLearn() throws Exception {
        Channel<String> channel = Channel.buffered(2);
        channel.send("a");
        channel.send("b");
        assertThat(channel.isClosed()).isFalse();
        channel.close();
        channel.close();
        assertThat(channel.isClosed()).isTrue();
        assertThatThrownBy(() -> channel.send("c")).isInstanceOf(ChannelClosedException.class);
        assertThatThrownBy(() -> channel.trySend("c")).isInstanceOf(ChannelClosedException.class);
        assertThatThrownBy(() -> channel.trySend("c", 1, TimeUnit.DAYS)).isInstanceOf(ChannelClosedException.class);
        assertThat(channel.receive()).isEqualTo("a");
        assertThat(channel.tryReceive()).isEqualTo(new Received.Value<>("b"));
        assertThat(channel.tryReceive()).isEqualTo(new Received.Closed<String>());
        assertThat(channel.tryReceive(1, TimeUnit.DAYS)).isEqualTo(new Received.Closed<String>());
        assertThatThrownBy(channel::receive).isInstanceOf(ChannelClosedException.class);
        assertThat(channel.size()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 8})
    void closeReleasesAllSendersAndDeliversNothingOfTheirs(int capacity) throws Exception {
        Channel<String> channel = channel(capacity);
        for (int i = 0; i < capacity; i++) {
            channel.send("buffered");
        }
        List<Waiter> senders = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            boolean timed = i % 3 == 0;
            senders.add(Waiter.start(i % 2 == 0, () -> {
                if (timed) {
                    return channel.trySend("late", 1, TimeUnit.DAYS);
                }
                channel.send("late");
                return true;
            }));
        }
        Sleepers.awaitSenders(channel, 10);
        channel.close();
        for (Waiter sender : senders) {
            assertThat(sender.thrown()).isInstanceOf(ChannelClosedException.class);
        }
        for (int i = 0; i < capacity; i++) {
            assertThat(channel.receive()).isEqualTo("buffered");
        }
        assertThat(channel.tryReceive()).isEqualTo(new Received.Closed<String>());
        Sleepers.requireQuiet(channel);
    }

    @Test
    void closeReleasesAllReceivers() {
        Channel<String> channel = Channel.unbuffered();
        List<Waiter> receivers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            receivers.add(Waiter.start(i % 2 == 0, channel::receive));
        }
        Sleepers.awaitReceivers(channel, 10);
        channel.close();
        for (Waiter receiver : receivers) {
            assertThat(receiver.thrown()).isInstanceOf(ChannelClosedException.class);
        }
        Sleepers.requireQuiet(channel);
    }

    /// A sender whose stack has ended in the hand-over has told its caller that it has not sent.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCloseHandsOutNothingThatWasNotSent(boolean virtual) {
        Channel<String> channel = Channel.unbuffered();
        Waiter receiver = Waiter.start(virtual, channel::receive);
        Sleepers.awaitReceivers(channel, 1);
        ((Node) channel.receivers.next).item = "not sent";
        channel.close();
        assertThat(receiver.thrown()).isInstanceOf(ChannelClosedException.class);
    }
}
