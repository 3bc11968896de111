package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Await;
import io.futex.contract.Seed;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(Seed.class)
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BarrierTest {
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;

    /// Every way to wait. The timed ones have a day.
    enum Form {
        AWAIT,
        TIMED,
        UNINTERRUPTIBLY,
        TIMED_UNINTERRUPTIBLY;

        boolean isInterruptible() {
            return this == AWAIT || this == TIMED;
        }

        int await(Barrier barrier) throws Exception {
            return switch (this) {
                case AWAIT -> barrier.await();
                case TIMED -> barrier.await(1, TimeUnit.DAYS);
                case UNINTERRUPTIBLY -> barrier.awaitUninterruptibly();
                case TIMED_UNINTERRUPTIBLY -> barrier.awaitUninterruptibly(1, TimeUnit.DAYS);
            };
        }
    }

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    private static Waiter start(boolean virtual, Form form, Barrier barrier) {
        return Waiter.start(virtual, () -> form.await(barrier));
    }

    private static void awaitWaiters(Barrier barrier, int count) {
        Await.until(count + " have arrived", () -> barrier.waiters() == count);
    }

    // ---- passing

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 8, 17})
    void allPassAndOneLeads(int parties) throws Exception {
        Barrier barrier = new Barrier(parties);
        assertThat(barrier.parties()).isEqualTo(parties);
        for (int generation = 0; generation < 20; generation++) {
            List<Waiter> waiters = new ArrayList<>();
            for (int i = 1; i < parties; i++) {
                waiters.add(start(i % 2 == 0, Form.values()[i % 4], barrier));
                awaitWaiters(barrier, i);
                assertThat(barrier).hasToString("Barrier[parties=" + parties + ", waiters=" + i + "]");
            }
            assertThat(barrier.await()).isZero();
            for (int i = 1; i < parties; i++) {
                assertThat(waiters.get(i - 1).result()).isEqualTo(parties - i);
            }
            assertThat(barrier.waiters()).isZero();
            assertThat(barrier.isBroken()).isFalse();
        }
    }

    @Test
    void lastOnePassesWithoutTime() throws Exception {
        Barrier barrier = new Barrier(2);
        Waiter first = start(false, Form.AWAIT, barrier);
        awaitWaiters(barrier, 1);
        assertThat(barrier.await(0, TimeUnit.SECONDS)).isZero();
        assertThat(first.result()).isEqualTo(1);
        assertThat(new Barrier(1).awaitUninterruptibly(-1, TimeUnit.DAYS)).isZero();
    }

    @Test
    void generationsComeRound() throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(8, 4);
            memory.set(INT, 4, 0x0FFF_FFFC); // the last generation of 3 or 4 parties
            Barrier barrier = Barrier.local(memory, 0, 3);
            for (int generation = 0; generation < 3; generation++) {
                Waiter one = start(false, Form.AWAIT, barrier);
                Waiter two = start(true, Form.AWAIT, barrier);
                awaitWaiters(barrier, 2);
                assertThat(barrier.await()).isZero();
                assertThat((Integer) one.result() + (Integer) two.result()).isEqualTo(3);
                assertThat(memory.get(INT, 4)).isEqualTo(4 * generation);
            }
        }
    }

    // ---- breaking

    @ParameterizedTest
    @EnumSource
    void interruptBreaksOrIsKept(Form form) throws Exception {
        for (boolean virtual : new boolean[] {false, true}) {
            Barrier barrier = new Barrier(3);
            Waiter waiter = start(virtual, form, barrier);
            Waiter other = start(!virtual, Form.AWAIT, barrier);
            awaitWaiters(barrier, 2);
            waiter.thread().interrupt();
            if (form.isInterruptible()) {
                assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
                assertThat(waiter.interruptedAfter()).isFalse();
                assertThat(other.thrown()).isInstanceOf(BrokenBarrierException.class);
                assertThat(barrier.isBroken()).isTrue();
                assertThat(barrier.waiters()).isZero();
                assertThat(barrier).hasToString("Barrier[parties=3, broken]");
            } else {
                assertThat(barrier.await()).isZero();
                assertThat((Integer) waiter.result() + (Integer) other.result()).isEqualTo(3);
                assertThat(waiter.interruptedAfter()).isTrue();
            }
        }
    }

    @Test
    void pendingInterruptBreaks() throws Exception {
        Barrier barrier = new Barrier(2);
        Waiter waiter = start(false, Form.AWAIT, barrier);
        awaitWaiters(barrier, 1);
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(barrier::await);
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
        assertThat(waiter.thrown()).isInstanceOf(BrokenBarrierException.class);

        // Broken comes before interrupted, whose status is kept for the next one.
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(BrokenBarrierException.class).isThrownBy(barrier::await);
        assertThat(Thread.interrupted()).isTrue();

        barrier.reset();
        assertThat(barrier.isBroken()).isFalse();
    }

    @Test
    void interruptBreaksAnEmptyBarrierToo() throws Exception {
        Barrier barrier = new Barrier(1);
        Thread.currentThread().interrupt();
        assertThatExceptionOfType(InterruptedException.class).isThrownBy(barrier::await);
        assertThatExceptionOfType(BrokenBarrierException.class).isThrownBy(barrier::await);
        barrier.reset();
        assertThat(barrier.await()).isZero();
    }

    @Test
    void timeoutBreaks() {
        Barrier barrier = new Barrier(3);
        Waiter waiter = start(false, Form.UNINTERRUPTIBLY, barrier);
        awaitWaiters(barrier, 1);
        long start = System.nanoTime();
        assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> barrier.await(20, TimeUnit.MILLISECONDS));
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(20_000_000);
        assertThat(waiter.thrown()).isInstanceOf(BrokenBarrierException.class);
        assertThatExceptionOfType(BrokenBarrierException.class)
                .isThrownBy(() -> barrier.awaitUninterruptibly(1, TimeUnit.DAYS));
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MIN_VALUE, 0, 1, 1_000, 50_000, 2_000_000})
    void timeoutsAreNeverEarly(long nanos) {
        Barrier barrier = new Barrier(2);
        for (int i = 0; i < 5; i++) {
            long start = System.nanoTime();
            assertThatExceptionOfType(TimeoutException.class)
                    .isThrownBy(() -> barrier.await(nanos, TimeUnit.NANOSECONDS));
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
            assertThat(barrier.isBroken()).isTrue();
            barrier.reset();
            start = System.nanoTime();
            assertThatExceptionOfType(TimeoutException.class)
                    .isThrownBy(() -> barrier.awaitUninterruptibly(nanos, TimeUnit.NANOSECONDS));
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
            barrier.reset();
        }
    }

    @Test
    void resetSendsWaitersAway() throws Exception {
        Barrier barrier = new Barrier(3);
        barrier.reset();
        for (int i = 0; i < 50; i++) {
            Waiter one = start(false, Form.AWAIT, barrier);
            Waiter two = start(true, Form.UNINTERRUPTIBLY, barrier);
            awaitWaiters(barrier, 2);
            barrier.reset();
            assertThat(one.thrown()).isInstanceOf(BrokenBarrierException.class);
            assertThat(two.thrown()).isInstanceOf(BrokenBarrierException.class);
            assertThat(barrier.isBroken()).isFalse();
            assertThat(barrier.waiters()).isZero();
        }
        Waiter one = start(false, Form.AWAIT, barrier);
        Waiter two = start(true, Form.UNINTERRUPTIBLY, barrier);
        awaitWaiters(barrier, 2);
        assertThat(barrier.await()).isZero();
        assertThat((Integer) one.result() + (Integer) two.result()).isEqualTo(3);
    }

    /// Who comes at once again waits for the others to leave, and then meets them.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoIsSentAwayMayComeAtOnce(boolean virtual) {
        for (int round = 0; round < 200; round++) {
            Barrier barrier = new Barrier(3);
            AtomicInteger sentAway = new AtomicInteger();
            List<Waiter> waiters = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                waiters.add(Waiter.start(virtual, () -> {
                    for (; ; ) {
                        try {
                            return barrier.await();
                        } catch (BrokenBarrierException e) {
                            sentAway.incrementAndGet();
                        }
                    }
                }));
            }
            awaitWaiters(barrier, 2);
            barrier.reset();
            Waiter third = Waiter.start(virtual, barrier::await);
            int sum = (Integer) third.result();
            for (Waiter waiter : waiters) {
                sum += (Integer) waiter.result();
            }
            assertThat(sum).isEqualTo(3);
            assertThat(sentAway).as("once each").hasValue(2);
            assertThat(barrier.isBroken()).isFalse();
        }
    }

    /// The dead do not leave. Preset: one had arrived when the barrier was broken.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theDeadAreGivenUp(boolean wrap) throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(8, 4);
            memory.set(INT, 4, wrap ? 0xBFFF_FFFD : 0x8000_0001);
            Barrier barrier = Barrier.shared(memory, 0, 3);
            assertThat(barrier.isBroken()).isTrue();
            assertThatExceptionOfType(BrokenBarrierException.class).isThrownBy(barrier::await);
            barrier.reset();
            assertThat(barrier.isBroken()).isFalse();
            assertThat(barrier.waiters()).isZero();
            List<Waiter> waiters = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                waiters.add(Waiter.start(i == 0, barrier::await));
            }
            int sum = 0;
            for (Waiter waiter : waiters) {
                sum += (Integer) waiter.result();
            }
            assertThat(sum).isEqualTo(3);
            assertThat(memory.get(INT, 4)).as("given up once").isEqualTo(wrap ? 4 : 0x1000_0008);
        }
    }

    /// Time and interrupts count while those that were sent away are waited for.
    @Test
    void whoWaitsForTheDeadMayTire() throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(8, 4);
            memory.set(INT, 4, 0xC000_0001);
            Barrier barrier = Barrier.local(memory, 0, 3);
            assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> barrier.await(1, TimeUnit.MILLISECONDS));
            assertThat(barrier.isBroken()).isTrue();
            barrier.reset();
            Waiter waiter = start(false, Form.AWAIT, barrier);
            waiter.awaitAsleep(memory.asSlice(4, 4));
            waiter.thread().interrupt();
            assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
            assertThat(barrier.isBroken()).isTrue();
        }
    }

    /// One that was stopped for so long that others gave up on it.
    @Test
    void whoWasGivenUpIsToldThatItIsBroken() {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(8, 4);
            Barrier barrier = Barrier.local(memory, 0, 2);
            Waiter waiter = start(false, Form.AWAIT, barrier);
            awaitWaiters(barrier, 1);
            waiter.awaitAsleep(memory.asSlice(4, 4));
            memory.set(INT, 4, 0x1000_0002);
            barrier.reset();
            assertThat(waiter.thrown()).isInstanceOf(BrokenBarrierException.class);
            assertThat(memory.get(INT, 4)).isEqualTo(0x1000_0002);
        }
    }

    // ---- the action

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 8})
    void theLeaderActsBeforeAnybodyReturns(int parties) throws Exception {
        AtomicInteger acted = new AtomicInteger();
        AtomicReference<Thread> actor = new AtomicReference<>();
        Barrier barrier = new Barrier(parties, () -> {
            actor.set(Thread.currentThread());
            acted.incrementAndGet();
        });
        for (int generation = 1; generation <= 20; generation++) {
            List<Waiter> waiters = new ArrayList<>();
            for (int i = 1; i < parties; i++) {
                waiters.add(Waiter.start(i % 2 == 0, () -> {
                    barrier.await();
                    return acted.get();
                }));
            }
            awaitWaiters(barrier, parties - 1);
            assertThat(barrier.await()).isZero();
            assertThat(actor).hasValue(Thread.currentThread());
            assertThat(acted).hasValue(generation);
            for (Waiter waiter : waiters) {
                assertThat(waiter.result()).isEqualTo(generation);
            }
        }
        assertThat(new Barrier(1, null).await()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anActionThatFailsBreaksTheBarrier(boolean error) throws Exception {
        Throwable failure = error ? new StackOverflowError() : new IllegalStateException("on purpose");
        Barrier barrier = new Barrier(3, () -> {
            if (failure instanceof Error e) {
                throw e;
            }
            throw (IllegalStateException) failure;
        });
        Waiter one = start(false, Form.AWAIT, barrier);
        Waiter two = start(true, Form.UNINTERRUPTIBLY, barrier);
        awaitWaiters(barrier, 2);
        assertThatThrownBy(barrier::await).isSameAs(failure);
        assertThat(one.thrown()).isInstanceOf(BrokenBarrierException.class);
        assertThat(two.thrown()).isInstanceOf(BrokenBarrierException.class);
        assertThat(barrier.isBroken()).isTrue();
        assertThatExceptionOfType(BrokenBarrierException.class).isThrownBy(barrier::await);
        barrier.reset();
        assertThat(barrier.isBroken()).isFalse();
        assertThat(barrier.waiters()).isZero();
    }

    /// All have arrived: it is too late for the time of one, for an interrupt of another, for a reset, and for who
    /// comes.
    @Test
    void nothingHappensWhileTheActionRuns() throws Exception {
        java.util.concurrent.Semaphore acts = new java.util.concurrent.Semaphore(0);
        java.util.concurrent.Semaphore over = new java.util.concurrent.Semaphore(0);
        Barrier barrier = new Barrier(3, () -> {
            acts.release();
            over.acquireUninterruptibly();
        });
        Waiter interrupted = start(false, Form.AWAIT, barrier);
        awaitWaiters(barrier, 1);
        Waiter timed = Waiter.platform(() -> barrier.await(1, TimeUnit.SECONDS));
        long start = System.nanoTime();
        awaitWaiters(barrier, 2);
        Waiter leader = start(true, Form.AWAIT, barrier);
        acts.acquire();
        interrupted.thread().interrupt();
        Waiter reset = Waiter.platform(() -> {
            barrier.reset();
            return true;
        });
        Waiter late = start(false, Form.AWAIT, barrier);
        Await.until("the time is over", () -> System.nanoTime() - start > 1_000_000_000);
        Await.until("they wait", () -> late.thread().getState() != Thread.State.NEW);
        for (Waiter waiter : List.of(interrupted, timed, leader, reset, late)) {
            assertThat(waiter.isDone()).isFalse();
        }
        assertThat(barrier.waiters()).isEqualTo(2);
        assertThat(barrier.isBroken()).isFalse();
        over.release();
        assertThat(interrupted.result()).isEqualTo(2);
        assertThat(interrupted.interruptedAfter()).isTrue();
        assertThat(timed.result()).isEqualTo(1);
        assertThat(leader.result()).isEqualTo(0);
        reset.result();
        if (late.isDone()) {
            assertThat(late.thrown()).isInstanceOf(BrokenBarrierException.class); // came before the reset
        } else {
            barrier.reset();
            assertThat(late.thrown()).isInstanceOf(BrokenBarrierException.class);
        }
    }

    @Test
    void anActionMayLookAndReset() throws Exception {
        AtomicReference<Barrier> own = new AtomicReference<>();
        Barrier barrier = new Barrier(1, () -> {
            own.get().reset();
            assertThat(own.get().isBroken()).isFalse();
        });
        own.set(barrier);
        assertThat(barrier.await()).isZero();
    }

    // ---- misuse

    @Test
    void refusesImpossibleNumbers() {
        for (int parties : new int[] {Integer.MIN_VALUE, -1, 0, 65_537, Integer.MAX_VALUE}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Barrier(parties))
                    .withMessageContaining("" + parties);
        }
        assertThat(new Barrier(65_536).parties()).isEqualTo(65_536);
        assertThatNullPointerException().isThrownBy(() -> new Barrier(1).await(1, null));
        assertThatNullPointerException().isThrownBy(() -> new Barrier(1).awaitUninterruptibly(1, null));
    }

    // ---- memory of the caller

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void livesInMemoryOfTheCaller(boolean shared) throws Exception {
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(32, 8);
            Barrier one = view(shared, memory, 8, 2);
            Barrier two = view(shared, memory, 8, 2);
            assertThat(memory.get(INT, 8)).isEqualTo(2);
            Waiter waiter = start(false, Form.AWAIT, one);
            awaitWaiters(two, 1);
            assertThat(two.await()).isZero();
            assertThat(waiter.result()).isEqualTo(1);
            assertThat(memory.get(INT, 12)).isEqualTo(2);

            assertThatIllegalStateException()
                    .isThrownBy(() -> view(shared, memory, 8, 3))
                    .withMessage("the barrier there has 2 parties, not 3");
            assertThat(memory.get(INT, 8)).isEqualTo(2);
            assertThat(memory.get(INT, 4)).isZero();
            assertThat(memory.get(INT, 16)).isZero();
        }
        assertThat(Barrier.LAYOUT_BYTES).isEqualTo(8);
    }

    private static Barrier view(boolean shared, MemorySegment memory, long offset, int parties) {
        return shared ? Barrier.shared(memory, offset, parties) : Barrier.local(memory, offset, parties);
    }

    @Test
    void refusesPlacesThatAreNone() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(16, 4);
            for (boolean shared : new boolean[] {false, true}) {
                assertThatIllegalArgumentException().isThrownBy(() -> view(shared, memory.asReadOnly(), 0, 2));
                assertThatIllegalArgumentException().isThrownBy(() -> view(shared, arena.allocate(20, 4), 2, 2));
                assertThatIllegalArgumentException().isThrownBy(() -> view(shared, memory, 0, 0));
                assertThatIllegalArgumentException()
                        .isThrownBy(() -> view(shared, MemorySegment.ofArray(new int[8]), 0, 2));
                assertThatThrownBy(() -> view(shared, memory, 12, 2)).isInstanceOf(IndexOutOfBoundsException.class);
                assertThatNullPointerException().isThrownBy(() -> view(shared, null, 0, 2));
            }
            assertThat(memory.get(INT, 0)).isZero();
        }
    }

    // ---- against the one that is known to be right

    /// Random events one after the other, each settled before the next.
    @Test
    void behavesAsCyclicBarrier() {
        long seed = Seed.VALUE;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 25; i++) {
            long script = random.nextLong();
            int parties = random.nextInt(1, 5);
            CyclicBarrier model = new CyclicBarrier(parties);
            Barrier ours = new Barrier(parties);
            List<String> expected = play(
                    new SplittableRandom(script),
                    model::await,
                    () -> model.await(0, TimeUnit.SECONDS),
                    model::reset,
                    () -> model.getNumberWaiting() + " " + model.isBroken());
            List<String> found = play(
                    new SplittableRandom(script),
                    ours::await,
                    () -> ours.await(0, TimeUnit.SECONDS),
                    ours::reset,
                    () -> ours.waiters() + " " + ours.isBroken());
            assertThat(found).as("seed %d, round %d", seed, i).isEqualTo(expected);
        }
    }

    private interface State {
        String tell();
    }

    private static List<String> play(
            SplittableRandom random,
            Waiter.Call<Integer> await,
            Waiter.Call<Integer> awaitWithoutTime,
            Runnable reset,
            State state) {
        List<Waiter> waiters = new ArrayList<>();
        List<String> events = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            String before = state.tell();
            switch (random.nextInt(8)) {
                case 0 -> reset.run();
                case 1 -> waiters.add(Waiter.platform(awaitWithoutTime).awaitDone());
                case 2 ->
                    waiters.add(Waiter.platform(() -> {
                                Thread.currentThread().interrupt();
                                return await.run();
                            })
                            .awaitDone());
                case 3 -> {
                    for (Waiter waiter : waiters) {
                        if (!waiter.isDone()) {
                            waiter.thread().interrupt();
                            waiter.awaitDone();
                            break;
                        }
                    }
                }
                default -> {
                    Waiter waiter = Waiter.platform(await);
                    waiters.add(waiter);
                    Await.until(
                            "it waits or has",
                            () -> waiter.isDone() || !state.tell().equals(before));
                }
            }
            // Whoever need not wait any more is out before the next event.
            if (state.tell().charAt(0) == '0') {
                waiters.forEach(Waiter::awaitDone);
            }
            events.add(state.tell());
        }
        reset.run();
        for (Waiter waiter : waiters) {
            Throwable thrown = waiter.thrown();
            events.add(
                    (thrown == null ? "" + waiter.result() : thrown.getClass().getSimpleName())
                            + waiter.interruptedAfter());
        }
        return events;
    }
}
