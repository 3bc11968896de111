package io.futex.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;

/// What the tests of selects have in common: channels whose states are known, and what has happened.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
abstract class SelectFixture {
    final Channel<String> quiet = Channel.unbuffered();
    final Channel<String> full = full();
    final List<String> events = new ArrayList<>();

    static Channel<String> full() {
        Channel<String> channel = Channel.buffered(1);
        assertThat(channel.trySend("buffered")).isTrue();
        return channel;
    }

    static void nothing() {}

    Runnable event(String name) {
        return () -> events.add(name);
    }

    @AfterEach
    void leavesNothingBehind() {
        assertThat(Thread.interrupted()).isFalse();
        Sleepers.requireQuiet(quiet);
        Sleepers.requireQuiet(full);
    }
}
