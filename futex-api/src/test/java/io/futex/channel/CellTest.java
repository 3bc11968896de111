package io.futex.channel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// The cell and the queue, one step after the other, by one thread that plays all parts.
class CellTest {
    private final Channel<String> channel = Channel.unbuffered();

    private Node sleeper(String value) {
        Node node = Node.forCall(value);
        assertThat(channel.send(value, false, node)).isEqualTo(Step.JOINED);
        return node;
    }

    private void freeSenderCell() {
        Sections.SENDER.lazySet(channel, Sections.FREE);
    }

    @Test
    void aSenderIsMetInItsCell() {
        assertThat(channel.send("a", true, null)).isEqualTo(Step.JOINED_FIRST);
        assertThat(channel.send("b", true, null)).as("one a cell").isEqualTo(Step.NONE);
        assertThat(channel.receive(true, null)).isEqualTo("a");
        assertThat(channel.senderCell).isEqualTo(Sections.DONE);
        assertThat(channel.send("b", true, null)).as("not yet free").isEqualTo(Step.NONE);
        assertThat(channel.leave(Sections.SENT, Step.JOINED_FIRST, Node.forCall("a")))
                .isFalse();
        assertThat(channel.receive(false, null)).isEqualTo(Step.NONE);
        freeSenderCell();
        Sleepers.requireQuiet(channel);
    }

    @Test
    void aReceiverIsMetInItsCell() {
        assertThat(channel.receive(true, null)).isEqualTo(Step.JOINED_FIRST);
        assertThat(channel.receive(true, null)).isEqualTo(Step.NONE);
        assertThat(channel.send("a", true, null)).isEqualTo(Step.DONE);
        assertThat(channel.send("b", false, null)).isEqualTo(Step.NONE);
        assertThat(channel.leave(Sections.RECEIVED, Step.JOINED_FIRST, Node.forCall(null)))
                .isFalse();
        assertThat(channel.received).isEqualTo("a");
    }

    @Test
    void whoWasFirstWhenItCameIsFirstInTheQueue() {
        assertThat(channel.send("first", true, null)).isEqualTo(Step.JOINED_FIRST);
        Node second = sleeper("second");
        assertThat(channel.leave(Sections.SENT, Step.JOINED_FIRST, Node.forCall("first")))
                .isTrue();
        assertThat(channel.send("third", true, null)).isEqualTo(Step.JOINED);
        Node fourth = sleeper("fourth");
        assertThat(channel.leave(Sections.SENT, Step.JOINED, Node.forCall("third")))
                .isTrue();
        for (String value : new String[] {"first", "second", "fourth", "third"}) {
            assertThat(channel.receive(false, null)).isEqualTo(value);
        }
        assertThat(second.next).isNull();
        assertThat(fourth.next).isNull();
        Sleepers.requireQuiet(channel);
    }

    @Test
    void aSleeperIsOvertakenSoOftenAndNoMore() {
        sleeper("asleep");
        for (int i = 0; i < Sections.MOST_OVERTAKES; i++) {
            assertThat(channel.send("runs", true, null)).isEqualTo(Step.JOINED);
            assertThat(channel.receive(false, null)).isEqualTo("runs");
            freeSenderCell();
        }
        sleeper("asleep too");
        assertThat(channel.send("runs", true, null)).isEqualTo(Step.JOINED);
        assertThat(channel.receive(false, null)).isEqualTo("asleep");
        assertThat(channel.receive(false, null)).isEqualTo("runs");
        assertThat(channel.receive(false, null)).isEqualTo("asleep too");
        freeSenderCell();
        Sleepers.requireQuiet(channel);
    }

    @Test
    void aSleepingReceiverIsOvertakenSoOftenAndNoMore() {
        Node sleeper = Node.forCall(null);
        assertThat(channel.receive(false, sleeper)).isEqualTo(Step.JOINED);
        for (int i = 0; i < Sections.MOST_OVERTAKES; i++) {
            assertThat(channel.receive(true, null)).isEqualTo(Step.JOINED);
            assertThat(channel.send("runs", false, null)).isEqualTo(Step.DONE);
            assertThat(channel.received).isEqualTo("runs");
            channel.received = null;
            Sections.RECEIVER.lazySet(channel, Sections.FREE);
        }
        assertThat(channel.receive(true, null)).isEqualTo(Step.JOINED);
        assertThat(channel.send("slept", false, null)).isEqualTo(Step.DONE);
        assertThat(sleeper.item).isEqualTo("slept");
    }

    /// Who gives up while another waits in the cell must not hide that one.
    @Test
    void aNodeTakenBackLeavesTheCellInSight() {
        Node sender = sleeper("asleep");
        assertThat(channel.send("runs", true, null)).isEqualTo(Step.JOINED);
        assertThat(sender.waiter.claim(Waiter.CANCELLED)).isNegative();
        channel.takeBack(sender);
        channel.takeBack(sender); // once is enough
        assertThat(channel.tryReceive()).isEqualTo(new Received.Value<>("runs"));
        freeSenderCell();

        Node receiver = Node.forCall(null);
        assertThat(channel.receive(false, receiver)).isEqualTo(Step.JOINED);
        assertThat(channel.receive(true, null)).isEqualTo(Step.JOINED);
        assertThat(receiver.waiter.claim(Waiter.CANCELLED)).isNegative();
        channel.takeBack(receiver);
        assertThat(channel.trySend("a")).isTrue();
    }

    @Test
    void whoHasGivenUpIsPassedOver() {
        Node gone = sleeper("gone");
        Node there = sleeper("there");
        assertThat(gone.waiter.claim(Waiter.CANCELLED)).isNegative();
        assertThat(channel.tryReceive()).isEqualTo(new Received.Value<>("there"));
        assertThat(there.waiter.claim(0)).isZero(); // claimed, with that result
        assertThat(channel.tryReceive()).isEqualTo(new Received.Empty<String>());
        Sleepers.requireQuiet(channel);
        Node receiver = Node.forCall(null);
        assertThat(channel.receive(false, receiver)).isEqualTo(Step.JOINED);
        assertThat(receiver.waiter.claim(Waiter.CANCELLED)).isNegative();
        assertThat(channel.trySend("a")).isFalse();
        assertThat(receiver.item).isNull();
        Sleepers.requireQuiet(channel);
    }

    @Test
    void aCloseEndsTheWaitInTheCell() {
        assertThat(channel.receive(true, null)).isEqualTo(Step.JOINED_FIRST);
        channel.close();
        assertThat(channel.receiverCell).isEqualTo(Sections.ENDED);
        assertThat(channel.leave(Sections.RECEIVED, Step.JOINED_FIRST, Node.forCall(null)))
                .isFalse();
        Channel<String> sending = Channel.unbuffered();
        assertThat(sending.send("late", true, null)).isEqualTo(Step.JOINED_FIRST);
        sending.close();
        assertThat(sending.senderCell).isEqualTo(Sections.ENDED);
        assertThat(sending.offered).as("its owner forgets it").isEqualTo("late");
        assertThat(sending.tryReceive()).isEqualTo(new Received.Closed<String>());
    }

    @Test
    void aBufferIsRefilledByThoseWhoWait() {
        Channel<String> one = Channel.buffered(1);
        assertThat(one.trySend("1")).isTrue();
        assertThat(one.send("2", true, null)).isEqualTo(Step.JOINED_FIRST);
        assertThat(one.send("3", false, Node.forCall("3"))).isEqualTo(Step.JOINED);
        for (String value : new String[] {"1", "2", "3"}) {
            assertThat(one.tryReceive()).isEqualTo(new Received.Value<>(value));
        }
        assertThat(one.size()).isZero();
    }

    /// A close releases those who sleep one after the other; whoever receives in between must not take from them.
    @Test
    void nothingIsTakenFromThoseWhoSleepOnceItIsClosed() {
        Channel<String> one = Channel.buffered(1);
        assertThat(one.trySend("1")).isTrue();
        Node late = Node.forCall("2");
        assertThat(one.send("2", false, late)).isEqualTo(Step.JOINED);
        one.state |= Sections.CLOSED;
        assertThat(one.tryReceive()).isEqualTo(new Received.Value<>("1"));
        assertThat(one.tryReceive()).isEqualTo(new Received.Closed<String>());
        one.close(); // goes on where another has failed
        assertThat(late.waiter.claim(0)).isEqualTo(1);
        Sleepers.requireQuiet(one);
    }
}
