package io.futex.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Waiter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What one run does, over channels whose states are known.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class SelectTest {
    private final Channel<String> quiet = Channel.unbuffered();
    private final Channel<String> full = full();
    private final List<String> events = new ArrayList<>();

    private static Channel<String> full() {
        Channel<String> channel = Channel.buffered(1);
        assertThat(channel.trySend("buffered")).isTrue();
        return channel;
    }

    private static void nothing() {}

    private Runnable event(String name) {
        return () -> events.add(name);
    }

    @AfterEach
    void leavesNothingBehind() {
        assertThat(Thread.interrupted()).isFalse();
        Sleepers.requireQuiet(quiet);
        Sleepers.requireQuiet(full);
    }

    // ---- arguments

    @Test
    void refusesNull() {
        Select select = Select.create();
        assertThatNullPointerException().isThrownBy(() -> select.receive((Channel<String>) null, value -> {}));
        assertThatNullPointerException().isThrownBy(() -> select.receive(quiet, null));
        assertThatNullPointerException().isThrownBy(() -> select.receive(quiet, null, SelectTest::nothing));
        assertThatNullPointerException().isThrownBy(() -> select.receive(quiet, value -> {}, null));
        assertThatNullPointerException()
                .isThrownBy(() -> select.send((Channel<String>) null, "a", SelectTest::nothing));
        assertThatNullPointerException().isThrownBy(() -> select.send(quiet, null, SelectTest::nothing));
        assertThatNullPointerException().isThrownBy(() -> select.send(quiet, "a", null));
        assertThatNullPointerException().isThrownBy(() -> select.sendFrom(quiet, null, SelectTest::nothing));
        assertThatNullPointerException().isThrownBy(() -> select.sendFrom(quiet, () -> "a", null));
        assertThatNullPointerException().isThrownBy(() -> select.after(null, SelectTest::nothing));
        assertThatNullPointerException().isThrownBy(() -> select.after(Duration.ZERO, null));
        assertThatNullPointerException().isThrownBy(() -> select.orElse(null));
        assertThatIllegalStateException().isThrownBy(select::run); // nothing was added
    }

    @Test
    void refusesASecondWayOut() {
        Select timed = Select.create().after(Duration.ofDays(1), SelectTest::nothing);
        assertThatIllegalStateException().isThrownBy(() -> timed.after(Duration.ofDays(1), SelectTest::nothing));
        assertThatIllegalStateException().isThrownBy(() -> timed.orElse(SelectTest::nothing));
        Select other = Select.create().orElse(SelectTest::nothing);
        assertThatIllegalStateException().isThrownBy(() -> other.orElse(SelectTest::nothing));
        assertThatIllegalStateException().isThrownBy(() -> other.after(Duration.ofDays(1), SelectTest::nothing));
    }

    @Test
    void refusesToRunWithoutACase() {
        assertThatIllegalStateException().isThrownBy(() -> Select.create().run());
        assertThatIllegalStateException().isThrownBy(() -> Select.inOrder().run());
    }

    @Test
    void aWayOutAloneIsEnough() throws Exception {
        Select.create().orElse(event("none")).run();
        long start = System.nanoTime();
        Select.create().after(Duration.ofMillis(5), event("over")).run();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(5_000_000);
        assertThat(events).containsExactly("none", "over");
    }

    // ---- one thing

    @Test
    void doesWhatIsReady() throws Exception {
        Channel<String> room = Channel.buffered(1);
        Select.create().receive(quiet, events::add).receive(full, events::add).run();
        Select.create()
                .receive(quiet, events::add)
                .send(room, "b", event("sent"))
                .run();
        Select.create()
                .receive(quiet, events::add)
                .receive(room.receiver(), events::add)
                .orElse(event("none"))
                .run();
        Select.create()
                .send(room.sender(), "c", event("sent"))
                .after(Duration.ofDays(1), event("over"))
                .run();
        assertThat(events).containsExactly("buffered", "sent", "b", "sent");
        assertThat(room.receive()).isEqualTo("c");
    }

    @Test
    void doesNotWaitWithAWayOut() throws Exception {
        Select.create()
                .receive(quiet, events::add)
                .send(full, "a", event("sent"))
                .orElse(event("none"))
                .run();
        for (Duration past : new Duration[] {Duration.ZERO, Duration.ofDays(-1), Duration.ofSeconds(Long.MIN_VALUE)}) {
            Select.create()
                    .receive(quiet, events::add)
                    .after(past, event("over"))
                    .run();
            Select.create()
                    .receive(full, value -> {})
                    .after(past, event("over"))
                    .run();
            assertThat(full.trySend("buffered")).isTrue();
        }
        assertThat(events).containsExactly("none", "over", "over", "over");
    }

    @Test
    void givesUpInTimeAndNotBefore() throws Exception {
        long start = System.nanoTime();
        Select.create()
                .receive(quiet, events::add)
                .send(full, "late", event("sent"))
                .after(Duration.ofMillis(20), event("over"))
                .run();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
        assertThat(events).containsExactly("over");
        assertThat(full.receive()).isEqualTo("buffered");
        assertThat(full.tryReceive()).isEqualTo(new Received.Empty<String>());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void sleepsUntilACaseIsDone(boolean virtual) throws Exception {
        Waiter select = Waiter.start(virtual, () -> {
            Select.create()
                    .receive(quiet, events::add)
                    .send(full, "second", event("sent"))
                    .after(Duration.ofSeconds(Long.MAX_VALUE), event("over"))
                    .run();
            return null;
        });
        Sleepers.awaitReceivers(quiet, 1);
        Sleepers.awaitSenders(full, 1);
        assertThat(full.receive()).isEqualTo("buffered");
        assertThat(select.result()).isNull();
        assertThat(events).containsExactly("sent");
        assertThat(full.receive()).isEqualTo("second");
        assertThat(quiet.trySend("a")).isFalse(); // a lost case leaves nothing behind
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void isReleasedByAClose(boolean virtual) {
        Waiter receiving = Waiter.start(virtual, () -> {
            Select.create()
                    .send(full, "late", event("sent"))
                    .receive(quiet, events::add, event("closed"))
                    .run();
            return null;
        });
        Sleepers.awaitReceivers(quiet, 1);
        quiet.close();
        assertThat(receiving.result()).isNull();
        Waiter sending = Waiter.start(virtual, () -> {
            Select.create().send(full, "late", event("sent")).run();
            return null;
        });
        Sleepers.awaitSenders(full, 1);
        full.close();
        assertThat(sending.thrown()).isInstanceOf(ChannelClosedException.class);
        assertThat(events).containsExactly("closed");
        assertThat(full.tryReceive()).isEqualTo(new Received.Value<>("buffered"));
        assertThat(full.tryReceive()).isEqualTo(new Received.Closed<String>());
    }

    @Test
    void aClosedChannelIsReady() throws Exception {
        quiet.close();
        Select.create().receive(quiet, events::add, event("closed")).run();
        Select select = Select.create().receive(quiet, events::add).orElse(event("none"));
        assertThatThrownBy(select::run).isInstanceOf(ChannelClosedException.class);
        Select sending = Select.create().send(quiet, "a", event("sent")).after(Duration.ofDays(1), event("over"));
        assertThatThrownBy(sending::run).isInstanceOf(ChannelClosedException.class);
        full.close();
        Select.create().receive(full, events::add, event("closed")).run(); // drained first
        Select.create().receive(full, events::add, event("closed")).run();
        assertThat(events).containsExactly("closed", "buffered", "closed");
    }

    @Test
    void aClosedChannelThatIsNotChosenDoesNoHarm() throws Exception {
        quiet.close();
        Select.inOrder()
                .receive(full, events::add)
                .send(quiet, "a", event("sent"))
                .run();
        assertThat(events).containsExactly("buffered");
    }

    // ---- interrupts

    @Test
    void anInterruptBeforeComesFirst() {
        AtomicInteger asked = new AtomicInteger();
        Supplier<String> supplier = () -> "value " + asked.incrementAndGet();
        Select select = Select.create()
                .receive(full, events::add)
                .sendFrom(quiet, supplier, event("sent"))
                .orElse(event("none"));
        Thread.currentThread().interrupt();
        assertThatThrownBy(select::run).isInstanceOf(InterruptedException.class);
        assertThat(events).isEmpty();
        assertThat(asked.get()).isZero();
        assertThat(full.size()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterruptEndsItAndNoCaseHasRun(boolean virtual) {
        Waiter select = Waiter.start(virtual, () -> {
            Select.create()
                    .receive(quiet, events::add)
                    .send(full, "late", event("sent"))
                    .run();
            return null;
        });
        Sleepers.awaitSenders(full, 1);
        select.thread().interrupt();
        assertThat(select.thrown()).isInstanceOf(InterruptedException.class);
        assertThat(select.interruptedAfter()).isFalse();
        assertThat(events).isEmpty();
        assertThat(full.size()).isEqualTo(1);
    }

    // ---- suppliers

    @Test
    void asksOnceInEachRun() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        Channel<Integer> room = Channel.buffered(2);
        Select select = Select.create().sendFrom(room.sender(), asked::incrementAndGet, event("sent"));
        select.run();
        select.run();
        assertThat(room.receive()).isEqualTo(1);
        assertThat(room.receive()).isEqualTo(2);
        Channel<Integer> nobody = Channel.unbuffered();
        Select.create()
                .sendFrom(nobody, asked::incrementAndGet, event("sent"))
                .after(Duration.ofMillis(5), event("over"))
                .run();
        assertThat(asked.get()).isEqualTo(3);
        assertThat(events).containsExactly("sent", "sent", "over");
    }

    @Test
    void aSupplierThatFailsEndsTheRun() throws Exception {
        Select nothing = Select.create().receive(full, events::add).sendFrom(quiet, () -> null, event("sent"));
        assertThatNullPointerException().isThrownBy(nothing::run);
        Select failing = Select.create()
                .receive(full, events::add)
                .sendFrom(
                        quiet,
                        () -> {
                            throw new IllegalArgumentException("mine");
                        },
                        event("sent"));
        assertThatThrownBy(failing::run).isInstanceOf(IllegalArgumentException.class);
        assertThat(events).isEmpty();
        assertThat(full.size()).isEqualTo(1);
    }

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

    // ---- handlers

    @Test
    void aHandlerMayUseAllButThisSelect() throws Exception {
        Select select = Select.create();
        select.receive(full, value -> {
            assertThat(full.trySend("again")).isTrue(); // no lock is held
            assertThatIllegalStateException().isThrownBy(select::run);
            assertThatIllegalStateException().isThrownBy(() -> select.orElse(SelectTest::nothing));
            assertThatIllegalStateException().isThrownBy(() -> select.receive(quiet, events::add));
            events.add(value);
        });
        select.run();
        select.run();
        assertThat(events).containsExactly("buffered", "again");
    }

    @Test
    void throwsWhatAHandlerThrowsAndRunsAgain() throws Exception {
        Select select = Select.create().receive(full, value -> {
            events.add(value);
            throw new IllegalArgumentException("mine");
        });
        assertThatThrownBy(select::run).isInstanceOf(IllegalArgumentException.class);
        full.send("next");
        assertThatThrownBy(select::run).isInstanceOf(IllegalArgumentException.class);
        assertThat(events).containsExactly("buffered", "next");
    }

    @Test
    void refusesASecondThread() {
        Select select = Select.create().receive(quiet, events::add);
        Waiter first = Waiter.virtual(() -> {
            select.run();
            return null;
        });
        Sleepers.awaitReceivers(quiet, 1);
        assertThatIllegalStateException().isThrownBy(select::run);
        assertThat(quiet.trySend("a")).isTrue();
        assertThat(first.result()).isNull();
    }
}
