package io.futex.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
import io.futex.contract.Scale;
import io.futex.contract.Waiter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the suites of Go, crossbeam and jox ask of channels, on threads of both kinds: those of their properties that
/// are not among the tests of the module itself.
class ChannelPropertiesTest {
    private static final int VALUES = Scale.of(2_000, 1_000_000);

    /// Each starts five threads, some milliseconds.
    private static final int CLOSES = Scale.of(50, 5_000);

    private static List<Waiter> start(boolean virtual, int count, Waiter.Call<?> call) {
        List<Waiter> threads = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            threads.add(Waiter.start(virtual, call));
        }
        return threads;
    }

    /// Go: a select that can send 0 or 1 to the same channel makes a sequence of both.
    @ParameterizedTest
    @ValueSource(ints = {1, 64})
    void aSelectSendsEitherAlike(int capacity) throws InterruptedException {
        Channel<Integer> channel = Channel.buffered(capacity);
        Select select = Select.create().send(channel, 0, () -> {}).send(channel, 1, () -> {});
        int ones = 0;
        for (int i = 0; i < VALUES; i++) {
            select.run();
            ones += channel.receive();
        }
        // Seven standard deviations.
        assertThat(Math.abs(ones - VALUES / 2.0)).isLessThan(3.5 * Math.sqrt(VALUES));
    }

    /// Go: many take from one channel and give to another, until the first is closed.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void manyInBetweenLoseNothing(boolean virtual) throws InterruptedException {
        Channel<Integer> in = Channel.buffered(10);
        Channel<Integer> out = Channel.buffered(10);
        List<Waiter> workers = start(virtual, 8, () -> {
            for (int value : in) {
                out.send(value);
            }
            return null;
        });
        Waiter feeder = Waiter.start(virtual, () -> {
            for (int i = 1; i <= VALUES; i++) {
                in.send(i);
            }
            in.close();
            workers.forEach(Waiter::result);
            out.close();
            return null;
        });
        long sum = 0;
        for (int value : out) {
            sum += value;
        }
        feeder.result();
        assertThat(sum).isEqualTo(VALUES * (VALUES + 1L) / 2);
    }

    /// Go: a select that lists a channel twice and is woken by another one leaves no second self in the queue.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aChannelListedTwiceIsLeftTwice(boolean virtual) {
        Channel<Integer> twice = Channel.unbuffered();
        Channel<Integer> other = Channel.unbuffered();
        AtomicInteger received = new AtomicInteger();
        Waiter first = Waiter.start(virtual, () -> {
            Select.create()
                    .receive(twice, value -> received.addAndGet(100))
                    .receive(twice, value -> received.addAndGet(100))
                    .receive(other, received::addAndGet)
                    .run();
            return null;
        });
        Await.until("asleep", () -> (twice.state & Sections.RECEIVERS) != 0);
        Await.until("sent", () -> other.trySend(1));
        first.result();
        assertThat(twice.trySend(2)).isFalse();
        assertThat(received).hasValue(1);
        Play.checkEmpty(twice);
    }

    /// crossbeam: each of many selects to send its number or receive another's, so that half of them meet the other
    /// half, and nobody itself.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void selectsPairUp(boolean virtual) {
        int pairs = 8;
        for (int round = 0; round < VALUES / 40; round++) {
            Channel<Integer> channel = Channel.unbuffered();
            AtomicInteger numbers = new AtomicInteger();
            AtomicIntegerArray met = new AtomicIntegerArray(2 * pairs);
            start(virtual, 2 * pairs, () -> {
                        int me = numbers.getAndIncrement();
                        Select.create()
                                .send(channel, me, () -> met.incrementAndGet(me))
                                .receive(channel, other -> met.addAndGet(me, other == me ? 100 : 1))
                                .run();
                        return null;
                    })
                    .forEach(Waiter::result);
            for (int i = 0; i < 2 * pairs; i++) {
                assertThat(met.get(i)).isOne();
            }
            Play.checkEmpty(channel);
        }
    }

    /// crossbeam: with room for one of each thread, a value just sent leaves something to receive.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoHasSentFindsSomething(boolean virtual) {
        int threads = 4;
        Channel<Integer> channel = Channel.buffered(threads);
        start(virtual, threads, () -> {
                    for (int i = 0; i < VALUES; i++) {
                        assertThat(channel.trySend(i)).isTrue();
                        assertThat(channel.tryReceive()).isInstanceOf(Received.Value.class);
                    }
                    return null;
                })
                .forEach(Waiter::result);
    }

    /// crossbeam: channels that carry channels, each the way to the next.
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aChannelTravelsThroughAChannel(int capacity) throws InterruptedException {
        Channel<Object> start = capacity == 0 ? Channel.unbuffered() : Channel.buffered(capacity);
        Waiter sender = Waiter.virtual(() -> {
            Channel<Object> channel = start;
            for (int i = 0; i < VALUES; i++) {
                Channel<Object> next = capacity == 0 ? Channel.unbuffered() : Channel.buffered(capacity);
                channel.send(next);
                channel = next;
            }
            channel.close();
            return null;
        });
        Channel<Object> channel = start;
        int hops = 0;
        for (Object next = channel.receiveOrNull(); next != null; next = channel.receiveOrNull()) {
            @SuppressWarnings("unchecked")
            Channel<Object> c = (Channel<Object>) next;
            channel = c;
            hops++;
        }
        sender.result();
        assertThat(hops).isEqualTo(VALUES);
    }

    /// crossbeam: of channels listed several times, each case has its share.
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void casesOfOneChannelShareAlike(int times) throws InterruptedException {
        Channel<Integer> channel = Channel.buffered(1);
        int[] hits = new int[2 * times];
        Select select = Select.create();
        for (int i = 0; i < hits.length; i++) {
            int at = i;
            select.receive(channel, value -> hits[at]++);
        }
        for (int i = 0; i < VALUES; i++) {
            channel.send(i);
            select.run();
        }
        for (int hit : hits) {
            assertThat(hit).isGreaterThan(VALUES / hits.length / 2);
        }
    }

    /// jox: one that is closed while many send to it and many receive: what `send` has reported is what has come.
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8})
    void whatWasSentHasComeWheneverItIsClosed(int capacity) {
        for (int round = 0; round < CLOSES; round++) {
            Channel<Integer> channel = capacity == 0 ? Channel.unbuffered() : Channel.buffered(capacity);
            AtomicLong sent = new AtomicLong();
            AtomicLong received = new AtomicLong();
            List<Waiter> senders = start(round % 2 == 0, 3, () -> {
                try {
                    for (int i = 1; ; i++) {
                        channel.send(i);
                        sent.addAndGet(i);
                    }
                } catch (ChannelClosedException e) {
                    return null;
                }
            });
            List<Waiter> receivers = start(round % 2 != 0, 2, () -> {
                for (int value : channel) {
                    received.addAndGet(value);
                }
                return null;
            });
            Await.until("some have come", () -> received.get() > 10);
            channel.close();
            senders.forEach(Waiter::result);
            receivers.forEach(Waiter::result);
            assertThat(received).hasValue(sent.get());
            Play.checkEmpty(channel);
        }
    }
}
