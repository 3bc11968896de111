package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Scale;
import io.futex.contract.Seed;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The same random script on a Semaphore and on the one of `java.util.concurrent`, step by step: which try succeeds,
/// what is refused, who waits, who is let in by what, and how many permits there are.
///
/// Left out is what is documented to differ: who comes first when several wait. So one thread at most waits without an
/// end.
@ExtendWith(Seed.class)
@Timeout(120)
class SemaphoreDifferentialTest {
    private static final int STEPS = Scale.of(600, 300_000);

    private final Arena arena = Arena.ofAuto();
    private Duel<Subject> duel;
    private int permits;
    private int wanted;

    /// What both can do.
    private interface Subject {
        void acquire(int n) throws InterruptedException;

        void acquireUninterruptibly(int n);

        boolean tryAcquire(int n);

        boolean tryAcquire(int n, long timeout, TimeUnit unit) throws InterruptedException;

        void release(int n);

        int drainPermits();

        int availablePermits();

        /// Whether a thread sleeps on it.
        boolean isWaitedFor();
    }

    private static final class Ours implements Subject {
        private final Semaphore semaphore;

        Ours(Semaphore semaphore) {
            this.semaphore = semaphore;
        }

        @Override
        public void acquire(int n) throws InterruptedException {
            semaphore.acquire(n);
        }

        @Override
        public void acquireUninterruptibly(int n) {
            semaphore.acquireUninterruptibly(n);
        }

        @Override
        public boolean tryAcquire(int n) {
            return semaphore.tryAcquire(n);
        }

        @Override
        public boolean tryAcquire(int n, long timeout, TimeUnit unit) throws InterruptedException {
            return semaphore.tryAcquire(n, timeout, unit);
        }

        @Override
        public void release(int n) {
            semaphore.release(n);
        }

        @Override
        public int drainPermits() {
            return semaphore.drainPermits();
        }

        @Override
        public int availablePermits() {
            return semaphore.availablePermits();
        }

        /// Or somebody who wanted several has given up: then it may be about to.
        @Override
        public boolean isWaitedFor() {
            return semaphore.toString().contains("waiters");
        }
    }

    private static final class Theirs extends java.util.concurrent.Semaphore implements Subject {
        private static final long serialVersionUID = 1;

        Theirs(int permits) {
            super(permits);
        }

        @Override
        public boolean isWaitedFor() {
            return hasQueuedThreads();
        }
    }

    private record Permits(Subject semaphore, int n) implements Entrance {
        @Override
        public boolean tryNow() {
            return semaphore.tryAcquire(n);
        }

        @Override
        public boolean tryFor(long timeout, TimeUnit unit) throws InterruptedException {
            return semaphore.tryAcquire(n, timeout, unit);
        }

        @Override
        public void enter() throws InterruptedException {
            semaphore.acquire(n);
        }

        @Override
        public void enterUninterruptibly() {
            semaphore.acquireUninterruptibly(n);
        }

        @Override
        public boolean isWaitedFor(Thread thread) {
            return semaphore.isWaitedFor();
        }
    }

    @AfterEach
    void close() {
        duel.close();
    }

    @ParameterizedTest
    @CsvSource({"1, 2, false", "3, 0, false", "3, 0, true", "3, 2147483640, false"})
    void doesWhatTheOneOfJavaUtilConcurrentDoes(int threads, int first, boolean shared) throws Exception {
        Semaphore semaphore =
                shared ? Semaphore.shared(arena.allocate(Semaphore.LAYOUT_BYTES, 8), 0) : new Semaphore(first);
        permits = first;
        duel = new Duel<>(new Ours(semaphore), new Theirs(first), threads);
        for (int i = 0; i < STEPS; i++) {
            int who = duel.randomActor();
            int n = duel.random().nextInt(20) == 0 ? -1 : duel.random().nextInt(5);
            if (!duel.waits(who)) {
                step(who, duel.random().nextInt(12), n);
            }
            assertThat(duel.ours().availablePermits())
                    .as(duel::story)
                    .isEqualTo(duel.theirs().availablePermits())
                    .isEqualTo(permits);
        }
        release(duel.waits(0) ? 1 : 0, duel.waiters() * wanted);
        assertThat(semaphore.toString()).doesNotContain("waiters=");
    }

    private void step(int who, int step, int n) throws Exception {
        switch (step) {
            case 0 -> release(who, n);
            case 1 -> drain(who);
            case 2 -> duel.interruptWaiter();
            default -> acquire(who, n);
        }
    }

    private void acquire(int who, int n) throws Exception {
        Entrance.Way way = duel.randomWay();
        boolean enough = n <= permits;
        if ((enough || !way.mayWait() || duel.mayWait(1))
                && duel.enter(who, way, enough, " " + n, subject -> new Permits(subject, n))) {
            permits -= n;
        } else if (duel.waits(who)) {
            wanted = n;
        }
    }

    /// Who waits without an end has its permits as soon as there are enough.
    private void release(int who, int n) throws Exception {
        duel.script(who + " RELEASE " + n);
        String outcome = duel.both(who, subject -> {
            subject.release(n);
            return "released";
        });
        boolean fits = n >= 0 && n <= Integer.MAX_VALUE - permits;
        assertThat(outcome.equals("released")).as(duel::story).isEqualTo(fits);
        if (fits) {
            permits += n;
            if (duel.waiters() != 0 && permits >= wanted) {
                duel.letIn();
                permits -= wanted;
            }
        }
    }

    /// Now and then, and not while somebody waits, who would wait for ever longer.
    private void drain(int who) throws Exception {
        if (duel.waiters() == 0 && permits != 0 && duel.random().nextInt(4) == 0) {
            duel.script(who + " DRAIN");
            assertThat(duel.both(who, Subject::drainPermits)).isEqualTo(String.valueOf(permits));
            permits = 0;
        }
    }
}
