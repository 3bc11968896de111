package io.futex.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.Capability;
import io.futex.Futex;
import io.futex.FutexException;
import io.futex.WaitResult;
import io.futex.contract.Asleep;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The engine over a system that answers as told: what it makes of each answer, and when it does not ask at all.
@Timeout(value = 2, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EngineTest {
    private final FakeBackend backend = new FakeBackend();
    private final List<Futex> scopes = List.of(backend.local(), backend.shared());
    private final MemorySegment word = Arena.ofAuto().allocate(128, 128);

    @Test
    void namesTheBackend() {
        assertThat(backend.local()).hasToString("Futex[fake, local, as told]");
        assertThat(backend.shared()).hasToString("Futex[fake, shared, as told]");
        assertThat(backend.local().capabilities())
                .containsExactlyInAnyOrder(Capability.WAKE_COUNT, Capability.WAIT_ANY, Capability.ASYNC);
        assertThat(backend.shared().capabilities())
                .containsExactlyInAnyOrder(Capability.PROCESS_SHARED, Capability.ASYNC);
        assertThat(backend.local().isShared()).isFalse();
        assertThat(backend.shared().isShared()).isTrue();
    }

    @Test
    void capabilitiesAreThoseOfNow() {
        backend.local = Set.of();
        backend.shared = Set.of(Capability.PROCESS_SHARED, Capability.PRECISE_TIMEOUT);
        assertThat(scopes.get(0).capabilities())
                .containsExactlyInAnyOrder(Capability.WAIT_ANY, Capability.ASYNC); // by the table
        assertThat(scopes.get(1).capabilities()).hasSize(3).containsAll(backend.shared);
        backend.shared = Set.of(Capability.PROCESS_SHARED);
        assertThat(scopes.get(1).capabilities()).hasSize(2).containsAll(backend.shared);
    }

    @Test
    void asksTheSystemOnlyForWhatMustSleep() throws Exception {
        for (Futex futex : scopes) {
            assertThat(futex.wait(word, 1)).isEqualTo(WaitResult.CHANGED);
            assertThat(futex.wait(word, 0, 0, TimeUnit.SECONDS)).isEqualTo(WaitResult.TIMED_OUT);
            assertThat(futex.wait(word, 0, -1, TimeUnit.SECONDS)).isEqualTo(WaitResult.TIMED_OUT);
            assertThat(futex.waitUntil(word, 0, 0, Long.MIN_VALUE)).isEqualTo(WaitResult.TIMED_OUT);
            assertThat(futex.waitUntil(word, 0, 0, System.nanoTime())).isEqualTo(WaitResult.TIMED_OUT);
            assertThat(futex.waitUninterruptibly(word, 0, 0, TimeUnit.DAYS)).isEqualTo(WaitResult.TIMED_OUT);
        }
        assertThat(backend.waits).hasValue(0);
    }

    @Test
    void passesResultsOn() throws Exception {
        for (Futex futex : scopes) {
            backend.outcome = () -> Outcome.WOKEN;
            assertThat(futex.wait(word, 0)).isEqualTo(WaitResult.WOKEN);
            backend.outcome = () -> Outcome.CHANGED;
            assertThat(futex.wait(word, 0)).isEqualTo(WaitResult.CHANGED);
            assertThat(futex.waitUninterruptibly(word, 0)).isEqualTo(WaitResult.CHANGED);
        }
    }

    @Test
    void anEarlyReturnIsNotTheCallersConcern() throws Exception {
        for (Futex futex : scopes) {
            for (int i = 0; i < 2; i++) {
                backend.waits.set(0);
                backend.outcome = () -> backend.waits.get() < 1_000 ? Outcome.EARLY : Outcome.WOKEN;
                WaitResult result = i == 0 ? futex.wait(word, 0) : futex.waitUninterruptibly(word, 0);
                assertThat(result).isEqualTo(WaitResult.WOKEN);
                assertThat(backend.waits).hasValue(1_000);
            }
        }
    }

    @Test
    void anInterruptBetweenEarlyReturnsEndsTheWait() {
        for (Futex futex : scopes) {
            backend.outcome = () -> {
                if (backend.waits.get() % 10 == 0) {
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
    void anUninterruptibleWaitLeavesTheStatus() {
        for (Futex futex : scopes) {
            backend.outcome = () -> backend.waits.get() % 10 == 0 ? Outcome.WOKEN : Outcome.EARLY;
            Thread.currentThread().interrupt();
            assertThat(futex.waitUninterruptibly(word, 0)).isEqualTo(WaitResult.WOKEN);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void aWakeTakenByAnInterruptedWaiterIsPassedOn() {
        Futex futex = backend.shared(); // the local one would not ask the system, since nobody else waits
        backend.outcome = () -> {
            Thread.currentThread().interrupt();
            return Outcome.WOKEN;
        };
        assertThatThrownBy(() -> futex.wait(word, 0)).isInstanceOf(InterruptedException.class);
        assertThat(backend.wakes).hasValue(1);
        assertThat(backend.wakeMasks).containsExactly(FutexBackend.ALL);
        for (Outcome outcome : new Outcome[] {Outcome.CHANGED, Outcome.EARLY}) {
            backend.outcome = () -> {
                Thread.currentThread().interrupt();
                return outcome;
            };
            assertThatThrownBy(() -> futex.wait(word, 0, 1, TimeUnit.HOURS)).isInstanceOf(InterruptedException.class);
        }
        assertThat(backend.wakes).as("none of the others took a wake").hasValue(1);
    }

    /// It may lie at an address that is another's by then.
    @Test
    void whoPollsPassesNoWakeOn() {
        backend.shared = Set.of();
        Futex futex = Engine.shared(backend);
        for (int i = 0; i < 20; i++) {
            Arena arena = Arena.ofShared();
            MemorySegment closed = arena.allocate(4, 4);
            Waiter orphan = Waiter.virtual(() -> {
                while (true) {
                    assertThat(futex.wait(closed, 0)).isNotNull();
                }
            });
            Waiter interrupted = Waiter.virtual(() -> {
                while (true) {
                    assertThat(futex.wait(word, 0)).isNotNull();
                }
            });
            Await.until("both poll", () -> Asleep.on(orphan.thread(), closed) && Asleep.on(interrupted.thread(), word));
            arena.close();
            interrupted.thread().interrupt();
            assertThat(orphan.thrown()).isInstanceOf(IllegalStateException.class);
            assertThat(interrupted.thrown()).isInstanceOf(InterruptedException.class);
        }
        assertThat(backend.wakes).hasValue(0);
    }

    @Test
    void aWakeNobodyNeedsDoesNotReachTheSystem() throws Exception {
        Futex local = backend.local();
        for (int i = 0; i < 1_000; i++) {
            assertThat(local.wakeOne(word) + local.wakeAll(word) + local.wake(word, 9))
                    .isZero();
            assertThat(local.wait(word, 0)).isEqualTo(WaitResult.WOKEN); // waits are counted, and leave no trace
        }
        assertThat(backend.wakes).hasValue(0);
        Futex shared = backend.shared();
        for (int i = 0; i < 10; i++) {
            assertThat(shared.wakeOne(word) + shared.wakeAll(word) + shared.wake(word, 9))
                    .isZero();
        }
        assertThat(backend.wakes).hasValue(30); // others' waiters are not known here
        assertThat(shared.wake(word, 0)).isZero();
        assertThat(backend.wakes).hasValue(30);
    }

    @Test
    void aWakeReachesTheSystemWhileSomebodyWaits() {
        Futex local = backend.local();
        backend.woken = () -> 1;
        backend.outcome = () -> {
            assertThat(local.wakeOne(word)).isEqualTo(1);
            assertThat(local.wakeOne(word, 64)).isIn(0, 1); // perhaps another bucket
            return Outcome.WOKEN;
        };
        assertThat(local.waitUninterruptibly(word, 0)).isEqualTo(WaitResult.WOKEN);
        assertThat(backend.wakes).hasValueBetween(1, 2);
    }

    @Test
    void whatTheSystemRefusesIsThrownAndLeavesNoTrace() {
        for (Futex futex : scopes) {
            backend.outcome = () -> {
                throw new FutexException("refused");
            };
            assertThatThrownBy(() -> futex.wait(word, 0)).isInstanceOf(FutexException.class);
            assertThatThrownBy(() -> futex.waitUninterruptibly(word, 0)).isInstanceOf(FutexException.class);
            backend.outcome = () -> Outcome.WOKEN;
            assertThat(futex.waitUninterruptibly(word, 0)).isEqualTo(WaitResult.WOKEN);
        }
        assertThat(backend.local().wakeOne(word)).isZero();
        assertThat(backend.wakes).as("nobody is counted any more").hasValue(0);
    }

    @Test
    void anUnknownCountStaysUnknown() {
        Futex local = backend.local();
        backend.woken = () -> Futex.UNKNOWN;
        AtomicBoolean over = new AtomicBoolean();
        backend.outcome = () -> {
            Await.until("the test is over", over::get);
            return Outcome.WOKEN;
        };
        Waiter slept = Waiter.platform(() -> local.wait(word, 0));
        Await.until("it is in the system", () -> backend.waits.get() == 1);
        assertThat(local.wakeAll(word)).isEqualTo(Futex.UNKNOWN);
        for (int i = 0; i < 4; i++) { // both kinds, by turns first
            Waiter parked = Waiter.virtual(() -> local.wait(word, 0)).awaitAsleep(word);
            assertThat(local.wakeAll(word)).isEqualTo(Futex.UNKNOWN);
            assertThat(parked.waitResult()).isEqualTo(WaitResult.WOKEN);
        }
        over.set(true);
        assertThat(slept.waitResult()).isEqualTo(WaitResult.WOKEN);
    }

    @Test
    void virtualThreadsNeverReachTheSystem() {
        AtomicBoolean virtual = new AtomicBoolean();
        backend.outcome = () -> {
            virtual.compareAndSet(false, Thread.currentThread().isVirtual());
            return Outcome.WOKEN;
        };
        for (int i = 0; i < 20; i++) {
            for (Futex futex : scopes) {
                Waiter waiter = Waiter.virtual(() -> futex.wait(word, 0, 500, TimeUnit.MICROSECONDS));
                assertThat(waiter.waitResult()).isNotEqualTo(WaitResult.CHANGED);
            }
        }
        assertThat(backend.waits).as("of others in their place").hasPositiveValue();
        assertThat(virtual).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterrupterWakesTheWaitersBitAndNoOther(boolean shared) {
        Futex futex = shared ? backend.shared() : backend.local();
        backend.outcome = () -> {
            while (backend.wakeMasks.isEmpty()) { // the flag is set before the wake comes, so it must end nothing here
                Thread.onSpinWait();
            }
            return Outcome.EARLY;
        };
        Waiter waiter = Waiter.platform(() -> futex.wait(word, 0));
        Await.until("it waits", () -> !backend.waitMasks.isEmpty());
        waiter.thread().interrupt();
        assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
        int bit = backend.waitMasks.getFirst();
        assertThat(Integer.bitCount(bit)).isEqualTo(1);
        assertThat(backend.wakeMasks).containsOnly(bit);
    }

    @Test
    void threadsHaveDifferentBitsAndUninterruptibleWaitsHaveOneOfTheirOwn() {
        Futex futex = backend.shared();
        for (int i = 0; i < 31; i++) {
            Waiter waiter = Waiter.platform(() -> futex.wait(word, 0));
            assertThat(waiter.waitResult()).isEqualTo(WaitResult.WOKEN);
        }
        assertThat(backend.waitMasks).doesNotHaveDuplicates().hasSize(31);
        assertThat(futex.waitUninterruptibly(word, 0)).isEqualTo(WaitResult.WOKEN);
        assertThat(backend.waitMasks).doesNotHaveDuplicates().hasSize(32);
    }

    /// Whoever interrupts it how often: one task, that gets patient.
    @Test
    void theHelperOfAWaiterThatNeverLeavesHasLittleToDo() {
        Futex futex = backend.shared();
        AtomicBoolean stopped = new AtomicBoolean(true);
        backend.outcome = () -> {
            Await.until("the test is over", () -> !stopped.get());
            return Outcome.EARLY;
        };
        Waiter waiter = Waiter.platform(() -> futex.wait(word, 0));
        Await.until("it waits", () -> backend.waits.get() == 1);
        for (int i = 0; i < 500; i++) {
            waiter.thread().interrupt();
        }
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 10 && least > 10; i++) { // the first ones while it is getting patient
            int before = backend.wakes.get();
            java.util.concurrent.locks.LockSupport.parkNanos(500_000_000);
            least = Math.min(least, backend.wakes.get() - before);
        }
        assertThat(least).as("wakes in half a second").isBetween(1L, 10L);
        stopped.set(false);
        assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
    }

    /// A waiter that a debugger has stopped takes no notice of wakes: the helper goes on, and `interrupt()` returns.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anInterrupterDoesNotWaitForTheWaiter(boolean shared) {
        Futex futex = shared ? backend.shared() : backend.local();
        AtomicBoolean stopped = new AtomicBoolean(true);
        backend.outcome = () -> {
            while (stopped.get()) {
                Thread.onSpinWait();
            }
            return Outcome.EARLY;
        };
        Waiter waiter = Waiter.platform(() -> futex.wait(word, 0));
        Await.until("it waits", () -> backend.waits.get() == 1);
        waiter.thread().interrupt(); // returns although the waiter is stopped
        int wakes = backend.wakes.get();
        assertThat(wakes).isPositive();
        Await.until("the helper goes on", () -> backend.wakes.get() > wakes + 3);
        stopped.set(false);
        assertThat(waiter.thrown()).isInstanceOf(InterruptedException.class);
        Await.until("the helper has stopped", () -> {
            int before = backend.wakes.get();
            java.util.concurrent.locks.LockSupport.parkNanos(20_000_000);
            return backend.wakes.get() == before;
        });
    }
}
