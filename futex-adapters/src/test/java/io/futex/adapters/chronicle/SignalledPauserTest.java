package io.futex.adapters.chronicle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.futex.FutexWord;
import io.futex.adapters.Handover;
import io.futex.contract.Await;
import io.futex.contract.Scale;
import io.futex.contract.Seed;
import io.futex.contract.Waiter;
import io.futex.sync.Doorbell;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import net.openhft.chronicle.core.threads.EventHandler;
import net.openhft.chronicle.threads.MediumEventLoop;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/// The pauser in a loop of Chronicle, and in one of one's own.
@ExtendWith(Seed.class)
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SignalledPauserTest {
    private static final int COUNT = Scale.of(100_000, 5_000_000);

    private final MemorySegment memory = Arena.ofAuto().allocate(Doorbell.LAYOUT_BYTES, Integer.BYTES);
    private final FutexWord word = FutexWord.local(memory, 0);
    private final Doorbell bell = Doorbell.local(memory, 0);

    /// A lost ring is then a hang.
    private final SignalledPauser pauser = new SignalledPauser(bell, Long.MAX_VALUE, TimeUnit.DAYS);

    private volatile long published;
    private volatile long taken;

    /// One thread does both parts, so the moment is exact.
    @Test
    void publicationsBetweenPollAndPauseAreSeen() {
        for (int i = 1; i <= COUNT; i++) {
            if (i % 16 != 0) {
                announce(); // what comes now is between the last poll and the sleep
            }
            publish(i);
            pauser.pause();
            if (!poll()) {
                throw new AssertionError();
            }
            pauser.reset();
        }
        assertThat(word.get()).isZero();
    }

    @Test
    void anEventLoopSleepsOverNothing() {
        try (MediumEventLoop loop = new MediumEventLoop(null, "ftx-loop", pauser, true, "none")) {
            Handover.Pause pause = new Handover.Pause();
            loop.addHandler((EventHandler) () -> {
                boolean work = poll();
                pause.draw(); // to give publications time to come in between
                return work;
            });
            loop.start();
            Handover.publish(COUNT, this::publish, () -> taken);
        }
    }

    /// By `stop()`, which unpauses.
    @Test
    void anEventLoopThatSleepsStops() {
        try (MediumEventLoop loop = new MediumEventLoop(null, "ftx-stopped", pauser, true, "none")) {
            loop.addHandler((EventHandler) this::poll);
            loop.start();
            publish(1);
            Await.until("taken", () -> taken == 1);
            Await.until("about to sleep", () -> bell.waiters() == 1);
            Thread thread = loop.thread();
            loop.stop();
            Await.until("ended", () -> !thread.isAlive());
        }
    }

    /// It is unpaused before the handler is there to be found: the longest pause has to help.
    @Test
    void anEventLoopThatSleepsTakesHandlers() {
        SignalledPauser usual = new SignalledPauser(bell);
        try (MediumEventLoop loop = new MediumEventLoop(null, "ftx-handlers", usual, true, "none")) {
            loop.start();
            Await.until("started", () -> loop.thread() != null);
            for (int i = 1; i <= 100; i++) {
                long number = i;
                loop.addHandler((EventHandler) () -> {
                    if (taken == number - 1) {
                        taken = number;
                    }
                    return false;
                });
                Await.until("called", () -> taken == number);
            }
        }
    }

    @Test
    void anInterruptEndsThePauseAndIsKept() {
        Waiter waiter = Waiter.platform(() -> {
                    while (!Thread.currentThread().isInterrupted()) {
                        pauser.pause();
                    }
                    for (int i = 0; i < 10; i++) {
                        pauser.pause(); // does not sleep any more
                    }
                    return "ended";
                })
                .awaitAsleep(memory);
        waiter.thread().interrupt();
        assertThat(waiter.result()).isEqualTo("ended");
        assertThat(waiter.interruptedAfter()).isTrue();
        assertThat(pauser.countPaused()).isZero(); // none came to its end
    }

    @Test
    void pausesNoLongerThanToldAndNoLess() {
        SignalledPauser timed = new SignalledPauser(bell, 30, TimeUnit.MILLISECONDS);
        long begin = System.nanoTime();
        while (timed.countPaused() == 0) {
            timed.pause();
        }
        assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(30_000_000);
        assertThat(timed.timePaused()).isGreaterThanOrEqualTo(30);
        assertThat(word.get()).isZero();
    }

    /// From the first timed pause on, however many there are.
    @Test
    void aTimeoutIsKept() throws TimeoutException {
        SignalledPauser timed = new SignalledPauser(bell, 1, TimeUnit.MILLISECONDS);
        for (int i = 0; i < 2; i++) {
            long begin = System.nanoTime();
            assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> {
                for (; ; ) {
                    timed.pause(30, TimeUnit.MILLISECONDS);
                }
            });
            assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(30_000_000);
            assertThat(word.get()).isZero();
            timed.reset();
        }
    }

    /// Polls until the next empty poll would be followed by a sleep.
    private void announce() {
        do {
            if (poll()) {
                throw new AssertionError();
            }
            pauser.pause();
        } while (word.get() == 0);
    }

    private boolean poll() {
        if (published == taken) {
            return false;
        }
        taken = published;
        return true;
    }

    private void publish(long number) {
        published = number;
        pauser.unpause();
    }
}
