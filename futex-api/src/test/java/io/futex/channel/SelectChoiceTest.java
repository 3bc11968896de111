package io.futex.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Waiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which of several cases is taken, also of the same channel and of selects that meet.
class SelectChoiceTest extends SelectFixture {
    // ---- the same channel several times

    @Test
    void neverMeetsItself() throws Exception {
        Select select = Select.create()
                .send(quiet, "mine", event("sent"))
                .receive(quiet, events::add)
                .receive(quiet, events::add)
                .after(Duration.ofMillis(5), event("over"));
        select.run();
        assertThat(events).containsExactly("over");
        Waiter running = Waiter.platform(() -> {
            select.run();
            return null;
        });
        while (!running.isDone()) {
            boolean unused = quiet.trySend("theirs");
        }
        assertThat(running.result()).isNull();
        assertThat(events).hasSize(2);
        assertThat(events.get(1)).isIn("over", "theirs");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void selectsMeetCrosswise(boolean virtual) {
        Channel<Integer> a = Channel.unbuffered();
        Channel<Integer> b = Channel.unbuffered();
        AtomicInteger received = new AtomicInteger();
        AtomicInteger sent = new AtomicInteger();
        Waiter.Call<?> one = () -> {
            for (int i = 0; i < 1000; i++) {
                Select.create()
                        .send(a, 1, sent::incrementAndGet)
                        .receive(b, value -> received.incrementAndGet())
                        .run();
            }
            return null;
        };
        Waiter.Call<?> other = () -> {
            for (int i = 0; i < 1000; i++) {
                Select.create()
                        .send(b, 2, sent::incrementAndGet)
                        .receive(a, value -> received.incrementAndGet())
                        .run();
            }
            return null;
        };
        List<Waiter> both = List.of(Waiter.start(virtual, one), Waiter.start(virtual, other));
        both.forEach(Waiter::result);
        assertThat(received.get()).isEqualTo(1000);
        assertThat(sent.get()).isEqualTo(1000);
        Sleepers.requireQuiet(a);
        Sleepers.requireQuiet(b);
    }

    @Test
    void takesAnyNumberOfCases() throws Exception {
        int many = 200;
        List<Channel<Integer>> channels = new ArrayList<>();
        Select select = Select.create();
        for (int i = 0; i < many; i++) {
            Channel<Integer> channel = Channel.unbuffered();
            channels.add(channel);
            select.receive(channel, value -> events.add("got " + value));
        }
        for (int i = 0; i < many; i += 33) {
            Waiter running = Waiter.platform(() -> {
                select.run();
                return null;
            });
            channels.get(i).send(i);
            running.result();
            assertThat(events).containsExactly("got " + i);
            events.clear();
        }
        channels.forEach(Sleepers::requireQuiet);
    }

    // ---- choice

    @Test
    void takesTheFirstInOrder() throws Exception {
        Channel<String> other = Channel.buffered(1);
        Select select = Select.inOrder()
                .receive(quiet, events::add)
                .receive(full, events::add)
                .receive(other, events::add);
        for (int i = 0; i < 100; i++) {
            other.send("other");
            select.run();
            select.run();
            full.send("buffered");
        }
        assertThat(events).hasSize(200);
        for (int i = 0; i < 200; i++) {
            assertThat(events.get(i)).isEqualTo(i % 2 == 0 ? "buffered" : "other");
        }
    }

    /// Of eight channels some are ready, also just two neighbours: each gets at least half its share.
    @ParameterizedTest
    @ValueSource(ints = {0xff, 0b11, 0b11000, 0b10000001, 0b1010111})
    void isFair(int readyOnes) throws Exception {
        int runs = 10_000;
        int[] hits = new int[8];
        Select select = Select.create();
        for (int i = 0; i < 8; i++) {
            int at = i;
            Channel<String> channel = Channel.unbuffered();
            if ((readyOnes >> i & 1) != 0) {
                channel.close();
            }
            select.receive(channel, value -> {}, () -> hits[at]++);
        }
        for (int i = 0; i < runs; i++) {
            select.run();
        }
        int share = runs / Integer.bitCount(readyOnes);
        for (int i = 0; i < 8; i++) {
            if ((readyOnes >> i & 1) != 0) {
                assertThat(hits[i]).as("case %s of %s", i, hits).isBetween(share / 2, 2 * share);
            }
        }
    }
}
