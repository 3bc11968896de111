package io.futex.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Scale;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The stack ends in the middle of a call, wherever: the lock is free afterwards, and nobody seems to wait who has long
/// failed.
///
/// Later rounds meet compiled code.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ChannelLittleStackTest {
    private static final int ROUNDS = Scale.of(30, 500);
    private static final int ENOUGH = 30;

    private final Channel<String> channel = Channel.buffered(2);
    private final Channel<String> other = Channel.unbuffered();
    private final Select select = Select.create()
            .send(channel, "a", () -> {})
            .receive(channel, value -> {})
            .receive(other, value -> {})
            .orElse(() -> {});
    private final Select waiting = Select.create()
            .receive(other, value -> {})
            .receive(channel, value -> {})
            .after(Duration.ofNanos(1), () -> {});

    @ParameterizedTest
    @ValueSource(
            strings = {
                "send and receive",
                "try",
                "wait to receive",
                "wait to send",
                "select",
                "select that waits",
                "close"
            })
    void leavesTheLockFree(String what) throws Exception {
        int failed = 0;
        for (int round = 0; round < ROUNDS; round++) {
            Dive dive = new Dive(call(what), ENOUGH, channel, other);
            dive.start(round % 8).join();
            failed += dive.failed;
            assertThat(dive.wrong).isNull();
            assertThat(dive.locked).isZero();
            for (Channel<String> one : List.of(channel, other)) {
                Sleepers.requireQuiet(one); // nobody whom the next one would meet
                while (one.tryReceive() instanceof Received.Value<String>) {}
            }
            assertThat(dive.worked).isPositive();
        }
        assertThat(failed).isPositive();
        // All that is left works.
        assertThat(channel.size()).isZero();
        if (!channel.isClosed()) {
            assertThat(channel.trySend("b")).isTrue();
            assertThat(channel.receive()).isEqualTo("b");
        }
    }

    private Dive.Call call(String what) {
        return switch (what) {
            case "send and receive" ->
                () -> {
                    if (channel.size() < 2) {
                        channel.send("a");
                    }
                    if (channel.size() > 0) {
                        String unused = channel.receive();
                    }
                };
            case "try" ->
                () -> {
                    for (int i = 0; i < 3; i++) { // the last one in vain
                        boolean unused = channel.trySend("a");
                    }
                    while (channel.tryReceive() instanceof Received.Value<String>) {}
                    boolean unusedToo = other.trySend("a");
                };
            case "wait to receive" ->
                () -> {
                    Received<String> unused = other.tryReceive(1, TimeUnit.NANOSECONDS);
                };
            case "wait to send" ->
                () -> {
                    boolean unused = other.trySend("a", 1, TimeUnit.NANOSECONDS);
                };
            case "select" -> select::run;
            case "select that waits" -> waiting::run;
            default ->
                () -> {
                    other.close();
                    channel.close();
                };
        };
    }
}
