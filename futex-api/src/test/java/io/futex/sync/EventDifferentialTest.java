package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.contract.Asleep;
import io.futex.contract.Scale;
import io.futex.contract.Seed;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The same random script on an Event and on a simple one with a latch for each sleeper, step by step: which wait
/// returns at once, which sleeps, what ends it, and whether the event is set.
///
/// Left out is what is open: which of several sleepers an auto-reset event lets through first.
@ExtendWith(Seed.class)
@Timeout(120)
class EventDifferentialTest {
    private static final int STEPS = Scale.of(300, 300_000);
    private static final int MOST_WAITERS = 3;

    /// Where shared words are polled, each wait takes a millisecond.
    private static final int SHARED_SHARE = 5;

    private final Arena arena = Arena.ofAuto();
    private Duel<Subject> duel;
    private boolean auto;

    /// What both can do.
    private interface Subject {
        void set();

        void reset();

        boolean isSet();

        void await() throws InterruptedException;

        boolean await(long timeout, TimeUnit unit) throws InterruptedException;

        void awaitUninterruptibly();

        boolean awaitUninterruptibly(long timeout, TimeUnit unit);

        boolean isWaitedFor(Thread thread);

        /// Several calls, the next before anybody has woken up.
        default String set(int times, boolean resets) {
            for (int i = 0; i < times; i++) {
                set();
                if (resets) {
                    reset();
                }
            }
            return String.valueOf(isSet());
        }
    }

    private record Ours(Event event, MemorySegment word) implements Subject {
        @Override
        public void set() {
            event.set();
        }

        @Override
        public void reset() {
            event.reset();
        }

        @Override
        public boolean isSet() {
            return event.isSet();
        }

        @Override
        public void await() throws InterruptedException {
            event.await();
        }

        @Override
        public boolean await(long timeout, TimeUnit unit) throws InterruptedException {
            return event.await(timeout, unit);
        }

        @Override
        public void awaitUninterruptibly() {
            event.awaitUninterruptibly();
        }

        @Override
        public boolean awaitUninterruptibly(long timeout, TimeUnit unit) {
            return event.awaitUninterruptibly(timeout, unit);
        }

        @Override
        public boolean isWaitedFor(Thread thread) {
            return event.toString().contains("waiters") && Asleep.on(thread, word);
        }
    }

    private static final class Theirs implements Subject {
        private final boolean auto;
        private final Queue<CountDownLatch> sleepers = new ArrayDeque<>();
        private boolean set;

        Theirs(boolean auto) {
            this.auto = auto;
        }

        @Override
        public synchronized void set() {
            set = !auto || sleepers.isEmpty();
            do {
                CountDownLatch first = sleepers.poll();
                if (first != null) {
                    first.countDown();
                }
            } while (!auto && !sleepers.isEmpty());
        }

        @Override
        public synchronized void reset() {
            set = false;
        }

        @Override
        public synchronized boolean isSet() {
            return set;
        }

        /// @return null if it is set
        private synchronized CountDownLatch arrive() {
            if (set) {
                set = !auto;
                return null;
            }
            CountDownLatch mine = new CountDownLatch(1);
            sleepers.add(mine);
            return mine;
        }

        private synchronized boolean giveUp(CountDownLatch mine) {
            return sleepers.remove(mine);
        }

        @Override
        public void await() throws InterruptedException {
            assertThat(await(Long.MAX_VALUE, TimeUnit.NANOSECONDS)).isTrue();
        }

        @Override
        public boolean await(long timeout, TimeUnit unit) throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            CountDownLatch mine = arrive();
            try {
                return mine == null || mine.await(timeout, unit) || !giveUp(mine);
            } catch (InterruptedException e) {
                giveUp(mine); // the script interrupts nobody who has been let through
                throw e;
            }
        }

        @Override
        public void awaitUninterruptibly() {
            assertThat(awaitUninterruptibly(Long.MAX_VALUE, TimeUnit.NANOSECONDS))
                    .isTrue();
        }

        @Override
        public boolean awaitUninterruptibly(long timeout, TimeUnit unit) {
            boolean interrupted = Thread.interrupted();
            CountDownLatch mine = arrive();
            try {
                for (; ; ) {
                    try {
                        return mine == null || mine.await(timeout, unit) || !giveUp(mine);
                    } catch (InterruptedException e) {
                        interrupted = true; // the time begins anew: it is a day, or none of it was left
                    }
                }
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
        }

        @Override
        public boolean isWaitedFor(Thread thread) {
            Thread.State state = thread.getState();
            return state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING;
        }
    }

    /// @param timed whether the waits that cannot be interrupted have a time
    private record EventEntrance(Subject event, boolean timed) implements Entrance {
        @Override
        public boolean tryNow() {
            return event.awaitUninterruptibly(timed ? 10_000 : -1, TimeUnit.NANOSECONDS);
        }

        @Override
        public boolean tryFor(long timeout, TimeUnit unit) throws InterruptedException {
            return event.await(timeout, unit);
        }

        @Override
        public void enter() throws InterruptedException {
            event.await();
        }

        @Override
        public void enterUninterruptibly() {
            if (timed) {
                assertThat(event.awaitUninterruptibly(1, TimeUnit.DAYS)).isTrue();
            } else {
                event.awaitUninterruptibly();
            }
        }

        @Override
        public boolean isWaitedFor(Thread thread) {
            return event.isWaitedFor(thread);
        }
    }

    @AfterEach
    void close() {
        duel.close();
    }

    @ParameterizedTest
    @CsvSource({
        "false, 1, false",
        "false, 4, false",
        "false, 4, true",
        "true, 1, false",
        "true, 4, false",
        "true, 4, true"
    })
    void doesWhatASimpleOneDoes(boolean autoReset, int threads, boolean shared) throws Exception {
        MemorySegment word = arena.allocate(Event.LAYOUT_BYTES, 8);
        Event event = shared ? Event.shared(word, 0, autoReset) : Event.local(word, 0, autoReset);
        auto = autoReset;
        duel = new Duel<>(new Ours(event, word), new Theirs(auto), threads);
        for (int i = 0; i < (shared ? STEPS / SHARED_SHARE : STEPS); i++) {
            int who = duel.randomActor();
            int step = duel.random().nextInt(12);
            if (!duel.waits(who)) {
                switch (step) {
                    case 0, 1 -> set(who);
                    case 2 -> reset(who);
                    case 3 -> duel.interruptWaiter();
                    default -> await(who);
                }
            }
            assertThat(duel.ours().isSet())
                    .as(duel::story)
                    .isEqualTo(duel.theirs().isSet());
        }
        set(duel.waits(0) ? free() : 0);
        if (auto) {
            assertThat(event.toString()).doesNotContain("waiters");
        }
    }

    private int free() {
        int who = 0;
        while (duel.waits(who)) {
            who++;
        }
        return who;
    }

    private void await(int who) throws Exception {
        Entrance.Way way = duel.randomWay();
        boolean open = duel.theirs().isSet();
        if (open || !way.mayWait() || duel.mayWait(MOST_WAITERS)) {
            boolean timed = duel.random().nextBoolean();
            duel.enter(who, way, open, timed ? " timed" : "", subject -> new EventEntrance(subject, timed));
        }
    }

    private void reset(int who) throws Exception {
        duel.script(who + " RESET");
        duel.both(who, subject -> {
            subject.reset();
            return subject.isSet();
        });
    }

    /// As often as it takes for all who wait: one by one, or in a burst.
    private void set(int who) throws Exception {
        int sleepers = duel.waiters();
        boolean resets = duel.random().nextBoolean();
        if (auto && sleepers > 1 && duel.random().nextBoolean()) {
            for (int i = 1; i <= sleepers; i++) {
                duel.script(who + " SET" + (resets ? ", RESET" : "") + " for one");
                duel.both(who, subject -> subject.set(1, resets));
                duel.letIn(i);
            }
        } else {
            int times = Math.max(1, auto ? sleepers + duel.random().nextInt(2) : 1);
            duel.script(who + " SET" + (resets ? ", RESET" : "") + " x " + times);
            duel.both(who, subject -> subject.set(times, resets));
        }
        duel.letIn();
    }
}
