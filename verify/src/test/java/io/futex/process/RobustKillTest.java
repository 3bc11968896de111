package io.futex.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
import io.futex.contract.Scale;
import io.futex.contract.Waiter;
import io.futex.shared.RobustMutex;
import io.futex.shared.RobustMutex.Outcome;
import io.futex.shared.RobustOnce;
import io.futex.shared.RobustProgram;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Processes that are killed at the steps at which a robust lock could lose the one who sleeps on it.
class RobustKillTest extends SharedFile {
    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

    /// What is loosely asked for: the machine may be busy.
    private static final long SOON_NANOS = TimeUnit.SECONDS.toNanos(20);

    private RobustMutex lock;
    private final List<Long> recoveries = new ArrayList<>();

    RobustKillTest() {
        super(RobustProgram.class, "robust");
    }

    @BeforeEach
    void lay() {
        lock = RobustMutex.over(memory, RobustProgram.LOCK);
    }

    /// Two halves, with and without a newcomer that barges in.
    private static int rounds(Side side) {
        return side == Side.C ? Scale.of(10, 200) : Scale.of(2, 200);
    }

    private void step(long field, int value) {
        INT.setVolatile(memory, field, value);
    }

    private void awaitStep(Process process, int step) {
        Await.until("step " + step, () -> {
            assertThat(process.isAlive()).isTrue();
            return (int) INT.getVolatile(memory, RobustProgram.STEP) == step;
        });
    }

    private Waiter waiter() {
        Waiter waiter = Waiter.platform(() -> {
            Outcome outcome = lock.lock();
            long now = System.nanoTime();
            if (outcome == Outcome.OWNER_DIED) {
                lock.markConsistent();
            }
            lock.unlock();
            recoveries.add(now);
            return outcome;
        });
        return waiter.awaitAsleep(RobustProgram.word(lock));
    }

    private void assertGets(Waiter waiter, Outcome outcome, long since) {
        assertThat(waiter.result()).isEqualTo(outcome);
        long last = recoveries.removeLast() - since;
        assertThat(last).isLessThan(SOON_NANOS);
        recoveries.add(last);
        assertThat(lock).hasToString("RobustMutex[free]");
    }

    private void report(String what) {
        recoveries.sort(null);
        System.out.printf(
                "robust lock, %s: %d recoveries, median %.1f ms, longest %.1f ms, %d of them beyond 100 ms%n",
                what,
                recoveries.size(),
                recoveries.get(recoveries.size() / 2) / 1e6,
                recoveries.getLast() / 1e6,
                recoveries.stream()
                        .filter(nanos -> nanos > TimeUnit.MILLISECONDS.toNanos(100))
                        .count());
    }

    @ParameterizedTest
    @EnumSource
    void theHolderIsKilled(Side side) throws Exception {
        for (int i = 0; i < rounds(side); i++) {
            step(RobustProgram.STEP, 0);
            Process holder = start(side, "hold", 0);
            awaitStep(holder, RobustProgram.HELD);
            Waiter waiter = waiter();
            long killed = System.nanoTime();
            holder.destroyForcibly();
            assertGets(waiter, Outcome.OWNER_DIED, killed);
            holder.waitFor();
        }
        report("the holder killed, " + side);
    }

    /// A waiter in C whose time is over leaves, and gets the lock when it is free; nothing is left in the word for it.
    @Test
    void aWaiterInCGivesUpInTime() throws Exception {
        step(RobustProgram.STEP, 0);
        assertThat(lock.lock()).isEqualTo(Outcome.ACQUIRED);
        Process timed = start(Side.C, "timed", 0);
        awaitStep(timed, RobustProgram.ENTERED);
        lock.unlock();
        assertThat(timed.waitFor()).isZero();
        assertThat(lock).hasToString("RobustMutex[free]");
    }

    /// And in every second round a newcomer has taken the lock before that.
    @ParameterizedTest
    @EnumSource
    void aWaiterIsKilledThatWasJustWoken(Side side) throws Exception {
        for (int i = 0; i < rounds(side); i++) {
            step(RobustProgram.STEP, 0);
            assertThat(lock.lock()).isEqualTo(Outcome.ACQUIRED);
            Process woken = start(side, "woken", 0);
            Sleeper.await(woken, file(), RobustProgram.LOCK);
            Waiter waiter = waiter();
            lock.unlock();
            awaitStep(woken, RobustProgram.WOKEN);
            boolean barges = i % 2 == 0;
            if (barges) {
                assertThat(lock.tryLock()).hasValue(Outcome.ACQUIRED);
            }
            long killed = System.nanoTime();
            woken.destroyForcibly();
            if (barges) {
                woken.waitFor();
                killed = System.nanoTime();
                lock.unlock();
            }
            assertGets(waiter, Outcome.ACQUIRED, killed);
            woken.waitFor();
        }
        report("a woken waiter killed, " + side);
    }

    /// As above.
    @ParameterizedTest
    @EnumSource
    void anOwnerIsKilledBeforeItsWake(Side side) throws Exception {
        for (int i = 0; i < rounds(side); i++) {
            step(RobustProgram.STEP, 0);
            step(RobustProgram.GO, 0);
            Process freed = start(side, "freed", 0);
            awaitStep(freed, RobustProgram.HELD);
            Waiter waiter = waiter();
            step(RobustProgram.GO, 1);
            awaitStep(freed, RobustProgram.FREED);
            boolean barges = i % 2 == 0;
            if (barges) {
                assertThat(lock.tryLock()).hasValue(Outcome.ACQUIRED);
            }
            long killed = System.nanoTime();
            freed.destroyForcibly();
            if (barges) {
                freed.waitFor();
                killed = System.nanoTime();
                lock.unlock();
            }
            assertGets(waiter, Outcome.ACQUIRED, killed);
            freed.waitFor();
        }
        report("an owner killed before its wake, " + side);
    }

    @Test
    void theOneThatRunsABodyIsKilled() {
        RobustOnce once = RobustOnce.over(memory, RobustProgram.ONCE);
        Process running = start(Side.JAVA, "once", 0);
        awaitStep(running, RobustProgram.HELD);
        AtomicInteger runs = new AtomicInteger();
        Waiter waiter = Waiter.platform(() -> {
                    once.run(runs::incrementAndGet);
                    return runs.get();
                })
                .awaitAsleep(RobustProgram.word(once));
        running.destroyForcibly();
        assertThat(waiter.result()).isEqualTo(1);
        assertThat(once.isDone()).isTrue();
    }

    /// Some are killed anywhere, while others go on: no step is done twice, and nobody is left asleep.
    @ParameterizedTest
    @EnumSource
    void someAreKilledAnywhere(Side side) throws Exception {
        Process other = start(Side.C, "storm", Scale.of(20_000, 2_000_000));
        Waiter here = Waiter.platform(() -> {
            RobustProgram.storm(lock, memory, Scale.of(20_000, 2_000_000));
            return true;
        });
        for (int i = 0; i < rounds(side); i++) {
            Process killed = start(side, "storm", -1);
            int before = memory.get(ValueLayout.JAVA_INT, RobustProgram.COUNTER);
            Await.until("it goes on", () -> memory.get(ValueLayout.JAVA_INT, RobustProgram.COUNTER) - before > 1_000);
            killed.destroyForcibly().waitFor();
        }
        assertEnds(other);
        assertThat(here.result()).isEqualTo(true);
    }
}
