package io.futex.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Scale;
import io.futex.contract.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Many senders and receivers, every way in and out drawn by lot, with time limits that meet their partners, interrupts
/// at any time, and a close at the end or in the middle: what was sent is received once, and nothing else.
@ExtendWith(Seed.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChannelStressTest {
    private static final int SENDERS = 4;
    private static final int RECEIVERS = 4;
    private static final int VALUES = Scale.of(800, 100_000);
    private static final int LONGEST_NANOS = 60_000;

    private final List<Channel<Integer>> channels = new ArrayList<>();
    private final AtomicIntegerArray sent = new AtomicIntegerArray(SENDERS * VALUES);
    private final AtomicIntegerArray received = new AtomicIntegerArray(SENDERS * VALUES);

    static Stream<Arguments> storms() {
        List<Arguments> storms = new ArrayList<>();
        for (Threads.Kind kind : Threads.Kind.values()) {
            for (int capacity : new int[] {0, 1, 3, 64}) {
                for (int channels : new int[] {1, 3}) {
                    storms.add(Arguments.of(kind, capacity, channels, channels == 3));
                }
            }
        }
        return storms.stream();
    }

    @ParameterizedTest
    @MethodSource("storms")
    void eachValueOnce(Threads.Kind kind, int capacity, int count, boolean closesEarly) {
        for (int i = 0; i < count; i++) {
            channels.add(capacity == 0 ? Channel.unbuffered() : Channel.buffered(capacity));
        }
        Threads threads = new Threads(kind);
        AtomicInteger left = new AtomicInteger(SENDERS * VALUES);
        for (int i = 0; i < SENDERS; i++) {
            int first = i * VALUES;
            SplittableRandom random = new SplittableRandom(Seed.VALUE + i);
            threads.start(() -> {
                for (int value = first; value < first + VALUES; value++) {
                    send(value, random);
                    if (left.decrementAndGet() == SENDERS * VALUES / 2 && closesEarly) {
                        channels.forEach(Channel::close);
                    }
                }
                return null;
            });
        }
        for (int i = 0; i < RECEIVERS; i++) {
            SplittableRandom random = new SplittableRandom(Seed.VALUE - 1 - i);
            threads.start(() -> {
                receiveAll(random);
                return null;
            });
        }
        threads.interruptWhileBusy(SENDERS, new SplittableRandom(Seed.VALUE + 100));
        channels.forEach(Channel::close);
        threads.join();
        for (int value = 0; value < SENDERS * VALUES; value++) {
            assertThat(received.get(value)).as("value %s", value).isEqualTo(sent.get(value));
            assertThat(sent.get(value)).isLessThanOrEqualTo(1);
        }
        channels.forEach(Sleepers::requireQuiet);
    }

    private void send(int value, SplittableRandom random) {
        Channel<Integer> channel = any(random);
        try {
            boolean done = switch (random.nextInt(6)) {
                case 0 -> channel.trySend(value);
                case 1, 2 -> channel.trySend(value, time(random), TimeUnit.NANOSECONDS);
                case 3 -> {
                    int before = sent.get(value);
                    Select select = Select.create();
                    channels.forEach(to -> select.send(to, value, () -> sent.incrementAndGet(value)));
                    finish(select, random);
                    yield before == 1;
                }
                default -> {
                    channel.send(value);
                    yield true;
                }
            };
            if (done) {
                sent.incrementAndGet(value);
            }
        } catch (InterruptedException | ChannelClosedException e) {
            // not sent
        }
    }

    private void receiveAll(SplittableRandom random) {
        while (!channels.stream().allMatch(channel -> channel.isClosed() && channel.size() == 0)) {
            Channel<Integer> channel = any(random);
            try {
                switch (random.nextInt(6)) {
                    case 0 -> note(channel.tryReceive());
                    case 1, 2 -> note(channel.tryReceive(time(random), TimeUnit.NANOSECONDS));
                    case 3 -> {
                        Select select = Select.create();
                        channels.forEach(from -> select.receive(from, this::note, () -> {}));
                        finish(select, random);
                    }
                    default -> note(channel.receive());
                }
            } catch (InterruptedException | ChannelClosedException e) {
                // nothing received
            }
        }
    }

    private static void finish(Select select, SplittableRandom random) throws InterruptedException {
        switch (random.nextInt(4)) {
            case 0, 1 -> select.after(Duration.ofNanos(time(random)), () -> {});
            case 2 -> select.orElse(() -> {});
            default -> {
                // waits
            }
        }
        select.run();
    }

    private static int time(SplittableRandom random) {
        return random.nextInt(LONGEST_NANOS);
    }

    private void note(Received<Integer> result) {
        if (result instanceof Received.Value<Integer> value) {
            note((int) value.value());
        }
    }

    private void note(int value) {
        received.incrementAndGet(value);
    }

    private Channel<Integer> any(SplittableRandom random) {
        return channels.get(random.nextInt(channels.size()));
    }
}
