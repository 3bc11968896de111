package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.FutexException;
import io.futex.WaitResult;
import io.futex.contract.Await;
import io.futex.contract.Waiter;
import io.futex.memory.ModelWords;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A step, a wake or a wait fails, for want of stack or since the system refuses it: who called hears of it, and what
/// has been left half done can be done again.
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FailingStepTest {
    private final Failing words = new Failing();
    private final AtomicInteger runs = new AtomicInteger();

    // ---- Once

    /// The runner has ended its body, or failed to, and cannot say so. Of those that come next one is the runner, and
    /// who has slept is woken by that.
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whoComesAfterALostRunnerIsTheRunner(boolean bodyFails) {
        Once once = new Once(words, 0);
        AtomicReference<Waiter> asleep = new AtomicReference<>();
        assertFails(() -> once.run(() -> {
            asleep.set(asleep(() -> once.run(runs::incrementAndGet)));
            words.failure = new StackOverflowError();
            if (bodyFails) {
                throw new IllegalArgumentException("on purpose");
            }
        }));
        assertThat(once.isDone()).isFalse();
        List<Waiter> next = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            next.add(Waiter.start(i % 2 == 0, () -> {
                once.run(() -> {
                    assertThat(runs.incrementAndGet()).isOne();
                    assertThat(once).hasToString("Once[running]");
                });
                return once.isDone();
            }));
        }
        next.forEach(each -> assertThat(each.result()).isEqualTo(true));
        assertThat(asleep.get().result()).isEqualTo("returned");
        assertThat(runs).hasValue(1);
    }

    /// It has the same thread run its own, and may fail again.
    @Test
    void aLostRunnerMayComeBack() {
        Once once = new Once(words, 0);
        for (int i = 0; i < 3; i++) {
            assertFails(() -> once.run(() -> words.failure = new StackOverflowError()));
            assertThat(once).hasToString("Once[running]");
        }
        once.run(runs::incrementAndGet);
        assertThat(runs).hasValue(1);
        assertThat(once).hasToString("Once[done]");
    }

    @Test
    void whoFailsToWakeHasRunItsBody() throws Exception {
        Once once = new Once(words, 0);
        assertFails(() -> once.run(() -> {
            asleep(() -> once.run(runs::incrementAndGet));
            words.wakeFailure = new StackOverflowError();
        }));
        assertThat(once.isDone()).isTrue();
        assertThat(once.run(runs::incrementAndGet, 0, TimeUnit.SECONDS)).isTrue();
        assertThat(runs).hasValue(0);
    }

    /// What a supplier has been given is not asked for again, since that may be gone.
    @Test
    void aSupplierKeepsWhatALostRunnerHasGot() {
        Once once = new Once(words, 0);
        Supplier<Integer> supplier = new Once.Memo<>(once, () -> {
            words.failure = new StackOverflowError();
            return runs.incrementAndGet();
        });
        assertFails(() -> assertThat(supplier.get()).isNull());
        assertThat(supplier.get()).isOne();
        assertThat(runs).hasValue(1);
    }

    // ---- WaitGroup

    @Test
    void aTaskThatFailsToSayThatItIsDoneSaysItAgain() {
        WaitGroup group = new WaitGroup(words, 0);
        group.add(1);
        Waiter waiter = asleep(group::await);
        words.failure = new StackOverflowError();
        assertFails(group::done);
        assertThat(group.count()).isOne();
        group.done();
        assertThat(waiter.result()).isEqualTo("returned");
    }

    /// Where the stack ends within the task's thread, `go` has more of it.
    @Test
    void whoGoesLeavesForATaskThatFailsTo() {
        WaitGroup group = new WaitGroup(words, 0);
        assertFails(() -> group.go(Runnable::run, () -> words.failure = new StackOverflowError()));
        assertThat(group.count()).isZero();
    }

    @Test
    void aRoundWhoseWakeFailsIsOver() {
        WaitGroup group = new WaitGroup(words, 0);
        group.add(1);
        Waiter first = asleep(group::await);
        words.wakeFailure = new StackOverflowError();
        assertFails(group::done);
        assertThat(group.count()).isZero();
        group.add(1);
        Waiter second = asleep(group::await);
        group.done();
        assertThat(first.result()).isEqualTo("returned");
        assertThat(second.result()).isEqualTo("returned");
        assertThat(group).hasToString("WaitGroup[count=0]");
    }

    // ---- Parker

    @Test
    void anUnparkThatFailsCanBeRepeated() {
        Parker parker = new Parker(words, 0);
        Waiter owner = asleep(parker::park);
        words.failure = new StackOverflowError();
        assertFails(parker::unpark);
        words.wakeFailure = new StackOverflowError();
        assertFails(parker::unpark);
        parker.unpark();
        assertThat(owner.result()).isEqualTo("returned");
        assertThat(parker).hasToString("Parker[no permit]");
    }

    // ---- Doorbell

    @Test
    void aRingThatFailsCanBeRepeated() {
        Doorbell bell = new Doorbell(words, 0);
        Waiter waiter = asleep(() -> bell.await(() -> runs.get() == 1));
        runs.set(1);
        words.failure = new StackOverflowError();
        assertFails(bell::ring);
        words.wakeFailure = new StackOverflowError();
        assertFails(bell::ring);
        bell.ring();
        assertThat(waiter.result()).isEqualTo("returned");
        assertThat(bell).hasToString("Doorbell[quiet]");
    }

    // ---- waits

    @Test
    void aWaitThatFailsHarmsNobody() throws Exception {
        Once once = new Once(words, 0);
        WaitGroup group = new WaitGroup(words, 8);
        Parker parker = new Parker(words, 16);
        Doorbell bell = new Doorbell(words, 20);
        group.add(1);
        once.run(() -> {
            Waiter failing = Waiter.platform(() -> {
                refuses(() -> once.run(runs::incrementAndGet));
                refuses(group::await);
                refuses(parker::park);
                refuses(() -> bell.await(() -> false));
                return "refused";
            });
            assertThat(failing.result()).isEqualTo("refused");
        });
        group.done();
        assertThat(group).hasToString("WaitGroup[count=0]");
        parker.unpark();
        parker.park();
        assertThat(parker).hasToString("Parker[no permit]");
        assertThat(bell.await(() -> true, 0, TimeUnit.DAYS)).isTrue();
        assertThat(bell).hasToString("Doorbell[quiet]");
        assertThat(once.isDone()).isTrue();
        assertThat(runs).hasValue(0);
    }

    private void refuses(Step call) {
        words.waitFailure = new FutexException("on purpose");
        assertThatThrownBy(call::run).isInstanceOf(FutexException.class);
    }

    private static void assertFails(Step call) {
        assertThatThrownBy(call::run).isInstanceOf(StackOverflowError.class);
    }

    /// A thread that sleeps on one of the words.
    private Waiter asleep(Step call) {
        int before = words.asleep();
        Waiter waiter = Waiter.platform(() -> {
            call.run();
            return "returned";
        });
        Await.until("asleep", () -> words.asleep() > before);
        return waiter;
    }

    private interface Step {
        void run() throws Exception;
    }

    private static final class Failing extends ModelWords {
        private static final int BYTES = 24;

        /// What the next step throws that ends something.
        volatile Error failure;

        volatile Error wakeFailure;
        volatile RuntimeException waitFailure;

        Failing() {
            super(BYTES);
        }

        int asleep() {
            int all = 0;
            for (int at = 0; at < BYTES; at += Integer.BYTES) {
                all += sleepers(at);
            }
            return all;
        }

        private void step() {
            Error thrown = failure;
            if (thrown != null) {
                failure = null;
                throw thrown;
            }
        }

        @Override
        public int getAndSet(long at, int value) {
            step();
            return super.getAndSet(at, value);
        }

        @Override
        public boolean compareAndSet(long at, int expected, int value) {
            step();
            return super.compareAndSet(at, expected, value);
        }

        @Override
        public boolean compareAndSetLong(long at, long expected, long value) {
            step();
            return super.compareAndSetLong(at, expected, value);
        }

        @Override
        public int wake(long at, int count) {
            Error thrown = wakeFailure;
            if (thrown != null) {
                wakeFailure = null;
                throw thrown;
            }
            return super.wake(at, count);
        }

        @Override
        public WaitResult await(long at, int expected, long deadline, boolean interruptible)
                throws InterruptedException {
            RuntimeException thrown = waitFailure;
            if (thrown != null) {
                waitFailure = null;
                throw thrown;
            }
            return super.await(at, expected, deadline, interruptible);
        }
    }
}
