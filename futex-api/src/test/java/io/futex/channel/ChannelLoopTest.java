package io.futex.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Waiter;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Channels as what a loop goes over.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ChannelLoopTest {
    @AfterEach
    void leavesNoInterrupt() {
        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void aLoopEndsWithTheChannel() throws Exception {
        Channel<Integer> channel = Channel.buffered(3);
        Waiter sum = Waiter.virtual(() -> {
            int all = 0;
            for (int value : channel) {
                all += value;
            }
            return all;
        });
        for (int i = 1; i <= 100; i++) {
            channel.send(i);
        }
        channel.close();
        assertThat(sum.result()).isEqualTo(5050);
        Iterator<Integer> over = channel.iterator();
        assertThat(over.hasNext()).isFalse();
        assertThatThrownBy(over::next).isInstanceOf(NoSuchElementException.class);
    }

    @Test
    void anIteratorNeedsNoHasNext() throws Exception {
        Channel<String> channel = Channel.buffered(3);
        channel.send("a");
        channel.send("b");
        Iterator<String> values = channel.iterator();
        assertThat(values.next()).isEqualTo("a");
        assertThat(values.hasNext()).isTrue();
        assertThat(values.hasNext()).isTrue();
        assertThat(values.next()).isEqualTo("b");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterruptedLoopIsCancelled(boolean virtual) {
        Channel<String> channel = Channel.unbuffered();
        Waiter loop = Waiter.start(virtual, () -> channel.iterator().hasNext());
        Sleepers.awaitReceivers(channel, 1);
        loop.thread().interrupt();
        assertThat(loop.thrown()).isInstanceOf(CancellationException.class);
        assertThat(loop.interruptedAfter()).isTrue();
        Sleepers.requireQuiet(channel);
    }
}
