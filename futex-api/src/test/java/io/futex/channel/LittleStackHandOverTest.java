package io.futex.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Scale;
import io.futex.contract.Waiter;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A party whose stack ends in the cell, where a partner may come at any of its steps: what was sent is received once,
/// and nothing else is.
///
/// The partner has all of its own and never sleeps: to wake one takes more stack than any call makes sure of.
@SuppressWarnings("ThreadPriorityCheck") // a yield is a hint; nothing relies on it
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class LittleStackHandOverTest {
    private static final int ROUNDS = Scale.of(4, 300);
    private static final int ENOUGH = 8;

    /// More than there are depths at which the call is made.
    private static final int MOST = 4_000;

    /// Counts without a call, which might fail.
    private static final class Item {
        int sent;
        int received;
    }

    private final Item[] items = new Item[MOST];
    private int next;
    private volatile boolean over;

    @ParameterizedTest
    @CsvSource({
        "0, true, false",
        "0, true, true",
        "0, false, false",
        "0, false, true",
        "1, true, false",
        "1, false, false"
    })
    void isHandedOverOnceOrNotAtAll(int capacity, boolean diverSends, boolean timed) throws Exception {
        int failed = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Channel<Item> channel = capacity == 0 ? Channel.unbuffered() : Channel.buffered(capacity);
            for (int i = 0; i < MOST; i++) {
                items[i] = new Item();
            }
            next = 0;
            over = false;
            Waiter partner = Waiter.start(round % 2 == 0, () -> diverSends ? receiveAll(channel) : sendAll(channel));
            Dive dive = new Dive(diverSends ? () -> send(channel, timed) : () -> receive(channel, timed), ENOUGH);
            Thread diver = dive.start(round % 8);
            diver.join(TimeUnit.SECONDS.toMillis(60));
            assertThat(diver.isAlive()).as("the diver waits for ever").isFalse();
            over = true;
            partner.result();
            failed += dive.failed;
            assertThat(dive.wrong).isNull();
            if (channel.tryReceive() instanceof Received.Value<Item> left) {
                left.value().received++;
            }
            for (int i = 0; i < MOST; i++) {
                assertThat(items[i].received)
                        .as("item %s of round %s", i, round)
                        .isEqualTo(items[i].sent);
                assertThat(items[i].sent).isLessThanOrEqualTo(1);
            }
            assertThat(dive.worked).isPositive();
            Sleepers.requireQuiet(channel);
        }
        assertThat(failed).isPositive();
    }

    // ---- the partner

    private @Nullable Object receiveAll(Channel<Item> channel) {
        while (!over) {
            if (channel.tryReceive() instanceof Received.Value<Item> value) {
                value.value().received++;
            } else {
                Thread.yield();
            }
        }
        return null;
    }

    private @Nullable Object sendAll(Channel<Item> channel) {
        for (int i = 0; !over; ) {
            if (channel.trySend(items[i])) {
                items[i++].sent++;
            } else {
                Thread.yield();
            }
        }
        return null;
    }

    // ---- the diver

    private void send(Channel<Item> channel, boolean timed) throws Exception {
        Item item = items[next++];
        boolean sent = true;
        if (timed) {
            sent = channel.trySend(item, 1, TimeUnit.MICROSECONDS);
        } else {
            channel.send(item);
        }
        item.sent += sent ? 1 : 0;
    }

    private static void receive(Channel<Item> channel, boolean timed) throws Exception {
        Item item = null;
        if (!timed) {
            item = channel.receive();
        } else if (channel.tryReceive(1, TimeUnit.MICROSECONDS) instanceof Received.Value<Item> value) {
            item = value.value();
        }
        if (item != null) {
            item.received++;
        }
    }
}
