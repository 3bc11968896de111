package io.futex.internal;

import io.futex.Capability;
import io.futex.FutexWait;
import io.futex.WaitResult;
import io.futex.contract.Scale;
import io.futex.memory.MemoryChecks;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Test;

/// The real wait table, list and engine under a model checker: no wake is lost in any interleaving that it finds.
///
/// A lost wake leaves a thread asleep for ever, which Lincheck reports as a hang.
class LocalEngineLincheckTest {
    private static final int INVOCATIONS = Scale.of(700, 20_000);

    /// A deadline that is over, but only those notice who have gone to sleep: the shortest timed wait there is.
    private static final long LONG_AGO = 0;

    /// Waits as virtual threads and the backend `portable` do; one leaves when its time is over.
    @Test
    void parkedWaitersLoseNoWake() {
        Lincheck.runConcurrentTest(
                INVOCATIONS,
                () -> relay(
                        Engine.portable(new WaitTable(1)),
                        Waiting.AS_IT_COMES,
                        Waiting.PARKED_TIMED,
                        Waiting.AS_IT_COMES));
    }

    /// A wake that was meant for a waiter whose time is over goes to another.
    @Test
    void leaversSwallowNoWake() {
        Lincheck.runConcurrentTest(
                INVOCATIONS, () -> relay(Engine.portable(new WaitTable(1)), Waiting.PARKED_TIMED, Waiting.AS_IT_COMES));
    }

    /// One waiter asleep in the system, one parked, one that leaves when its time is over.
    @Test
    void bothKindsOfWaitersLoseNoWake() {
        Lincheck.runConcurrentTest(
                INVOCATIONS,
                () -> relay(
                        Engine.local(new ModelKernel(), new WaitTable(1)),
                        Waiting.AS_IT_COMES,
                        Waiting.PARKED,
                        Waiting.TIMED));
    }

    /// A waiter is not its node: two that wait for two words each, one of which leaves when its time is over, are
    /// claimed once each, by either wake, and the other wake takes neither for one that it could wake.
    @Test
    void waitersForAnyOfTwoWordsAreClaimedOnce() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            WaitTable table = new WaitTable(1);
            Engine engine = Engine.portable(table);
            Word[] words = {new Word(), new Word()};
            AtomicInteger counted = new AtomicInteger();
            AtomicInteger woken = new AtomicInteger();
            run(new Thread[] {
                new Thread(() -> woken.addAndGet(awaitAny(engine, table, words, Deadline.FOREVER))),
                new Thread(() -> woken.addAndGet(awaitAny(engine, table, words, LONG_AGO))),
                new Thread(() -> counted.addAndGet(change(engine, words[0]))),
                new Thread(() -> counted.addAndGet(change(engine, words[1])))
            });
            if (counted.get() != woken.get()) {
                throw new AssertionError(counted + " were woken, " + woken + " say so");
            }
        });
    }

    private static int change(Engine engine, Word word) {
        word.set(1);
        return engine.wakeOne(word.segment);
    }

    /// @return 1 if a wake ended it, and it says on which word; 0 if it found a change, or its time is over
    private static int awaitAny(Engine engine, WaitTable table, Word[] words, long deadline) {
        ParkedWaiter waiter = new ParkedWaiter(Thread.currentThread());
        FutexWait[] waits = {new FutexWait(words[0].segment, 0, 0), new FutexWait(words[1].segment, 0, 0)};
        try {
            int ended = WaitAny.park(engine, table, waiter, waits, deadline, false);
            return ended >= 0 && waiter.nodes(2)[ended] == waiter.claimedIn ? 1 : 0;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private enum Waiting {
        AS_IT_COMES,
        PARKED,
        TIMED,
        PARKED_TIMED
    }

    /// One thread changes the word and wakes one; each that gets through wakes one more, unless it says that it timed
    /// out. So every wake counts, and one that is lost hangs somebody.
    private static void relay(Engine engine, Waiting... kinds) {
        Word word = new Word();
        AtomicInteger through = new AtomicInteger();
        Thread[] threads = new Thread[kinds.length + 1];
        for (int i = 0; i < kinds.length; i++) {
            Waiting kind = kinds[i];
            threads[i] = new Thread(() -> {
                if (await(engine, word, kind) != WaitResult.TIMED_OUT) {
                    engine.wakeOne(word.segment);
                }
                through.incrementAndGet();
            });
        }
        threads[kinds.length] = new Thread(() -> {
            word.set(1);
            engine.wakeOne(word.segment);
        });
        run(threads);
        if (through.get() != kinds.length) { // not AssertJ, which the model checker would look into
            throw new AssertionError(through + " of " + kinds.length + " came through");
        }
    }

    private static WaitResult await(Engine engine, Word word, Waiting kind) {
        MemorySegment segment = word.segment;
        try {
            WaitResult result = WaitResult.CHANGED;
            while (word.get() == 0) {
                switch (kind) {
                    case AS_IT_COMES -> result = engine.waitUninterruptibly(segment, 0);
                    case PARKED -> result = engine.park(segment, 0, 0, false, Deadline.FOREVER, false);
                    case TIMED -> {
                        return engine.await(segment, 0, 0, LONG_AGO, false);
                    }
                    case PARKED_TIMED -> {
                        return engine.park(segment, 0, 0, false, LONG_AGO, false);
                    }
                }
            }
            return result;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void run(Thread[] threads) {
        for (Thread thread : threads) {
            thread.start();
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /// A word whose accesses the model checker sees: it is blind to native memory, so each stands beside one on the
    /// heap.
    private static final class Word {
        private static final Arena ARENA = Arena.global();

        final MemorySegment segment = ARENA.allocate(4, 4);
        private final AtomicInteger visible = new AtomicInteger();

        int get() {
            visible.get();
            return (int) ValueLayout.JAVA_INT.varHandle().getVolatile(segment, 0L);
        }

        void set(int value) {
            visible.set(value);
            ValueLayout.JAVA_INT.varHandle().setVolatile(segment, 0L, value);
            visible.set(value);
        }
    }

    /// A kernel of one word that compares and enqueues under its lock, and takes a timed waiter for timed out at once.
    private static final class ModelKernel implements FutexBackend {
        private final ArrayDeque<Sleeper> sleepers = new ArrayDeque<>();

        @Override
        public String name() {
            return "model";
        }

        @Override
        public Set<Capability> capabilities(boolean shared) {
            return EnumSet.of(Capability.REPORTS_CHANGED, Capability.REPORTS_WOKEN_COUNT, Capability.WAKE_COUNT);
        }

        @Override
        public Outcome await(MemorySegment base, long offset, int expected, boolean shared, int mask, long deadline) {
            Sleeper sleeper = new Sleeper(Thread.currentThread());
            synchronized (this) {
                if (MemoryChecks.read(base, offset) != expected) {
                    return Outcome.CHANGED;
                }
                sleepers.add(sleeper);
            }
            if (deadline != FOREVER) {
                synchronized (this) {
                    return sleepers.remove(sleeper) ? Outcome.TIMED_OUT : Outcome.WOKEN;
                }
            }
            while (!sleeper.woken) {
                LockSupport.park();
            }
            return Outcome.WOKEN;
        }

        @Override
        public int wake(MemorySegment base, long offset, boolean shared, int mask, int count) {
            int woken = 0;
            while (woken < count) {
                Sleeper sleeper;
                synchronized (this) {
                    sleeper = sleepers.poll();
                }
                if (sleeper == null) {
                    break;
                }
                sleeper.woken = true;
                LockSupport.unpark(sleeper.thread);
                woken++;
            }
            return woken;
        }

        private static final class Sleeper {
            private final Thread thread;
            private volatile boolean woken;

            Sleeper(Thread thread) {
                this.thread = thread;
            }
        }
    }
}
