package io.futex.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.Futex;
import io.futex.FutexException;
import io.futex.WaitResult;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// A native wait that failed and does not say why: whom the engine asks, and in which order.
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FailedWaitTest {
    private static final long MILLI = 1_000_000;

    private final FakeBackend backend = new FakeBackend();
    private final List<Futex> scopes = List.of(backend.local(), backend.shared());
    private final MemorySegment word = Arena.ofAuto().allocate(128, 128);
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void theClockComesFirst() throws Exception {
        backend.diagnosis = () -> {
            throw new AssertionError("the time is over");
        };
        for (Futex futex : scopes) {
            long deadline = System.nanoTime() + 5 * MILLI;
            backend.outcome = () -> {
                while (System.nanoTime() < deadline) {
                    Thread.onSpinWait();
                }
                return Outcome.FAILED;
            };
            assertThat(futex.waitUntil(word, 0, 0, deadline)).isEqualTo(WaitResult.TIMED_OUT);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"WOKEN", "CHANGED"})
    void thenTheSystem(Outcome outcome) throws Exception {
        backend.outcome = () -> Outcome.FAILED;
        backend.diagnosis = () -> outcome;
        for (Futex futex : scopes) {
            WaitResult result = WaitResult.valueOf(outcome.name());
            assertThat(futex.wait(word, 0)).isEqualTo(result);
            assertThat(futex.wait(word, 0, 1, TimeUnit.HOURS)).isEqualTo(result);
            assertThat(futex.waitUninterruptibly(word, 0)).isEqualTo(result);
        }
    }

    @Test
    void whatTheSystemRefusesIsThrown() {
        backend.outcome = () -> Outcome.FAILED;
        backend.diagnosis = () -> {
            throw new FutexException("refused");
        };
        for (Futex futex : scopes) {
            assertThatThrownBy(() -> futex.wait(word, 0)).isInstanceOf(FutexException.class);
            assertThatThrownBy(() -> futex.waitUninterruptibly(word, 0)).isInstanceOf(FutexException.class);
        }
        assertThat(backend.local().wakeOne(word)).isZero();
        assertThat(backend.wakes).as("nobody is counted any more").hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whereNothingIsWrongItWaitsAgain(boolean interruptible) throws Exception {
        for (Futex futex : scopes) {
            backend.waits.set(0);
            backend.outcome = () -> backend.waits.get() < 1_000 ? Outcome.FAILED : Outcome.CHANGED;
            WaitResult result = interruptible ? futex.wait(word, 0) : futex.waitUninterruptibly(word, 0);
            assertThat(result).isEqualTo(WaitResult.CHANGED);
            assertThat(backend.waits).hasValue(1_000);
        }
    }

    /// What is asked is loaded at the first failure, perhaps by a class loader that uses channels: the interrupt must
    /// not be lost to it, whenever it comes.
    @Test
    void anInterruptDuringTheDiagnosisEndsTheWait() {
        for (Futex futex : scopes) {
            backend.outcome = () -> Outcome.FAILED;
            backend.diagnosis = () -> {
                if (asked.incrementAndGet() % 10 == 0) {
                    Thread.currentThread().interrupt();
                }
                return Outcome.EARLY;
            };
            assertThatThrownBy(() -> futex.wait(word, 0)).isInstanceOf(InterruptedException.class);
            assertThat(Thread.interrupted()).isFalse();
            assertThat(backend.wakes).as("there was no wake to pass on").hasValue(0);
        }
    }

    @Test
    void noInterrupterWakesWhoIsNotAsleep() {
        Futex futex = backend.shared();
        Thread.currentThread().interrupt(); // and the hook tells of an interrupt from before
        assertThat(futex.waitUninterruptibly(word, 0)).isEqualTo(WaitResult.WOKEN);
        assertThat(Thread.interrupted()).isTrue();
        backend.outcome = () -> Outcome.FAILED;
        backend.diagnosis = () -> {
            asked.incrementAndGet();
            Await.until("the interrupt", () -> Thread.currentThread().isInterrupted());
            return Outcome.EARLY;
        };
        Waiter waiter = Waiter.platform(() -> futex.wait(word, 0));
        Await.until("it asks", () -> asked.get() == 1);
        waiter.thread().interrupt();
        assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
        assertThat(backend.wakes).hasValue(0);
    }

    /// The system's clock is ahead: it would never sleep. A look each millisecond is what remains.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aTimeoutThatIsEarlyDoesNotSpin(boolean interruptible) throws Exception {
        backend.outcome = () -> Outcome.FAILED;
        backend.diagnosis = () -> Outcome.TIMED_OUT;
        for (Futex futex : scopes) {
            backend.waits.set(0);
            long start = System.nanoTime();
            long deadline = start + 50 * MILLI;
            WaitResult result;
            do {
                result = interruptible
                        ? futex.waitUntil(word, 0, 0, deadline)
                        : futex.waitUntilUninterruptibly(word, 0, 0, deadline);
                assertThat(result).isIn(WaitResult.WOKEN, WaitResult.TIMED_OUT);
            } while (result == WaitResult.WOKEN);
            assertThat(System.nanoTime()).isGreaterThanOrEqualTo(deadline);
            assertThat(backend.waits).hasValueLessThanOrEqualTo(60);
        }
    }

    /// A set flag must not make the nap a spin, nor a nap deaf.
    @Test
    void anInterruptedNapKeepsTheStatus() {
        backend.outcome = () -> Outcome.TIMED_OUT;
        for (Futex futex : scopes) {
            backend.waits.set(0);
            Thread.currentThread().interrupt();
            long deadline = System.nanoTime() + 20 * MILLI;
            while (futex.waitUntilUninterruptibly(word, 0, 0, deadline) != WaitResult.TIMED_OUT) {
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
            }
            assertThat(backend.waits).hasValueLessThanOrEqualTo(30);
            assertThat(Thread.interrupted()).isTrue();
            backend.outcome = () -> {
                Thread.currentThread().interrupt();
                return Outcome.TIMED_OUT;
            };
            assertThatThrownBy(() -> futex.wait(word, 0, 1, TimeUnit.HOURS)).isInstanceOf(InterruptedException.class);
            backend.outcome = () -> Outcome.TIMED_OUT;
        }
    }

    @Test
    void aNapOnAPolledWordAsksToo() {
        Engine polling = Engine.polling(backend);
        backend.outcome = () -> Outcome.FAILED;
        backend.diagnosis = () -> {
            throw new FutexException("refused");
        };
        assertThatThrownBy(() -> polling.wait(word, 0)).isInstanceOf(FutexException.class);
        assertThatThrownBy(() -> polling.waitUninterruptibly(word, 0)).isInstanceOf(FutexException.class);
    }

    @Test
    void aBackendThatFailsMustTellWhy() {
        FutexBackend silent = new TacitBackend();
        assertThatThrownBy(() -> silent.diagnose(word, 0, 0, false, FutexBackend.ALL, FutexBackend.FOREVER))
                .isInstanceOf(UnsupportedOperationException.class)
                .hasMessageContaining("tacit");
    }
}
