package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Await;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    // What the word holds.
    private static final int ASLEEP = 1;
    private static final int RUNG = 2;

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

    /// Of two objects over the same memory, by which only one may wait.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theLastAnnouncementWins(boolean shared) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(4, 4);
            Doorbell one = shared ? Doorbell.shared(memory, 0) : Doorbell.local(memory, 0);
            Doorbell other = shared ? Doorbell.shared(memory, 0) : Doorbell.local(memory, 0);
            Waiter first = Waiter.platform(() -> one.await(() -> false, 1, TimeUnit.DAYS))
                    .awaitAsleep(memory);
            Waiter last = Waiter.platform(() -> other.await(published::get, 1, TimeUnit.DAYS))
                    .awaitAsleep(memory);
            published.set(true);
            other.ring();
            assertThat(last.result()).isEqualTo(true);
            first.thread().interrupt();
            assertThat(first.thrown()).isInstanceOf(InterruptedException.class);
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

    // ---- memory of the caller

    @Test
    void livesInMemoryOfTheCaller() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(64, 4);
            for (Doorbell each : List.of(Doorbell.local(memory, 8), Doorbell.shared(memory, 12))) {
                published.set(false);
                Waiter waiter = Waiter.platform(() -> each.await(published::get, 1, TimeUnit.DAYS));
                Await.until("asleep", () -> each.waiters() == 1);
                published.set(true);
                each.ring();
                assertThat(waiter.result()).isEqualTo(true);
            }
            assertThat(memory.asSlice(0, 64).toArray(INT)).containsOnly(0);
        }
        assertThat(Doorbell.LAYOUT_BYTES).isEqualTo(4);
    }

    /// By another process, that was killed.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void leftoversShutNobodyOut(boolean shared) throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(4, 4);
            Doorbell view = shared ? Doorbell.shared(memory, 0) : Doorbell.local(memory, 0);
            for (int leftover : new int[] {ASLEEP, RUNG, -1}) {
                memory.set(INT, 0, leftover);
                assertThat(view.await(() -> true, 0, TimeUnit.DAYS)).isTrue();
                assertThat(view.await(() -> false, 1, TimeUnit.MICROSECONDS)).isFalse();
                assertThat(memory.get(INT, 0)).as("taken back").isZero();
                memory.set(INT, 0, leftover);
                published.set(false);
                Waiter waiter = Waiter.platform(() -> view.await(published::get, 1, TimeUnit.DAYS))
                        .awaitAsleep(memory);
                published.set(true);
                view.ring();
                assertThat(waiter.result()).isEqualTo(true);
                assertThat(memory.get(INT, 0)).isZero();
            }
            memory.set(INT, 0, ASLEEP);
            view.ring();
            assertThat(memory.get(INT, 0)).isZero();
        }
    }

    /// A ring that was killed, or has failed, after its step and before its wake.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theNextRingWakesInsteadOfOneThatWasKilled(boolean shared) {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(4, 4);
            Doorbell view = shared ? Doorbell.shared(memory, 0) : Doorbell.local(memory, 0);
            Waiter waiter = Waiter.platform(() -> view.await(published::get, 1, TimeUnit.DAYS))
                    .awaitAsleep(memory);
            published.set(true);
            memory.set(INT, 0, RUNG);
            assertThat(view).hasToString("Doorbell[rung]");
            view.ring();
            assertThat(waiter.result()).isEqualTo(true);
            assertThat(memory.get(INT, 0)).isZero();
        }
    }

    @Test
    void refusesWhatIsWrong() {
        MemorySegment memory = Arena.global().allocate(8, 8);
        assertThatNullPointerException().isThrownBy(() -> bell.await(null));
        assertThatNullPointerException().isThrownBy(() -> bell.await(null, 1, TimeUnit.DAYS));
        assertThatNullPointerException().isThrownBy(() -> bell.await(() -> true, 1, null));
        assertThatNullPointerException().isThrownBy(() -> bell.awaitUninterruptibly(null));
        assertThatNullPointerException().isThrownBy(() -> bell.awaitUninterruptibly(() -> true, 0, null));
        assertThatNullPointerException().isThrownBy(() -> Doorbell.local(null, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Doorbell.local(memory, 2));
        assertThatIllegalArgumentException().isThrownBy(() -> Doorbell.shared(memory.asReadOnly(), 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Doorbell.shared(MemorySegment.ofArray(new int[1]), 0));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> Doorbell.shared(memory, 8));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> Doorbell.local(memory, -4));
    }

    @Test
    void saysWhatIsWrongWithItsMemory() {
        Arena arena = Arena.ofShared();
        Doorbell closed = Doorbell.local(arena.allocate(4, 4), 0);
        arena.close();
        assertThatIllegalStateException().isThrownBy(closed::ring);
        assertThatIllegalStateException().isThrownBy(() -> closed.await(() -> false));
        assertThat(closed).hasToString("Doorbell[closed]");
        Doorbell confined = Doorbell.local(Arena.ofConfined().allocate(4, 4), 0);
        assertThat(Waiter.platform(confined::toString).result()).isEqualTo("Doorbell[of another thread]");
        assertThat(Waiter.platform(() -> confined.await(() -> false, 1, TimeUnit.DAYS))
                        .thrown())
                .isInstanceOf(WrongThreadException.class);
    }
}
