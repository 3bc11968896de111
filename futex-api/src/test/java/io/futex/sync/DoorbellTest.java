package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DoorbellTest {
    private final Doorbell bell = new Doorbell();
    private final AtomicBoolean published = new AtomicBoolean();

    /// Of a `ready` that counts.
    private final AtomicInteger asked = new AtomicInteger();

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    /// A way to wait.
    enum Form {
        UNTIMED(true, false),
        TIMED(true, true),
        UNINTERRUPTIBLE(false, false),
        TIMED_UNINTERRUPTIBLE(false, true);

        final boolean interruptible;
        final boolean timed;

        Form(boolean interruptible, boolean timed) {
            this.interruptible = interruptible;
            this.timed = timed;
        }

        boolean await(Doorbell bell, BooleanSupplier ready) throws InterruptedException {
            switch (this) {
                case UNTIMED -> bell.await(ready);
                case UNINTERRUPTIBLE -> bell.awaitUninterruptibly(ready);
                case TIMED -> {
                    return bell.await(ready, 1, TimeUnit.DAYS);
                }
                case TIMED_UNINTERRUPTIBLE -> {
                    return bell.awaitUninterruptibly(ready, Long.MAX_VALUE, TimeUnit.DAYS);
                }
            }
            return true;
        }
    }

    private boolean count(boolean result) {
        asked.incrementAndGet();
        return result;
    }

    private void assertQuiet() {
        assertThat(bell).hasToString("Doorbell[quiet]");
        assertThat(bell.waiters()).isZero();
    }

    private void awaitAsleep() {
        Await.until("asleep", () -> bell.waiters() == 1);
    }

    // ---- what is there

    @ParameterizedTest
    @EnumSource
    void returnsAtOnceIfReady(Form form) throws Exception {
        assertThat(form.await(bell, () -> count(true))).isTrue();
        assertThat(asked).hasValue(1);
        assertQuiet();
    }

    @Test
    void asksOnceIfThereIsNoTime() throws Exception {
        assertThat(bell.await(() -> count(false), 0, TimeUnit.DAYS)).isFalse();
        assertThat(bell.await(() -> count(false), Long.MIN_VALUE, TimeUnit.DAYS))
                .isFalse();
        assertThat(bell.awaitUninterruptibly(() -> count(false), -1, TimeUnit.DAYS))
                .isFalse();
        assertThat(bell.awaitUninterruptibly(() -> count(true), 0, TimeUnit.DAYS))
                .isTrue();
        assertThat(asked).hasValue(4);
        assertQuiet();
    }

    @Test
    void timedWaitsAreNeverEarly() throws Exception {
        for (long micros : new long[] {1, 50, 1000, 20_000}) {
            long start = System.nanoTime();
            assertThat(bell.await(() -> false, micros, TimeUnit.MICROSECONDS)).isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(micros * 1000);
            start = System.nanoTime();
            assertThat(bell.awaitUninterruptibly(() -> false, micros, TimeUnit.MICROSECONDS))
                    .isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(micros * 1000);
        }
        assertQuiet();
    }

    /// Whatever the moment at which it becomes true: during the looks, after the announcement, when the time is over.
    @Test
    void isNotAskedAgainOnceItIsReady() throws Exception {
        for (int from = 1; from < 100; from++) {
            int when = from;
            asked.set(0);
            boolean ready = bell.await(
                    () -> {
                        assertThat(asked.incrementAndGet()).isLessThanOrEqualTo(when);
                        return asked.get() == when;
                    },
                    20,
                    TimeUnit.MICROSECONDS);
            assertThat(ready).isEqualTo(asked.get() == when);
            assertQuiet();
        }
    }

    // ---- rings

    @Test
    void ringWithoutAWaiterChangesNothing() throws Exception {
        bell.ring();
        bell.ring();
        assertQuiet();
        assertThat(bell.await(() -> false, 1, TimeUnit.MICROSECONDS)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "false, UNTIMED", "false, TIMED", "false, UNINTERRUPTIBLE", "false, TIMED_UNINTERRUPTIBLE",
        "true, UNTIMED", "true, TIMED", "true, UNINTERRUPTIBLE", "true, TIMED_UNINTERRUPTIBLE"
    })
    void ringEndsAwait(boolean virtual, Form form) {
        for (int i = 0; i < 3; i++) {
            Waiter waiter = Waiter.start(virtual, () -> form.await(bell, published::getPlain));
            awaitAsleep();
            published.setPlain(true);
            bell.ring();
            assertThat(waiter.result()).isEqualTo(true);
            Await.until("quiet", () -> bell.toString().equals("Doorbell[quiet]"));
            published.set(false);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void ringForNothingHasItAskAndSleepOn(boolean virtual) {
        Waiter waiter = Waiter.start(virtual, () -> bell.await(() -> count(published.get()), 1, TimeUnit.DAYS));
        for (int i = 0; i < 3; i++) {
            awaitAsleep();
            int before = asked.get();
            bell.ring();
            Await.until("it asks again", () -> asked.get() > before);
        }
        awaitAsleep();
        published.set(true);
        bell.ring();
        assertThat(waiter.result()).isEqualTo(true);
    }

    /// As many carriers as the build gives, two, are enough for them all, and for who rings.
    @Test
    void virtualThreadsLeaveTheirCarriersToOthers() {
        for (int round = 0; round < 20; round++) {
            published.set(false);
            List<Doorbell> bells =
                    IntStream.range(0, 10).mapToObj(each -> new Doorbell()).toList();
            List<Waiter> waiters = bells.stream()
                    .map(each -> Waiter.virtual(() -> each.await(published::get, 1, TimeUnit.DAYS)))
                    .toList();
            Waiter ringer = Waiter.virtual(() -> {
                Await.until("all are asleep", () -> bells.stream().allMatch(each -> each.waiters() == 1));
                published.set(true);
                bells.forEach(Doorbell::ring);
                return "";
            });
            waiters.forEach(waiter -> assertThat(waiter.result()).isEqualTo(true));
            assertThat(ringer.result()).isEqualTo("");
        }
    }

    // ---- interrupts

    @ParameterizedTest
    @EnumSource
    void pendingInterruptComesBeforeTheQuestion(Form form) throws Exception {
        Thread.currentThread().interrupt();
        if (form.interruptible) {
            assertThatThrownBy(() -> form.await(bell, () -> count(true))).isInstanceOf(InterruptedException.class);
            assertThat(asked).hasValue(0);
            assertThat(Thread.interrupted()).isFalse();
        } else {
            assertThat(form.await(bell, () -> count(true))).isTrue();
            assertThat(Thread.interrupted()).isTrue();
        }
        assertQuiet();
    }

    @Test
    void pendingInterruptComesBeforeTheTime() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> bell.await(() -> true, 0, TimeUnit.DAYS)).isInstanceOf(InterruptedException.class);
        Thread.currentThread().interrupt();
        assertThat(bell.awaitUninterruptibly(() -> false, 100, TimeUnit.MICROSECONDS))
                .isFalse();
        assertThat(Thread.interrupted()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({"false, UNTIMED", "false, TIMED", "true, UNTIMED", "true, TIMED"})
    void interruptEndsAwait(boolean virtual, Form form) throws Exception {
        Waiter waiter = Waiter.start(virtual, () -> form.await(bell, published::get));
        awaitAsleep();
        waiter.thread().interrupt();
        assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
        assertThat(waiter.interruptedAfter()).isFalse();
        assertQuiet();
        assertThat(bell.await(() -> true, 0, TimeUnit.DAYS)).as("the next one").isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "false, UNINTERRUPTIBLE",
        "false, TIMED_UNINTERRUPTIBLE",
        "true, UNINTERRUPTIBLE",
        "true, TIMED_UNINTERRUPTIBLE"
    })
    void interruptDoesNotEndAnUninterruptibleAwait(boolean virtual, Form form) {
        Waiter waiter = Waiter.start(virtual, () -> form.await(bell, published::get));
        awaitAsleep();
        waiter.thread().interrupt();
        bell.ring();
        awaitAsleep();
        assertThat(waiter.isDone()).isFalse();
        published.set(true);
        bell.ring();
        assertThat(waiter.result()).isEqualTo(true);
        assertThat(waiter.interruptedAfter()).isTrue();
        assertQuiet();
    }

    // ---- a `ready` that throws

    /// At the first question, during the looks, after the announcement, and at the last one.
    @Test
    void whatReadyThrowsIsThrownAndNothingStays() throws Exception {
        for (int from = 1; from < 100; from++) {
            int when = from;
            asked.set(0);
            BooleanSupplier ready = () -> {
                if (asked.incrementAndGet() == when) {
                    throw new IllegalArgumentException("on purpose");
                }
                return false;
            };
            try {
                assertThat(bell.await(ready, 20, TimeUnit.MICROSECONDS)).isFalse();
                assertThat(asked.get()).isLessThan(when);
            } catch (IllegalArgumentException e) {
                assertThat(asked).hasValue(when);
            }
            assertQuiet();
            assertThat(bell.await(() -> true, 0, TimeUnit.DAYS)).isTrue();
        }
    }

    @Test
    void whatReadyThrowsAfterTheAnnouncementTakesItBack() {
        assertThatThrownBy(() -> bell.await(() -> {
                    if (bell.waiters() == 1) {
                        throw new AssertionError("on purpose");
                    }
                    return false;
                }))
                .hasMessage("on purpose");
        assertQuiet();
    }

    @Test
    void whatReadyThrowsWhenItIsRungIsThrown() {
        Waiter waiter = Waiter.platform(() -> bell.await(
                () -> {
                    if (published.get()) {
                        throw new IllegalArgumentException("on purpose");
                    }
                    return false;
                },
                1,
                TimeUnit.DAYS));
        awaitAsleep();
        published.set(true);
        bell.ring();
        assertThat(waiter.thrown()).hasMessage("on purpose");
        assertQuiet();
    }

    // ---- one waiter

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void secondWaiterOfAnObjectIsRefused(boolean virtual) throws Exception {
        Waiter first = Waiter.start(virtual, () -> bell.await(published::get, 1, TimeUnit.DAYS));
        awaitAsleep();
        for (Form form : Form.values()) {
            assertThatIllegalStateException().isThrownBy(() -> form.await(bell, () -> count(false)));
            assertThatIllegalStateException().isThrownBy(() -> form.await(bell, () -> count(true)));
        }
        assertThat(asked).hasValue(0);
        assertThat(bell.waiters()).as("the first one sleeps on").isOne();
        published.set(true);
        bell.ring();
        assertThat(first.result()).isEqualTo(true);
        assertThat(bell.await(() -> true, 0, TimeUnit.DAYS)).isTrue();
        assertQuiet();
    }

    /// Both have been asked already, so neither has found the other.
    @Test
    void ofTwoThatComeAtOnceOneIsRefused() {
        for (int i = 0; i < 20; i++) {
            Doorbell both = new Doorbell();
            published.set(false);
            AtomicInteger come = new AtomicInteger();
            Waiter.Call<Boolean> wait = () -> {
                boolean[] met = new boolean[1];
                return both.await(
                        () -> {
                            if (!met[0]) {
                                met[0] = true;
                                come.incrementAndGet();
                                Await.until("both are asked", () -> come.get() == 2);
                            }
                            return published.get();
                        },
                        1,
                        TimeUnit.DAYS);
            };
            List<Waiter> waiters = List.of(Waiter.platform(wait), Waiter.platform(wait));
            Await.until("one is refused", () -> waiters.stream().anyMatch(Waiter::isDone));
            published.set(true);
            both.ring();
            assertThat(waiters.stream().filter(each -> each.thrown() instanceof IllegalStateException))
                    .hasSize(1);
        }
    }

    @Test
    void theWaiterMayChange() {
        for (int i = 0; i < 100; i++) {
            published.set(false);
            Waiter waiter = Waiter.start(i % 2 == 0, () -> bell.await(published::get, 1, TimeUnit.DAYS));
            published.set(true);
            bell.ring();
            assertThat(waiter.result()).isEqualTo(true);
        }
    }
}
