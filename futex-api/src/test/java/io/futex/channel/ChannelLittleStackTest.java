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
/// The thread goes down to where nothing is left, and on its way back it makes the call at every depth, until that
/// works at some in a row. Later rounds meet compiled code.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ChannelLittleStackTest {
    private static final int STACK_BYTES = 256 << 10;
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

    private int worked;
    private int failed;
    private long locked;
    private Throwable wrong;

    private interface Call {
        void run() throws Exception;
    }

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
        for (int round = 0; round < ROUNDS; round++) {
            int others = round % 8;
            Thread thread = new Thread(null, () -> dive(call(what), others), "little stack", STACK_BYTES);
            thread.start();
            thread.join();
            assertThat(wrong).isNull();
            assertThat(locked).isZero();
            for (Channel<String> one : List.of(channel, other)) {
                Sleepers.requireQuiet(one); // nobody whom the next one would meet
                while (one.tryReceive() instanceof Received.Value<String>) {}
            }
            assertThat(worked).isPositive();
        }
        assertThat(failed).isPositive();
        // All that is left works.
        assertThat(channel.size()).isZero();
        if (!channel.isClosed()) {
            assertThat(channel.trySend("b")).isTrue();
            assertThat(channel.receive()).isEqualTo("b");
        }
    }

    private Call call(String what) {
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

    /// @param others frames of another size, so that the stack ends elsewhere in a frame
    private void dive(Call call, int others) {
        worked = 0;
        try {
            if (others > 0) {
                diveFromBelow(call, others - 1, 1L, 2L, 3L);
            } else {
                down(call);
            }
        } catch (StackOverflowError e) {
            // in the frames above that had no room to catch theirs
        }
    }

    @SuppressWarnings("unused") // they take room
    private void diveFromBelow(Call call, int others, long a, long b, long c) {
        dive(call, others);
    }

    @SuppressWarnings("InfiniteRecursion") // that is the purpose
    private void down(Call call) {
        try {
            down(call);
        } catch (StackOverflowError e) {
            if (worked < ENOUGH) {
                attempt(call);
            }
            throw e;
        }
    }

    private void attempt(Call call) {
        try {
            call.run();
            worked++;
        } catch (StackOverflowError e) {
            failed++;
            worked = 0;
        } catch (Throwable e) { // such as of a class whose initializer has failed so
            wrong = e;
        }
        locked |= (channel.state | other.state) & Sections.LOCK;
        if (locked != 0) {
            worked = ENOUGH; // the next call would never end
        }
    }
}
