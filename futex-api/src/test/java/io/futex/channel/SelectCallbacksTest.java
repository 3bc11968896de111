package io.futex.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Waiter;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/// The code that a run calls, for a value and with one.
class SelectCallbacksTest extends SelectFixture {
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

    // ---- handlers

    @Test
    void aHandlerMayUseAllButThisSelect() throws Exception {
        Select select = Select.create();
        select.receive(full, value -> {
            assertThat(full.trySend("again")).isTrue(); // no lock is held
            assertThatIllegalStateException().isThrownBy(select::run);
            assertThatIllegalStateException().isThrownBy(() -> select.orElse(SelectFixture::nothing));
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
