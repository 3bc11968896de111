package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Await;
import io.futex.contract.Scale;
import io.futex.contract.Seed;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The same random script on a RwMutex and on a ReentrantReadWriteLock, step by step: which try succeeds, what is
/// refused, who waits, who is let in by what, and what the lock says of itself.
///
/// Left out is what is documented to differ: locking in a thread that holds the write lock, a read unlock by a thread
/// that does not read, and who comes first when several wait. So one thread at most waits at a time.
@ExtendWith(Seed.class)
@Timeout(120)
class RwMutexDifferentialTest {
    private static final int STEPS = Scale.of(6_000, 600_000);
    private static final int NOBODY = -1;

    private final SplittableRandom random = new SplittableRandom(Seed.VALUE);
    private final Arena arena = Arena.ofAuto();
    private Duel<Subject> duel;

    // What the script has led to.
    private int writer = NOBODY;
    private int[] reads;
    private int waiting = NOBODY;
    private boolean waitsToWrite;
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
        DOWNGRADE,
        ASK,
        INTERRUPT_WHO_WAITS
    }

    /// What both locks can do.
    private interface Subject {
        Lock lock(boolean write);

        void downgrade();

        boolean isWriteLockedByCurrentThread();

        /// All that everybody can see.
        String state();

        /// Whether a thread sleeps on it.
        boolean isWaitedFor();
    }

    private record Ours(RwMutex mutex) implements Subject {
        @Override
        public Lock lock(boolean write) {
            return write ? mutex.writeLock() : mutex.readLock();
        }

        @Override
        public void downgrade() {
            mutex.downgrade();
        }

        @Override
        public boolean isWriteLockedByCurrentThread() {
            return mutex.isWriteLockedByCurrentThread();
        }

        @Override
        public String state() {
            return "written=" + mutex.isWriteLocked() + ", readers=" + mutex.readers();
        }

        @Override
        public boolean isWaitedFor() {
            return mutex.toString().contains("wait");
        }
    }

    private record Theirs(ReentrantReadWriteLock lock) implements Subject {
        @Override
        public Lock lock(boolean write) {
            return write ? lock.writeLock() : lock.readLock();
        }

        @Override
        @SuppressWarnings("LockNotBeforeTry") // the script lets go of it
        public void downgrade() {
            if (!lock.isWriteLockedByCurrentThread()) {
                throw new IllegalMonitorStateException();
            }
            lock.readLock().lock();
            lock.writeLock().unlock();
        }

        @Override
        public boolean isWriteLockedByCurrentThread() {
            return lock.isWriteLockedByCurrentThread();
        }

        @Override
        public String state() {
            return "written=" + lock.isWriteLocked() + ", readers=" + lock.getReadLockCount();
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
    @CsvSource({"1, false", "1, true", "3, false", "3, true"})
    void doesWhatReentrantReadWriteLockDoes(int threads, boolean shared) throws Exception {
        RwMutex mutex = shared ? RwMutex.shared(arena.allocate(RwMutex.LAYOUT_BYTES, 4), 0) : new RwMutex();
        duel = new Duel<>(new Ours(mutex), new Theirs(new ReentrantReadWriteLock()), threads);
        reads = new int[threads];
        Step[] steps = Step.values();
        for (int i = 0; i < STEPS; i++) {
            int who = random.nextInt(threads);
            if (random.nextInt(3) == 0) {
                step(who, steps[random.nextInt(steps.length)], random.nextBoolean());
            } else if (who == writer || reads[who] != 0) { // lest the readers become ever more
                boolean downgrades = who == writer && random.nextInt(4) == 0;
                step(who, downgrades ? Step.DOWNGRADE : Step.UNLOCK, who == writer);
            }
        }
        letGo();
        assertThat(mutex).hasToString("RwMutex[open]");
    }

    // ---- the script

    private void step(int who, Step step, boolean write) throws Exception {
        if (step == Step.INTERRUPT_WHO_WAITS) {
            interruptWhoWaits();
            return;
        }
        if (who == waiting) {
            return;
        }
        switch (step) {
            case UNLOCK -> unlock(who, write);
            case DOWNGRADE -> downgrade(who);
            case ASK -> duel.both(who, subject -> "mine=" + subject.isWriteLockedByCurrentThread());
            default -> acquire(who, step, write);
        }
        compareStates();
    }

    private void acquire(int who, Step step, boolean write) throws Exception {
        if (who == writer || (waiting != NOBODY && !(write && step == Step.TRY))) {
            return;
        }
        boolean free = write ? isFreeToWrite() : writer == NOBODY;
        boolean waits = !free
                && (step == Step.LOCK
                        || step == Step.LOCK_INTERRUPTED
                        || step == Step.LOCK_INTERRUPTIBLY
                        || step == Step.TRY_FOR_A_DAY);
        if (waits && write && reads[who] != 0) {
            return; // for itself, for ever
        }
        long nanos = random.nextInt(8) == 0 ? 2_000_000 : random.nextInt(200_000);
        Duel.Action<Subject> action = subject -> perform(step, subject.lock(write), nanos);
        script(who, step, write);
        if (waits) {
            waiting = who;
            waitsToWrite = write;
            waitsInterruptibly = step != Step.LOCK && step != Step.LOCK_INTERRUPTED;
            pending = duel.submit(who, action);
            Await.until(
                    "both wait",
                    () -> pending.haveBegun()
                            && duel.ours().isWaitedFor()
                            && duel.theirs().isWaitedFor());
            return;
        }
        if (duel.both(who, action).startsWith("true")) {
            acquired(who, write);
        }
    }

    private static String perform(Step step, Lock lock, long nanos) throws InterruptedException {
        if (step.name().endsWith("_INTERRUPTED")) {
            Thread.currentThread().interrupt();
        }
        boolean acquired = true;
        switch (step) {
            case TRY -> acquired = lock.tryLock();
            case TRY_FOR_NO_TIME -> acquired = lock.tryLock(nanos == 0 ? Long.MIN_VALUE : 0, TimeUnit.NANOSECONDS);
            case TRY_FOR_A_WHILE, TRY_INTERRUPTED -> acquired = lock.tryLock(nanos, TimeUnit.NANOSECONDS);
            case TRY_FOR_A_DAY -> acquired = lock.tryLock(1, TimeUnit.DAYS);
            case LOCK_INTERRUPTIBLY, LOCK_INTERRUPTIBLY_INTERRUPTED -> lock.lockInterruptibly();
            default -> lock.lock();
        }
        return String.valueOf(acquired);
    }

    private void unlock(int who, boolean write) throws Exception {
        if (!write && reads[who] == 0 && totalReads() != 0) {
            return;
        }
        script(who, Step.UNLOCK, write);
        boolean done = duel.both(who, subject -> {
                    subject.lock(write).unlock();
                    return "unlocked";
                })
                .startsWith("unlocked");
        assertThat(done).as(duel::story).isEqualTo(write ? who == writer : reads[who] != 0);
        if (done) {
            if (write) {
                writer = NOBODY;
            } else {
                reads[who]--;
            }
            whoWaitsComesIn();
        }
    }

    private void downgrade(int who) throws Exception {
        script(who, Step.DOWNGRADE, true);
        boolean done = duel.both(who, subject -> {
                    subject.downgrade();
                    return "reads";
                })
                .startsWith("reads");
        assertThat(done).as(duel::story).isEqualTo(who == writer);
        if (done) {
            writer = NOBODY;
            reads[who]++;
            whoWaitsComesIn();
        }
    }

    /// Who has asked for the lock without an end has it as soon as it can.
    private void whoWaitsComesIn() throws Exception {
        if (waiting == NOBODY) {
            return;
        }
        boolean free = waitsToWrite ? isFreeToWrite() : writer == NOBODY;
        if (free) {
            int who = waiting;
            waiting = NOBODY;
            assertThat(duel.same(pending)).as(duel::story).startsWith("true");
            acquired(who, waitsToWrite);
        } else {
            assertThat(pending.ours().isDone()).as(duel::story).isFalse();
        }
    }

    private void interruptWhoWaits() throws Exception {
        if (waiting == NOBODY) {
            return;
        }
        script(waiting, Step.INTERRUPT_WHO_WAITS, waitsToWrite);
        duel.interrupt(waiting);
        if (waitsInterruptibly) {
            waiting = NOBODY;
            assertThat(duel.same(pending)).as(duel::story).startsWith(InterruptedException.class.getName());
        }
        compareStates();
    }

    /// At the end.
    private void letGo() throws Exception {
        while (writer != NOBODY || totalReads() != 0) {
            for (int i = 0; i < reads.length; i++) {
                if (writer == i || reads[i] != 0) {
                    unlock(i, writer == i);
                }
            }
        }
        compareStates();
    }

    private void acquired(int who, boolean write) {
        if (write) {
            writer = who;
        } else {
            reads[who]++;
        }
    }

    private boolean isFreeToWrite() {
        return writer == NOBODY && totalReads() == 0;
    }

    private int totalReads() {
        int sum = 0;
        for (int each : reads) {
            sum += each;
        }
        return sum;
    }

    private void compareStates() {
        assertThat(duel.ours().state()).as(duel::story).isEqualTo(duel.theirs().state());
    }

    private void script(int who, Step step, boolean write) {
        duel.script(who + (write ? " write " : " read ") + step);
    }
}
