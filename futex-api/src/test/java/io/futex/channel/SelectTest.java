package io.futex.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Waiter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What one run does, over channels whose states are known.
class SelectTest extends SelectFixture {
    // ---- arguments

    @Test
    void refusesNull() {
        Select select = Select.create();
        assertThatNullPointerException().isThrownBy(() -> select.receive((Channel<String>) null, value -> {}));
        assertThatNullPointerException().isThrownBy(() -> select.receive(quiet, null));
        assertThatNullPointerException().isThrownBy(() -> select.receive(quiet, null, SelectFixture::nothing));
        assertThatNullPointerException().isThrownBy(() -> select.receive(quiet, value -> {}, null));
        assertThatNullPointerException()
                .isThrownBy(() -> select.send((Channel<String>) null, "a", SelectFixture::nothing));
        assertThatNullPointerException().isThrownBy(() -> select.send(quiet, null, SelectFixture::nothing));
        assertThatNullPointerException().isThrownBy(() -> select.send(quiet, "a", null));
        assertThatNullPointerException().isThrownBy(() -> select.sendFrom(quiet, null, SelectFixture::nothing));
        assertThatNullPointerException().isThrownBy(() -> select.sendFrom(quiet, () -> "a", null));
        assertThatNullPointerException().isThrownBy(() -> select.after(null, SelectFixture::nothing));
        assertThatNullPointerException().isThrownBy(() -> select.after(Duration.ZERO, null));
        assertThatNullPointerException().isThrownBy(() -> select.orElse(null));
        assertThatIllegalStateException().isThrownBy(select::run); // nothing was added
    }

    @Test
    void refusesASecondWayOut() {
        Select timed = Select.create().after(Duration.ofDays(1), SelectFixture::nothing);
        assertThatIllegalStateException().isThrownBy(() -> timed.after(Duration.ofDays(1), SelectFixture::nothing));
        assertThatIllegalStateException().isThrownBy(() -> timed.orElse(SelectFixture::nothing));
        Select other = Select.create().orElse(SelectFixture::nothing);
        assertThatIllegalStateException().isThrownBy(() -> other.orElse(SelectFixture::nothing));
        assertThatIllegalStateException().isThrownBy(() -> other.after(Duration.ofDays(1), SelectFixture::nothing));
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
}
