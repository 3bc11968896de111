package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
import io.futex.contract.Scale;
import io.futex.contract.Seed;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The same random script on a PMutex and on a ReentrantLock, step by step: which try succeeds, what is refused, who
/// waits, who is let in by what, and what the lock says of itself.
///
/// Left out is what is documented to differ: locking in the thread that holds the lock, and who comes first when
/// several wait. So one thread at most waits without an end.
@ExtendWith(Seed.class)
@Timeout(120)
class PMutexDifferentialTest {
    private static final int STEPS = Scale.of(600, 300_000);
    private static final int NOBODY = -1;

    private final SplittableRandom random = new SplittableRandom(Seed.VALUE);
    private final Arena arena = Arena.ofAuto();
    private Duel<Subject> duel;

    // What the script has led to.
    private int owner = NOBODY;
    private int waiting = NOBODY;
    private boolean waitsInterruptibly;
    private Duel.Outcomes pending;

    private enum Step {
        TRY,
        TRY_FOR_NO_TIME,
        TRY_FOR_A_WHILE,
        TRY_INTERRUPTED,
        LOCK,
        LOCK_INTERRUPTED,
        LOCK_INTERRUPTIBLY,
        LOCK_INTERRUPTIBLY_INTERRUPTED,
        TRY_FOR_A_DAY,
        UNLOCK,
        ASK,
        INTERRUPT_WHO_WAITS;

        boolean mayWait() {
            return this == LOCK || this == LOCK_INTERRUPTED || this == LOCK_INTERRUPTIBLY || this == TRY_FOR_A_DAY;
        }
    }

    /// What both locks can do.
    private interface Subject {
        Lock lock();

        boolean isLocked();

        boolean isMine();

        /// Whether a thread sleeps on it.
        boolean isWaitedFor();
    }

    private record Ours(PMutex lock) implements Subject {
        @Override
        public boolean isLocked() {
            return lock.isLocked();
        }

        @Override
        public boolean isMine() {
            return lock.isHeldByCurrentThread();
        }

        @Override
        public boolean isWaitedFor() {
            return lock.waiters() != 0;
        }
    }

    private record Theirs(ReentrantLock lock) implements Subject {
        @Override
        public boolean isLocked() {
            return lock.isLocked();
        }

        @Override
        public boolean isMine() {
            return lock.isHeldByCurrentThread();
        }

        @Override
        public boolean isWaitedFor() {
            return lock.hasQueuedThreads();
        }
    }

    @AfterEach
    void close() {
        duel.close();
    }

    @ParameterizedTest
    @CsvSource({"1, false", "3, false", "3, true"})
    void doesWhatReentrantLockDoes(int threads, boolean shared) throws Exception {
        PMutex mutex = shared ? PMutex.shared(arena.allocate(PMutex.LAYOUT_BYTES, 4), 0) : new PMutex();
        duel = new Duel<>(new Ours(mutex), new Theirs(new ReentrantLock()), threads);
        Step[] steps = Step.values();
        for (int i = 0; i < STEPS; i++) {
            int who = random.nextInt(threads);
            Step step = who == owner && random.nextBoolean() ? Step.UNLOCK : steps[random.nextInt(steps.length)];
            step(who, step);
            assertThat(duel.ours().isLocked())
                    .as(duel::story)
                    .isEqualTo(duel.theirs().isLocked());
        }
        while (owner != NOBODY) {
            unlock(owner);
        }
        assertThat(mutex).hasToString("PMutex[free]");
    }

    private void step(int who, Step step) throws Exception {
        if (step == Step.INTERRUPT_WHO_WAITS) {
            interruptWhoWaits();
        } else if (who != waiting) {
            switch (step) {
                case UNLOCK -> unlock(who);
                case ASK -> duel.both(who, Subject::isMine);
                default -> acquire(who, step);
            }
        }
    }

    private void acquire(int who, Step step) throws Exception {
        boolean waits = owner != NOBODY && step.mayWait();
        if (who == owner || (waits && waiting != NOBODY)) {
            return;
        }
        long nanos = random.nextInt(8) == 0 ? 2_000_000 : random.nextInt(200_000);
        duel.script(who + " " + step);
        Duel.Action<Subject> action = subject -> perform(step, subject.lock(), nanos);
        if (waits) {
            waiting = who;
            waitsInterruptibly = step == Step.LOCK_INTERRUPTIBLY || step == Step.TRY_FOR_A_DAY;
            pending = duel.submit(who, action);
            Await.until(
                    "both wait",
                    () -> duel.ours().isWaitedFor() && duel.theirs().isWaitedFor());
        } else if (duel.both(who, action).startsWith("true")) {
            assertThat(owner).as(duel::story).isEqualTo(NOBODY);
            owner = who;
        }
    }

    private static boolean perform(Step step, Lock lock, long nanos) throws InterruptedException {
        if (step.name().endsWith("_INTERRUPTED")) {
            Thread.currentThread().interrupt();
        }
        switch (step) {
            case TRY -> {
                return lock.tryLock();
            }
            case TRY_FOR_NO_TIME -> {
                return lock.tryLock(nanos % 2 == 0 ? Long.MIN_VALUE : 0, TimeUnit.NANOSECONDS);
            }
            case TRY_FOR_A_WHILE, TRY_INTERRUPTED -> {
                return lock.tryLock(nanos, TimeUnit.NANOSECONDS);
            }
            case TRY_FOR_A_DAY -> {
                return lock.tryLock(1, TimeUnit.DAYS);
            }
            case LOCK_INTERRUPTIBLY, LOCK_INTERRUPTIBLY_INTERRUPTED -> lock.lockInterruptibly();
            default -> lock.lock();
        }
        return true;
    }

    /// Who has asked for the lock without an end has it as soon as it is free.
    private void unlock(int who) throws Exception {
        duel.script(who + " " + Step.UNLOCK);
        String outcome = duel.both(who, subject -> {
            subject.lock().unlock();
            return "unlocked";
        });
        assertThat(outcome.equals("unlocked")).as(duel::story).isEqualTo(who == owner);
        if (who == owner) {
            owner = waiting;
            waiting = NOBODY;
            if (owner != NOBODY) {
                assertThat(duel.same(pending)).as(duel::story).startsWith("true");
            }
        }
    }

    private void interruptWhoWaits() throws Exception {
        if (waiting != NOBODY) {
            duel.script(waiting + " " + Step.INTERRUPT_WHO_WAITS);
            duel.interrupt(waiting);
            if (waitsInterruptibly) {
                waiting = NOBODY;
                assertThat(duel.same(pending)).as(duel::story).startsWith(InterruptedException.class.getName());
            }
        }
    }
}
