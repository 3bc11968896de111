package io.futex.channel;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
import io.futex.contract.Scale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// An interrupt and a partner at the same moment: the one who waits learns of both.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class InterruptRaceTest {
    private static final int ROUNDS = Scale.of(1_500, 100_000);

    private final Channel<Integer> channel = Channel.unbuffered();
    private final AtomicInteger round = new AtomicInteger();
    private final AtomicInteger received = new AtomicInteger();
    private final AtomicInteger interrupts = new AtomicInteger();

    @ParameterizedTest
    @CsvSource({"PLATFORM, false", "VIRTUAL, false", "PLATFORM, true", "VIRTUAL, true"})
    void neitherIsLost(Threads.Kind kind, boolean bySelect) {
        Threads threads = new Threads(kind);
        Select select = Select.create().receive(channel, this::note);
        Thread receiver = threads.start(() -> {
                    while (received.get() < ROUNDS) {
                        try {
                            if (bySelect) {
                                select.run();
                            } else {
                                note(channel.receive());
                            }
                        } catch (InterruptedException e) {
                            interrupts.incrementAndGet();
                        }
                        if (Thread.interrupted()) {
                            interrupts.incrementAndGet();
                        }
                    }
                    return null;
                })
                .thread();
        threads.start(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                int now = i;
                Await.until("the next round", () -> round.get() > now);
                channel.send(now);
            }
            return null;
        });
        for (int i = 1; i <= ROUNDS; i++) {
            int now = i;
            Await.until("asleep", () -> Sleepers.receivers(channel) == 1);
            round.set(i);
            receiver.interrupt();
            Await.until("both are known", () -> received.get() == now && interrupts.get() == now);
        }
        threads.join();
        Sleepers.requireQuiet(channel);
    }

    private void note(int value) {
        assertThat(value).isEqualTo(received.getAndIncrement());
    }
}
