package io.futex.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.Capability;
import io.futex.WaitResult;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/// Waits whose result is a future.
public abstract class FutexAsyncContract extends FutexVirtualThreadContract {
    /// For the subclass that a backend makes.
    protected FutexAsyncContract() {}

    private void assumeAsync() {
        Assumptions.assumeTrue(futex().capabilities().contains(Capability.ASYNC));
    }

    @Test
    void aFutureIsCompleteAtOnceIfThereIsNothingToWaitFor() throws Exception {
        assumeAsync();
        MemorySegment record = newMemory(256);
        MemorySegment word = record.asSlice(132, 4);
        assertThat(futex().waitAsync(word, 1).get()).isEqualTo(WaitResult.CHANGED);
        assertThat(futex().waitAsync(record, 132, 1)).isCompletedWithValue(WaitResult.CHANGED);
        for (long time : new long[] {Long.MIN_VALUE, 0}) {
            assertThat(futex().waitAsync(record, 132, 0, time, TimeUnit.SECONDS))
                    .isCompletedWithValue(WaitResult.TIMED_OUT);
        }
    }

    @Test
    void aFutureRefusesWhatIsNoWord() {
        assumeAsync();
        Assumptions.assumeTrue(takesAnyNativeMemory());
        assertThatThrownBy(() -> futex().waitAsync(null, 0)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> futex().waitAsync(MemorySegment.ofArray(new int[1]), 0))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> futex().waitAsync(newMemory(8), 2, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> futex().waitAsync(newMemory(8), 8, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        Arena closed = Arena.ofShared();
        MemorySegment word = closed.allocate(4, 4);
        closed.close();
        assertThatThrownBy(() -> futex().waitAsync(word, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aWakeCompletesAFutureOnAVirtualThreadOfItsOwn() throws Exception {
        assumeAsync();
        MemorySegment word = newWord(0);
        for (int i = 0; i < 100; i++) {
            AtomicReference<Thread> thread = new AtomicReference<>();
            CompletableFuture<WaitResult> future = futex().waitAsync(word, 0, 0, 1, TimeUnit.HOURS);
            CompletableFuture<Void> then = future.thenRun(() -> thread.set(Thread.currentThread()));
            if (!futex().isShared()) {
                assertThat(futex().wakeAll(word))
                        .as("it waits since the call has returned")
                        .isEqualTo(1);
            } else {
                wakeUntilDone(word, future);
            }
            assertThat(future.get(1, TimeUnit.MINUTES)).isEqualTo(WaitResult.WOKEN);
            then.get(1, TimeUnit.MINUTES);
            if (!thread.get()
                    .equals(Thread.currentThread())) { // else it was complete before the continuation was known
                assertThat(thread.get().isVirtual()).isTrue();
            }
        }
    }

    @Test
    void aFutureNeverTimesOutEarlyNorOnTheTimersThread() throws Exception {
        assumeAsync();
        MemorySegment word = newWord(0);
        for (long nanos : new long[] {1, 10_000, 1_000_000, 20_000_000}) {
            long start = System.nanoTime();
            AtomicReference<Thread> thread = new AtomicReference<>();
            CompletableFuture<WaitResult> future = futex().waitAsync(word, 0, 0, nanos, TimeUnit.NANOSECONDS);
            CompletableFuture<Void> then = future.thenRun(() -> thread.set(Thread.currentThread()));
            if (future.get(1, TimeUnit.MINUTES) == WaitResult.TIMED_OUT) {
                assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(nanos);
            } else {
                assertThat(polls(true)).as("spurious").isTrue();
            }
            then.get(1, TimeUnit.MINUTES);
            assertThat(thread.get().equals(Thread.currentThread())
                            || thread.get().isVirtual())
                    .isTrue();
        }
        assertThat(futex().wakeAll(word)).isLessThanOrEqualTo(0);
    }

    @Test
    void aContinuationThatNeverReturnsKeepsNobodyElse() throws Exception {
        assumeAsync();
        Assumptions.assumeFalse(polls(true)); // the future may be complete at once, and this thread get stuck
        MemorySegment stuck = newWord(0);
        MemorySegment word = newWord(0);
        CountDownLatch never = new CountDownLatch(1);
        CountDownLatch begun = new CountDownLatch(4);
        for (int i = 0; i < 4; i++) {
            CompletableFuture<Void> unused =
                    futex().waitAsync(stuck, 0).thenRun(begun::countDown).thenRun(() -> await(never));
        }
        Await.until("they are stuck", () -> futex().wakeAll(stuck) <= 4 && begun.getCount() == 0);
        List<CompletableFuture<WaitResult>> others = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            others.add(futex().waitAsync(word, 0));
        }
        set(word, 1);
        for (CompletableFuture<WaitResult> other : others) {
            wakeUntilDone(word, other);
        }
        never.countDown();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// In each way in which others may complete it.
    @Test
    void aFutureThatIsCompletedOtherwiseWaitsNoMore() throws Exception {
        assumeAsync();
        Assumptions.assumeFalse(polls(true));
        MemorySegment word = newWord(0);
        CompletableFuture<WaitResult> cancelled = futex().waitAsync(word, 0);
        assertThat(cancelled.cancel(true)).isTrue();
        assertThat(cancelled).isCancelled();
        // On words of their own: one that is withdrawn may pass a wake on, for no reason, to another on its word.
        CompletableFuture<WaitResult> completed = futex().waitAsync(newWord(0), 0);
        assertThat(completed.complete(WaitResult.CHANGED)).isTrue();
        assertThat(completed.complete(WaitResult.WOKEN)).isFalse();
        assertThat(completed.get()).isEqualTo(WaitResult.CHANGED);
        CompletableFuture<WaitResult> late = futex().waitAsync(newWord(0), 0).orTimeout(1, TimeUnit.MILLISECONDS);
        assertThatThrownBy(late::get).isInstanceOf(ExecutionException.class);
        CompletableFuture<WaitResult> timed =
                futex().waitAsync(newWord(0), 0).completeOnTimeout(WaitResult.TIMED_OUT, 1, TimeUnit.MILLISECONDS);
        assertThat(timed.get()).isEqualTo(WaitResult.TIMED_OUT);
        if (!futex().isShared()) {
            assertThat(futex().wakeAll(word)).isZero();
        }
        // Whatever of them is still there for a moment passes the wake on.
        Waiter waiter = Waiter.platform(() -> {
                    awaitOther(word, 0);
                    return null;
                })
                .awaitAsleep(word);
        set(word, 1);
        int unused = futex().wakeOne(word);
        assertThat(waiter.result()).isNull();
    }

    /// A wake for the first in the queue, a future that is cancelled at the same time: then the thread behind it must
    /// be woken, whichever came first.
    @Test
    void noWakeIsLostToACancelledFuture() {
        assumeAsync();
        Assumptions.assumeFalse(polls(true));
        int rounds = Scale.of(500, 50_000);
        for (int i = 0; i < rounds; i++) {
            MemorySegment word = newWord(0); // the last one's wake may still be on its way, passed on for no reason
            int pauses = i % 50 * 20;
            CompletableFuture<WaitResult> future = futex().waitAsync(word, 0);
            Waiter behind = Waiter.platform(() -> futex().wait(word, 0)).awaitAsleep(word);
            AtomicInteger go = new AtomicInteger();
            Waiter canceller = Waiter.platform(() -> {
                while (go.get() == 0) {
                    Thread.onSpinWait();
                }
                for (int k = 0; k < pauses; k++) {
                    Thread.onSpinWait();
                }
                return future.cancel(false);
            });
            go.set(1);
            assertThat(futex().wakeOne(word)).isNotZero();
            if (!(boolean) canceller.result()) {
                wakeUntilDone(word, behind);
            }
            assertWoken(behind);
        }
    }

    /// One token at a time comes with one wake. Threads of both kinds and a future take them and wait for ever, while
    /// others wait for nothing: futures that are cancelled at any moment, and threads that are interrupted or time out.
    /// A wake that one of those has consumed and not passed on leaves the token where it is.
    @Test
    void noWakeIsLostToWhoGivesUp() {
        assumeAsync();
        MemorySegment tokens = newWord(0);
        int count = polls(true) ? 100 : Scale.of(1_500, 100_000);
        AtomicInteger taken = new AtomicInteger();
        List<Waiter> all = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            all.add(Waiter.start(t % 2 == 0, () -> {
                while (take(tokens, taken) >= 0) {
                    var unused = futex().wait(tokens, 0);
                }
                return null;
            }));
        }
        CompletableFuture<Void> patient = patient(tokens, taken);
        for (int t = 0; t < 2; t++) {
            all.add(Waiter.platform(() -> {
                while (get(tokens) >= 0) {
                    CompletableFuture<WaitResult> future = futex().waitAsync(tokens, 0);
                    for (int i = 0; i < taken.get() % 50; i++) {
                        Thread.onSpinWait();
                    }
                    if (!future.cancel(false)) {
                        passOn(tokens, future.join());
                    }
                    // Threads that complete futures must not be made faster than they end.
                    assertThat(Waiter.virtual(() -> null).result()).isNull();
                }
                return null;
            }));
            all.add(Waiter.virtual(() -> {
                while (get(tokens) >= 0) {
                    passOn(tokens, futex().wait(tokens, 0, 20 + taken.get() % 50, TimeUnit.MICROSECONDS));
                    LockSupport.parkNanos(50_000); // while there is a token, whoever takes it may need this carrier
                }
                return null;
            }));
        }
        for (int i = 1; i <= count; i++) {
            int unused = getAndAdd(tokens, 1);
            assertThat(futex().wakeOne(tokens)).isLessThanOrEqualTo(1);
            int given = i;
            Await.until("token " + i + " is taken", () -> taken.get() == given);
        }
        set(tokens, -1);
        Await.until("all have left", () -> futex().wakeAll(tokens) <= 10 && patient.isDone());
        all.forEach(Waiter::result);
        assertThat(get(tokens)).isEqualTo(-1);
    }

    /// By one who does not want what it was woken for.
    private void passOn(MemorySegment tokens, WaitResult result) {
        if (result == WaitResult.WOKEN) {
            assertThat(futex().wakeOne(tokens)).isLessThanOrEqualTo(1);
        }
    }

    /// Takes a token if there is one.
    ///
    /// @return what was there
    private static int take(MemorySegment tokens, AtomicInteger taken) {
        int held = get(tokens);
        if (held > 0 && compareAndSet(tokens, held, held - 1)) {
            taken.incrementAndGet();
        }
        return held;
    }

    private CompletableFuture<Void> patient(MemorySegment tokens, AtomicInteger taken) {
        return take(tokens, taken) < 0
                ? CompletableFuture.completedFuture(null)
                : futex().waitAsync(tokens, 0).thenComposeAsync(unused -> patient(tokens, taken));
    }

    @Test
    void aFutureOfAClosedArenaHearsOfIt() {
        assumeAsync();
        Assumptions.assumeTrue(takesAnyNativeMemory() && !pools() && !polls(true));
        for (int i = 0; i < 5; i++) {
            Arena arena = Arena.ofShared();
            MemorySegment word = arena.allocate(128, 128);
            CompletableFuture<WaitResult> future = futex().waitAsync(word, 0, 0, 20, TimeUnit.MILLISECONDS);
            arena.close();
            assertThatThrownBy(() -> future.get(1, TimeUnit.MINUTES))
                    .isInstanceOf(ExecutionException.class)
                    .cause()
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    private void wakeUntilDone(MemorySegment word, CompletableFuture<?> future) {
        Await.until("the future is woken", () -> futex().wakeAll(word) >= -1 && future.isDone());
    }
}
