package io.futex.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Scale;
import io.futex.contract.Seed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/// Selects among themselves.
@SuppressWarnings("ThreadPriorityCheck") // a yield is a hint; nothing relies on it
@ExtendWith(Seed.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SelectStressTest {
    private static final int RUNS = Scale.of(1_500, 200_000);
    private static final int NEVER = Scale.of(100_000, 1_000_000);
    private static final int FLAT = Scale.of(50_000, 10_000_000);

    private static List<Channel<Long>> channels(int count, int capacity) {
        List<Channel<Long>> channels = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            channels.add(capacity == 0 ? Channel.unbuffered() : Channel.buffered(capacity));
        }
        return channels;
    }

    /// Every party sends and receives on the same channels, which half of them list from the other end.
    @ParameterizedTest
    @CsvSource({"PLATFORM, 2, 0", "PLATFORM, 5, 1", "VIRTUAL, 2, 0", "VIRTUAL, 5, 1", "MIXED, 5, 0", "MIXED, 2, 1"})
    void exactlyOneCaseInAMesh(Threads.Kind kind, int count, int capacity) {
        List<Channel<Long>> channels = channels(count, capacity);
        AtomicLong in = new AtomicLong();
        AtomicLong out = new AtomicLong();
        Threads threads = new Threads(kind);
        for (int t = 0; t < 6; t++) {
            int me = t;
            SplittableRandom random = new SplittableRandom(Seed.VALUE + t);
            threads.start(() -> {
                for (int i = 0; i < RUNS; i++) {
                    long value = (long) me << 40 | i;
                    AtomicInteger ran = new AtomicInteger();
                    Select select = Select.create();
                    boolean back = random.nextBoolean();
                    for (int k = 0; k < count; k++) {
                        Channel<Long> channel = channels.get(back ? count - 1 - k : k);
                        int lot = random.nextInt(4);
                        if (lot != 1) {
                            select.send(channel, value, () -> {
                                ran.incrementAndGet();
                                in.addAndGet(value);
                            });
                        }
                        for (int n = lot == 3 ? 2 : lot; n > 0; n--) {
                            select.receive(channel, other -> {
                                ran.incrementAndGet();
                                out.addAndGet(other);
                            });
                        }
                    }
                    select.after(Duration.ofNanos(random.nextInt(1, 300_000)), ran::incrementAndGet);
                    try {
                        select.run();
                        assertThat(ran.get()).isEqualTo(1);
                    } catch (InterruptedException e) {
                        assertThat(ran.get()).isZero();
                    }
                }
                return null;
            });
        }
        threads.interruptWhileBusy(6, new SplittableRandom(Seed.VALUE - 1));
        threads.join();
        for (Channel<Long> channel : channels) {
            while (channel.tryReceive() instanceof Received.Value<Long> value) {
                out.addAndGet(value.value());
            }
            Sleepers.requireQuiet(channel);
        }
        assertThat(out.get()).isEqualTo(in.get());
    }

    /// Go's doubleselect: one value is offered on several channels at once, and received once.
    @ParameterizedTest
    @EnumSource
    void aValueOfferedEverywhereArrivesOnce(Threads.Kind kind) throws Exception {
        List<Channel<Long>> channels = channels(4, 0);
        AtomicInteger[] seen = new AtomicInteger[RUNS];
        Arrays.setAll(seen, i -> new AtomicInteger());
        Threads threads = new Threads(kind);
        for (Channel<Long> channel : channels) {
            threads.start(() -> {
                for (long value : channel) {
                    seen[(int) value].incrementAndGet();
                }
                return null;
            });
        }
        AtomicLong next = new AtomicLong();
        Select everywhere = Select.create();
        channels.forEach(channel -> everywhere.sendFrom(channel, next::get, next::incrementAndGet));
        while (next.get() < RUNS) {
            everywhere.run();
        }
        channels.forEach(Channel::close);
        threads.join();
        for (AtomicInteger one : seen) {
            assertThat(one.get()).isEqualTo(1);
        }
    }

    /// Go's selfselect: two parties send to and receive from one channel; nobody gets what is its own.
    @ParameterizedTest
    @EnumSource
    void nobodyReceivesItsOwn(Threads.Kind kind) {
        Channel<Integer> channel = Channel.unbuffered();
        Threads threads = new Threads(kind);
        AtomicInteger handed = new AtomicInteger();
        for (int t = 0; t < 2; t++) {
            int me = t;
            threads.start(() -> {
                Select select = Select.create();
                if (me == 0) {
                    select.send(channel, me, handed::incrementAndGet);
                }
                select.receive(channel, other -> assertThat(other).isNotEqualTo(me), () -> {});
                if (me == 1) {
                    select.send(channel, me, handed::incrementAndGet);
                }
                for (int i = 0; i < RUNS; i++) {
                    select.run();
                }
                return null;
            });
        }
        threads.join();
        assertThat(handed.get()).isEqualTo(RUNS);
        Sleepers.requireQuiet(channel);
    }

    /// One of two channels has a value at any time, though not always the same one.
    @ParameterizedTest
    @CsvSource({"true", "false"})
    void orElseNeverRunsWhileSomethingIsReady(boolean byClose) throws Exception {
        AtomicInteger wrong = new AtomicInteger();
        List<Channel<Long>> quiet = channels(50, 0);
        Channel<Channel<Integer>[]> pairs = Channel.unbuffered();
        Threads threads = new Threads(Threads.Kind.PLATFORM);
        threads.start(() -> {
            for (Channel<Integer>[] pair : pairs) {
                if (byClose) {
                    pair[1].close();
                } else {
                    pair[1].send(1);
                }
                Received<Integer> unused = pair[0].tryReceive();
            }
            return null;
        });
        for (int i = 0; i < NEVER; i++) {
            @SuppressWarnings({"unchecked", "rawtypes"})
            Channel<Integer>[] pair = new Channel[] {Channel.buffered(1), Channel.buffered(1)};
            pair[0].send(0);
            // Who looks at the second first may find nothing there, and then nothing in the first: the more easily the
            // more there is to look at in between.
            Select select = Select.create().receive(pair[1], value -> {}, () -> {});
            quiet.forEach(channel -> select.receive(channel, value -> {}));
            select.receive(pair[0], value -> {}).orElse(wrong::incrementAndGet);
            pairs.send(pair);
            select.run();
        }
        pairs.close();
        threads.join();
        assertThat(wrong.get()).isZero();
    }

    /// Threads whose status is set cannot sleep. While they look for a lock, its holder must come to run all the same,
    /// though it may have lost its carrier while it looked for its next one.
    @Test
    void interruptedThreadsDoNotKeepTheCarriers() {
        List<Channel<Long>> channels = channels(3, 1);
        AtomicInteger busy = new AtomicInteger(4);
        Threads threads = new Threads(Threads.Kind.VIRTUAL);
        for (int t = 0; t < 4; t++) {
            Select select = Select.create();
            for (int k = 0; k < 3; k++) {
                Channel<Long> channel = channels.get((k + t) % 3);
                select.receive(channel, value -> {});
            }
            select.after(Duration.ofNanos(1), () -> {});
            threads.start(() -> {
                for (int i = 0; i < RUNS; i++) {
                    select.run();
                }
                busy.decrementAndGet();
                return null;
            });
        }
        for (int t = 0; t < 4; t++) {
            SplittableRandom random = new SplittableRandom(Seed.VALUE + t);
            threads.start(() -> {
                Thread.currentThread().interrupt();
                while (busy.get() > 0) {
                    for (Channel<Long> channel : channels) {
                        boolean unused = channel.trySend(1L);
                        Received<Long> unusedToo = channel.tryReceive();
                    }
                    if (random.nextInt(8) == 0) {
                        Thread.yield();
                    }
                }
                return null;
            });
        }
        threads.join();
        channels.forEach(Sleepers::requireQuiet);
    }

    /// Ten million runs, where storms were asked for, take minutes.
    @Test
    @Timeout(value = 20, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void quietChannelsStayFlat() throws Exception {
        Channel<Integer> quiet = Channel.unbuffered();
        Channel<Integer> busy = Channel.buffered(1);
        Threads threads = new Threads(Threads.Kind.VIRTUAL);
        threads.start(() -> {
            for (int i = 0; i < FLAT; i++) {
                busy.send(i);
            }
            return null;
        });
        Select select = Select.create().receive(quiet, value -> {}).receive(busy, value -> {});
        for (int i = 0; i < FLAT; i++) {
            select.run();
        }
        threads.join();
        Select timed = Select.create().receive(quiet, value -> {}).after(Duration.ofNanos(1), () -> {});
        for (int i = 0; i < FLAT / 10; i++) {
            timed.run();
        }
        Sleepers.requireQuiet(quiet);
        Sleepers.requireQuiet(busy);
    }
}
