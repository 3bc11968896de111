package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.futex.contract.Await;
import io.futex.contract.Scale;
import io.futex.contract.Waiter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The wait of a loop that polls by itself.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DoorbellStepsTest {
    private static final int ROUNDS = Scale.of(20_000, 5_000_000);

    private final Doorbell bell = new Doorbell();

    @Test
    void aRingAfterTheAnnouncementIsKept() throws InterruptedException {
        bell.announce();
        assertThat(bell.waiters()).isOne();
        bell.ring();
        assertThat(bell.awaitRing(1, TimeUnit.DAYS)).isTrue();
        assertQuiet();
    }

    @Test
    void aRingBeforeItIsNot() throws InterruptedException {
        bell.ring();
        bell.announce();
        assertThat(bell.awaitRing(1, TimeUnit.MILLISECONDS)).isFalse();
        assertQuiet();
    }

    @Test
    void withoutAnAnnouncementNobodySleeps() throws InterruptedException {
        assertThat(bell.awaitRing(1, TimeUnit.DAYS)).isTrue();
        bell.announce();
        bell.announce();
        bell.withdraw();
        bell.withdraw();
        assertQuiet();
        assertThat(bell.awaitRing(1, TimeUnit.DAYS)).isTrue();
    }

    @Test
    void aTimeLimitIsKept() throws InterruptedException {
        for (long micros : new long[] {-1, 0, 1, 1000, 20_000}) {
            bell.announce();
            long start = System.nanoTime();
            assertThat(bell.awaitRing(micros, TimeUnit.MICROSECONDS)).isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(micros * 1000);
            assertQuiet();
        }
    }

    @Test
    void anInterruptTakesTheAnnouncementBack() {
        bell.announce();
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> bell.awaitRing(1, TimeUnit.DAYS));
        assertThat(Thread.interrupted()).isFalse();
        assertQuiet();

        Waiter sleeper = sleeper();
        sleeper.thread().interrupt();
        assertThat(sleeper.thrown()).isInstanceOf(InterruptedException.class);
        assertQuiet();
    }

    @Test
    void aSecondWaiterIsRefused() {
        Waiter sleeper = sleeper();
        assertThatIllegalStateException().isThrownBy(() -> bell.awaitRing(1, TimeUnit.DAYS));
        assertThatIllegalStateException().isThrownBy(() -> bell.await(() -> true));
        bell.ring();
        assertThat(sleeper.result()).isEqualTo(true);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void nothingIsMissed(boolean virtual) {
        AtomicInteger published = new AtomicInteger();
        AtomicInteger taken = new AtomicInteger();
        Waiter consumer = Waiter.start(virtual, () -> {
            while (taken.get() < ROUNDS) {
                if (published.getPlain() == taken.get()) {
                    bell.announce();
                    if (published.getPlain() == taken.get()) {
                        var unused = bell.awaitRing(1, TimeUnit.DAYS);
                    } else {
                        bell.withdraw();
                    }
                }
                taken.set(published.getAcquire());
            }
            return "all";
        });
        for (int i = 1; i <= ROUNDS; i++) {
            published.setPlain(i); // ring() has the fence
            bell.ring();
            int number = i;
            if (i % 8 != 0) { // and sometimes none is awaited
                Await.until("taken", () -> taken.get() >= number);
            }
        }
        assertThat(consumer.result()).isEqualTo("all");
        assertQuiet();
    }

    private Waiter sleeper() {
        Waiter sleeper = Waiter.platform(() -> {
            bell.announce();
            return bell.awaitRing(1, TimeUnit.DAYS);
        });
        Await.until("asleep", () -> bell.toString().equals("Doorbell[asleep]"));
        Await.until("in its second step", this::isRefused);
        return sleeper;
    }

    /// Whether another thread waits by now.
    private boolean isRefused() {
        try {
            bell.await(() -> true);
            return false;
        } catch (IllegalStateException e) {
            return true;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void assertQuiet() {
        assertThat(bell).hasToString("Doorbell[quiet]");
        assertThat(bell.waiters()).isZero();
    }
}
