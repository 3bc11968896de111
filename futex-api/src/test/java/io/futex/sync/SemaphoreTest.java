package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.futex.Futex;
import io.futex.contract.Await;
import io.futex.contract.Scale;
import io.futex.contract.Waiter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SemaphoreTest {
    private final Semaphore semaphore = new Semaphore(0);

    @AfterEach
    void clearInterrupt() {
        Thread.interrupted();
    }

    // ---- one thread

    @Test
    void countsUpAndDown() throws Exception {
        semaphore.release(20);
        semaphore.release();
        semaphore.release(0);
        assertThat(semaphore).hasToString("Semaphore[permits=21]");
        semaphore.acquire();
        semaphore.acquire(2);
        semaphore.acquireUninterruptibly();
        semaphore.acquireUninterruptibly(2);
        assertThat(semaphore.tryAcquire()).isTrue();
        assertThat(semaphore.tryAcquire(2)).isTrue();
        assertThat(semaphore.tryAcquire(0, TimeUnit.DAYS)).isTrue();
        assertThat(semaphore.tryAcquire(2, -1, TimeUnit.DAYS)).isTrue();
        assertThat(semaphore.tryAcquireUninterruptibly(1, TimeUnit.DAYS)).isTrue();
        assertThat(semaphore.tryAcquireUninterruptibly(2, Long.MIN_VALUE, TimeUnit.DAYS))
                .isTrue();
        assertThat(semaphore.availablePermits()).isEqualTo(6);
        assertThat(semaphore.tryAcquire(7)).isFalse();
        assertThat(semaphore.drainPermits()).isEqualTo(6);
        assertThat(semaphore.drainPermits()).isZero();
        assertThat(semaphore.tryAcquire()).isFalse();
        assertThat(semaphore.tryAcquire(0, TimeUnit.DAYS)).isFalse();
        assertThat(semaphore.tryAcquireUninterruptibly(2, 0, TimeUnit.DAYS)).isFalse();
    }

    @Test
    void reducesAsFarAsItGoes() {
        semaphore.release(7);
        assertThat(semaphore.reducePermits(0)).isZero();
        assertThat(semaphore.reducePermits(3)).isEqualTo(3);
        assertThat(semaphore.availablePermits()).isEqualTo(4);
        assertThat(semaphore.reducePermits(Integer.MAX_VALUE)).isEqualTo(4);
        assertThat(semaphore.reducePermits(1)).isZero();
        assertThat(semaphore.tryAcquire()).isFalse();
        semaphore.release();
        assertThat(semaphore.availablePermits()).as("nothing is owed").isEqualTo(1);
    }

    /// Permits that are taken away wake nobody, and who waits stays in.
    @Test
    void reducesBesideThoseWhoWait() {
        List<Waiter> waiters = startAcquirers(2, 3, false);
        waiters.addAll(startAcquirers(2, 1, true));
        Await.until("waiting", () -> semaphore.toString().contains("waiters=2, waiters for several"));
        assertThat(semaphore.waiters()).as("not all are counted").isEqualTo(Futex.UNKNOWN);
        assertThat(semaphore.reducePermits(2)).isZero();
        semaphore.release(8);
        waiters.forEach(waiter -> assertThat(waiter.result()).isEqualTo("acquired"));
        assertThat(semaphore.reducePermits(2)).isZero();
        assertThat(semaphore.waiters()).isZero();
    }

    @Test
    void noPermitsAreAlwaysThere() throws Exception {
        semaphore.acquire(0);
        semaphore.acquireUninterruptibly(0);
        assertThat(semaphore.tryAcquire(0)).isTrue();
        assertThat(semaphore.tryAcquire(0, 1, TimeUnit.DAYS)).isTrue();
        assertThat(semaphore.availablePermits()).isZero();
    }

    @Test
    void negativesAreRefused() {
        semaphore.release(3);
        assertThatIllegalArgumentException().isThrownBy(() -> new Semaphore(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> semaphore.acquire(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> semaphore.acquireUninterruptibly(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> semaphore.tryAcquire(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> semaphore.tryAcquire(-1, 1, TimeUnit.DAYS));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> semaphore.tryAcquireUninterruptibly(-1, 1, TimeUnit.DAYS));
        assertThatIllegalArgumentException().isThrownBy(() -> semaphore.release(Integer.MIN_VALUE));
        assertThatIllegalArgumentException().isThrownBy(() -> semaphore.reducePermits(-1));
        assertThat(semaphore.availablePermits()).isEqualTo(3);
    }

    @Test
    void overflowIsRefusedAndHarmless() {
        Semaphore full = new Semaphore(Integer.MAX_VALUE);
        assertThatExceptionOfType(Error.class)
                .isThrownBy(full::release)
                .withMessageContaining("Maximum permit count exceeded");
        full.acquireUninterruptibly(5);
        assertThatExceptionOfType(Error.class).isThrownBy(() -> full.release(6));
        assertThatExceptionOfType(Error.class).isThrownBy(() -> full.release(Integer.MAX_VALUE));
        full.release(5);
        assertThat(full.drainPermits()).isEqualTo(Integer.MAX_VALUE);
    }

    @Test
    void refusesWhatIsWrong() {
        MemorySegment memory = Arena.global().allocate(32, 8);
        assertThatNullPointerException().isThrownBy(() -> semaphore.tryAcquire(1, null));
        assertThatNullPointerException().isThrownBy(() -> semaphore.tryAcquireUninterruptibly(1, null));
        assertThatIllegalArgumentException().isThrownBy(() -> Semaphore.local(memory, 2));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Semaphore.local(memory, 12))
                .withMessageContaining("divisible by 8");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Semaphore.shared(memory.asSlice(4), 0))
                .withMessageContaining("divisible by 8");
        assertThat(Semaphore.local(memory.asSlice(4), 4).availablePermits())
                .as("it is the address that counts")
                .isZero();
        assertThatIllegalArgumentException().isThrownBy(() -> Semaphore.shared(memory.asReadOnly(), 0));
        assertThatIllegalArgumentException().isThrownBy(() -> Semaphore.local(MemorySegment.ofArray(new int[4]), 0));
        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> Semaphore.shared(memory, 24));
        assertThatNullPointerException().isThrownBy(() -> Semaphore.local(null, 0));
        Arena arena = Arena.ofShared();
        Semaphore closed = Semaphore.local(arena.allocate(16, 8), 0);
        arena.close();
        assertThatIllegalStateException().isThrownBy(closed::release);
        assertThatIllegalStateException().isThrownBy(closed::acquire);
    }

    // ---- time and interrupts

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void timedTriesAreNeverEarly(int n) throws Exception {
        semaphore.release(n - 1);
        for (long micros : new long[] {1, 50, 1000, 20_000}) {
            long start = System.nanoTime();
            assertThat(semaphore.tryAcquire(n, micros, TimeUnit.MICROSECONDS)).isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(micros * 1000);
            start = System.nanoTime();
            assertThat(semaphore.tryAcquireUninterruptibly(n, micros, TimeUnit.MICROSECONDS))
                    .isFalse();
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(micros * 1000);
        }
        semaphore.release();
        assertThat(semaphore.drainPermits()).isEqualTo(n);
        assertThat(semaphore.toString()).doesNotContain("waiters=");
    }

    @Test
    void pendingInterruptComesBeforeThePermit() {
        semaphore.release(5);
        for (Callable<?> call : List.<Callable<?>>of(
                () -> {
                    semaphore.acquire();
                    return "";
                },
                () -> {
                    semaphore.acquire(0);
                    return "";
                },
                () -> semaphore.tryAcquire(0, TimeUnit.DAYS),
                () -> semaphore.tryAcquire(2, 1, TimeUnit.DAYS))) {
            Thread.currentThread().interrupt();
            assertThatExceptionOfType(InterruptedException.class).isThrownBy(call::call);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        }
        Thread.currentThread().interrupt();
        semaphore.acquireUninterruptibly();
        assertThat(semaphore.tryAcquire()).isTrue();
        assertThat(semaphore.tryAcquireUninterruptibly(1, TimeUnit.DAYS)).isTrue();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(semaphore.availablePermits()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"1, false", "1, true", "3, false", "3, true"})
    void interruptEndsTheWait(int n, boolean virtual) {
        for (boolean timed : new boolean[] {false, true}) {
            Waiter waiter = Waiter.start(virtual, () -> {
                if (timed) {
                    return semaphore.tryAcquire(n, 1, TimeUnit.DAYS);
                }
                semaphore.acquire(n);
                return "";
            });
            Await.until("waiting", () -> semaphore.toString().contains("waiters"));
            waiter.thread().interrupt();
            assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
            assertThat(waiter.interruptedAfter()).isFalse();
            semaphore.release(n);
            assertThat(semaphore.drainPermits()).isEqualTo(n);
            assertThat(semaphore).hasToString("Semaphore[permits=0]");
        }
    }

    @ParameterizedTest
    @CsvSource({"1, false", "1, true", "3, false", "3, true"})
    void interruptDoesNotEndAnUninterruptibleWait(int n, boolean virtual) {
        Waiter waiter = Waiter.start(virtual, () -> {
            semaphore.acquireUninterruptibly(n);
            return "acquired";
        });
        Await.until("waiting", () -> semaphore.toString().contains("waiters"));
        waiter.thread().interrupt();
        semaphore.release(n);
        assertThat(waiter.result()).isEqualTo("acquired");
        assertThat(waiter.interruptedAfter()).isTrue();
        assertThat(semaphore.availablePermits()).isZero();
    }

    // ---- several waiters

    /// Releases in a row, faster than anybody wakes up: each lets one in.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyReleaseWakes(boolean virtual) {
        int count = 50;
        List<Waiter> waiters = startAcquirers(count, 1, virtual);
        Await.until("waiting", () -> semaphore.waiters() == count);
        for (int i = 0; i < count; i++) {
            semaphore.release();
        }
        waiters.forEach(waiter -> assertThat(waiter.result()).isEqualTo("acquired"));
        assertThat(semaphore).hasToString("Semaphore[permits=0]");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oneReleaseWakesAsManyAsItHasPermits(boolean virtual) {
        List<Waiter> waiters = startAcquirers(100, 1, virtual);
        Await.until("waiting", () -> semaphore.toString().contains("waiters=100"));
        semaphore.release(60);
        semaphore.release(40);
        waiters.forEach(waiter -> assertThat(waiter.result()).isEqualTo("acquired"));
        assertThat(semaphore.availablePermits()).isZero();
    }

    /// One who wants five sleeps first, and must not keep the wake from one who wants a single permit.
    @ParameterizedTest
    @CsvSource({"false, false", "false, true", "true, false", "true, true"})
    void whoWantsManyDoesNotStrandWhoWantsOne(boolean firstVirtual, boolean otherVirtual) {
        Waiter many = startAcquirers(1, 5, firstVirtual).getFirst();
        Await.until("waiting", () -> semaphore.toString().contains("several"));
        Waiter one = startAcquirers(1, 1, otherVirtual).getFirst();
        Await.until("waiting", () -> semaphore.toString().contains("waiters=1"));
        semaphore.release();
        assertThat(one.result()).isEqualTo("acquired");
        assertThat(many.isDone()).isFalse();
        semaphore.release(4);
        semaphore.release(1);
        assertThat(many.result()).isEqualTo("acquired");
        assertThat(semaphore.availablePermits()).isZero();
    }

    /// Of those who want different numbers, each gets in as soon as there are enough.
    @Test
    void differentNumbersAreServed() {
        List<Waiter> waiters = new ArrayList<>();
        int sum = 0;
        for (int n = 1; n <= 20; n++) {
            waiters.addAll(startAcquirers(1, n, n % 2 == 0));
            sum += n;
        }
        for (int i = 0; i < sum; i++) {
            semaphore.release();
        }
        waiters.forEach(waiter -> assertThat(waiter.result()).isEqualTo("acquired"));
        assertThat(semaphore.availablePermits()).isZero();
    }

    /// Who was woken in vain, since its time was over or it was interrupted, leaves the permit to another.
    @Test
    void whoGivesUpLeavesThePermitToAnother() throws Exception {
        for (int round = 0; round < Scale.of(300, 20_000); round++) {
            boolean interrupted = round % 2 == 0;
            Waiter quitter = Waiter.start(round % 3 == 0, () -> {
                try {
                    if (interrupted) {
                        semaphore.acquire();
                        return true;
                    }
                    return semaphore.tryAcquire(100, TimeUnit.MICROSECONDS);
                } catch (InterruptedException e) {
                    return false;
                }
            });
            Waiter patient = startAcquirers(1, 1, round % 5 == 0).getFirst();
            Await.until("waiting", () -> semaphore.toString().contains("waiters="));
            semaphore.release();
            if (interrupted) {
                quitter.thread().interrupt();
            }
            if (Boolean.TRUE.equals(quitter.result())) {
                semaphore.release();
            }
            assertThat(patient.result()).isEqualTo("acquired");
        }
        assertThat(semaphore.availablePermits()).isZero();
    }

    private List<Waiter> startAcquirers(int count, int n, boolean virtual) {
        List<Waiter> waiters = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            waiters.add(Waiter.start(virtual, () -> {
                semaphore.acquire(n);
                return "acquired";
            }));
        }
        return waiters;
    }
}
