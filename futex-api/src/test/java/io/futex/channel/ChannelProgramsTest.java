package io.futex.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Scale;
import io.futex.contract.Waiter;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Programs that are known from Go, and what must not be kept.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ChannelProgramsTest {
    private static final int LINKS = Scale.of(10_000, 100_000);
    private static final int PRIMES = Scale.of(100, 1_000);

    @Test
    void aChainOfManyThreads() throws Exception {
        Channel<Integer> first = Channel.unbuffered();
        Channel<Integer> right = first;
        for (int i = 0; i < LINKS; i++) {
            Channel<Integer> to = right;
            Channel<Integer> from = Channel.unbuffered();
            Waiter unused = Waiter.virtual(() -> {
                to.send(from.receive() + 1);
                return null;
            });
            right = from;
        }
        right.send(0);
        assertThat(first.receive()).isEqualTo(LINKS);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16})
    void aSieveOfPrimes(int capacity) throws Exception {
        List<Channel<Integer>> channels = new ArrayList<>();
        Channel<Integer> numbers = channel(capacity);
        channels.add(numbers);
        Waiter unusedSource = Waiter.virtual(() -> {
            for (int i = 2; ; i++) {
                numbers.send(i);
            }
        });
        List<Integer> primes = new ArrayList<>();
        Channel<Integer> from = numbers;
        for (int i = 0; i < PRIMES; i++) {
            Channel<Integer> in = from;
            int prime = in.receive();
            primes.add(prime);
            Channel<Integer> out = channel(capacity);
            channels.add(out);
            Waiter unusedFilter = Waiter.virtual(() -> {
                for (int number : in) {
                    if (number % prime != 0) {
                        out.send(number);
                    }
                }
                return null;
            });
            from = out;
        }
        channels.forEach(Channel::close);
        assertThat(primes).startsWith(2, 3, 5, 7, 11, 13, 17, 19, 23, 29).doesNotHaveDuplicates();
        assertThat(primes).allMatch(ChannelProgramsTest::isPrime);
    }

    private static Channel<Integer> channel(int capacity) {
        return capacity == 0 ? Channel.unbuffered() : Channel.buffered(capacity);
    }

    private static boolean isPrime(int n) {
        for (int i = 2; i * i <= n; i++) {
            if (n % i == 0) {
                return false;
            }
        }
        return true;
    }

    // ---- what is not kept

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8})
    void keepsNoValue(int capacity) throws Exception {
        Channel<Object> channel = capacity == 0 ? Channel.unbuffered() : Channel.buffered(capacity);
        Channel<Object> closed = Channel.unbuffered();
        Channel<Object> other = Channel.buffered(1);
        Select receiving = Select.create().receive(channel, value -> {}).receive(closed, value -> {});
        Object[] next = new Object[1];
        Select sending = Select.create()
                .sendFrom(channel, () -> next[0], () -> {})
                .after(Duration.ofNanos(1), () -> {})
                .receive(other, value -> {});
        List<WeakReference<Object>> values = new ArrayList<>();

        // Received: from the buffer, the cell, the queue, by a select that sleeps.
        Waiter receiver = Waiter.platform(() -> channel.receive() != null);
        Sleepers.awaitReceivers(channel, 1);
        channel.send(fresh(values));
        receiver.result();
        Waiter select = Waiter.virtual(() -> {
            receiving.run();
            return null;
        });
        Sleepers.awaitReceivers(channel, 1);
        channel.send(fresh(values));
        select.result();
        for (int i = 0; i < capacity; i++) {
            channel.send(i);
        }
        // Not sent: in time, interrupted, by a case that has lost, at a close.
        assertThat(channel.trySend(fresh(values), 1, TimeUnit.MILLISECONDS)).isFalse();
        Waiter interrupted = Waiter.platform(() -> channel.trySend(fresh(values), 1, TimeUnit.DAYS));
        Sleepers.awaitSenders(channel, 1);
        interrupted.thread().interrupt();
        assertThat(interrupted.thrown()).isInstanceOf(InterruptedException.class);
        next[0] = fresh(values);
        sending.run();
        other.send(fresh(values));
        next[0] = fresh(values);
        sending.run();
        next[0] = null;
        Waiter late = Waiter.virtual(() -> closed.trySend(fresh(values), 1, TimeUnit.DAYS));
        Sleepers.awaitSenders(closed, 1);
        closed.close();
        assertThat(late.thrown()).isInstanceOf(ChannelClosedException.class);

        for (int i = 0; i < capacity; i++) {
            assertThat(channel.receive()).isEqualTo(i);
        }
        for (int i = 0; i < 2 * capacity; i++) { // through every place of the buffer, by either way
            channel.send(fresh(values));
            assertThat(i % 3 == 0 ? channel.tryReceive() : channel.receive()).isNotNull();
        }

        for (int i = 0; i < 200 && !values.stream().allMatch(value -> value.refersTo(null)); i++) {
            System.gc();
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(values).allMatch(value -> value.refersTo(null));
        assertThat(List.of(channel, closed, other, receiving, sending)).isNotNull(); // all of them are still there
    }

    private static Object fresh(List<WeakReference<Object>> values) {
        Object value = new Object();
        values.add(new WeakReference<>(value));
        return value;
    }
}
