package io.futex.internal;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.Capability;
import io.futex.Futex;
import io.futex.contract.Scale;
import io.futex.memory.MemoryChecks;
import io.futex.memory.ModelScheduler;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/// Waiters asleep on words of their own, as on Windows and macOS, in a lottery of interleavings: the real waiter and
/// queue over a system that tells nothing. Others come first at every step of a wait and of a wake.
///
/// A lost wake leaves a thread asleep for ever.
class OwnWordScheduleTest {
    private static final int RUNS = Scale.of(3_000, 300_000);

    /// A deadline that is over, but only those notice who have gone to sleep: the shortest timed wait there is.
    private static final long LONG_AGO = 0;

    /// One changes the word and wakes one; each that gets through wakes one more, unless it says that its time is over.
    @Test
    void everyWakeCounts() {
        draw(OwnWords::new, OwnWordScheduleTest::relay);
    }

    /// The same while sleeps end for no reason, and permits are given that nobody needs, as by a late interrupter.
    @Test
    void disturbancesTakeNoWake() {
        draw(OwnWords::new, system -> {
            List<Runnable> tasks = new ArrayList<>(relay(system));
            tasks.add(system::disturb);
            tasks.add(system::disturb);
            return tasks;
        });
    }

    /// Who was counted as woken says so, and nobody else. Nodes are used again at once.
    @Test
    void countsAreExact() {
        draw(OwnWords::new, OwnWordScheduleTest::counts);
    }

    // ---- The lottery finds what is known to be wrong; else it would prove nothing.

    /// A permit that was given before the sleep is not seen.
    @Test
    void findsASleepWithAPermit() {
        assertThatThrownBy(() -> draw(
                        scheduler -> new OwnWords(scheduler) {
                            @Override
                            boolean holds(MemorySegment own, int expected) {
                                return true;
                            }
                        },
                        OwnWordScheduleTest::relay))
                .isInstanceOf(ModelScheduler.Hang.class);
    }

    /// Whoever wakes gives no permit, and finds nobody asleep.
    @Test
    void findsAWakeWithoutAPermit() {
        assertThatThrownBy(() -> draw(
                        scheduler -> new OwnWords(scheduler) {
                            @Override
                            public int wake(MemorySegment base, long offset, boolean shared, int mask, int count) {
                                set(base, 0);
                                return super.wake(base, offset, shared, mask, count);
                            }
                        },
                        OwnWordScheduleTest::relay))
                .isInstanceOf(ModelScheduler.Hang.class);
    }

    // ---- scenarios

    private static void draw(Function<ModelScheduler, OwnWords> systems, Function<OwnWords, List<Runnable>> scenario) {
        for (long seed = 0; seed < RUNS; seed++) {
            ModelScheduler scheduler = new ModelScheduler(seed);
            OwnWords system = systems.apply(scheduler);
            scheduler.run(scenario.apply(system).toArray(Runnable[]::new));
            system.ended.run();
        }
    }

    private static List<Runnable> relay(OwnWords system) {
        Runnable patient = () -> {
            OwnWordWaiter node = system.node();
            while (system.word() == 0) {
                system.await(node, 0, Deadline.FOREVER);
            }
            system.wake(1);
        };
        Runnable hasty = () -> {
            OwnWordWaiter node = system.node();
            if (system.word() != 0 || system.await(node, 0, LONG_AGO) != Outcome.TIMED_OUT) {
                system.wake(1);
            }
        };
        return List.of(patient, hasty, patient, () -> {
            system.change(1);
            system.wake(1);
        });
    }

    private static List<Runnable> counts(OwnWords system) {
        int[] woken = new int[2]; // by those who wake, by those who wait; one thread runs at a time
        Runnable patient = () -> {
            OwnWordWaiter node = system.node();
            for (int i = 0; i < 2; i++) {
                while (system.word() == i) {
                    count(woken, system.await(node, i, Deadline.FOREVER));
                }
            }
        };
        Runnable hasty = () -> {
            OwnWordWaiter node = system.node();
            for (int i = 0; i < 3; i++) {
                count(woken, system.await(node, 0, LONG_AGO));
            }
        };
        system.ended = () -> {
            if (woken[0] != woken[1]) {
                throw new AssertionError(woken[0] + " were woken, " + woken[1] + " say so");
            }
        };
        return List.of(patient, hasty, patient, () -> {
            woken[0] += system.wake(2);
            for (int i = 1; i <= 2; i++) {
                system.change(i);
                woken[0] += system.wake(Integer.MAX_VALUE);
            }
        });
    }

    private static void count(int[] woken, Outcome result) {
        if (result == Outcome.WOKEN) {
            woken[1]++;
        }
    }

    /// Sleeps on words by comparing and enqueueing in one step, and tells nothing. All threads meet on one word, with
    /// the library's own queue.
    private static class OwnWords implements FutexBackend {
        private final ModelScheduler scheduler;
        private final Bucket bucket = new Bucket();
        private final Engine engine = Engine.polling(this); // to name it alone
        private final MemorySegment word = Words.next();
        private final List<Sleeper> sleepers = new ArrayList<>();
        private final List<MemorySegment> known = new ArrayList<>();
        private Runnable ended = () -> {};

        OwnWords(ModelScheduler scheduler) {
            this.scheduler = scheduler;
        }

        // ---- what threads do

        OwnWordWaiter node() {
            return new Stepping(this);
        }

        int word() {
            scheduler.step();
            return MemoryChecks.read(word, 0);
        }

        void change(int value) {
            scheduler.step();
            set(word, value);
        }

        Outcome await(OwnWordWaiter node, int expected, long deadline) {
            scheduler.step();
            return node.await(bucket, word, 0, expected, false, deadline, false, engine);
        }

        int wake(int count) {
            scheduler.step();
            return bucket.wake(word.address(), count, false);
        }

        /// Ends a sleep for no reason, and then gives a permit for none; of the first thread that has slept.
        void disturb() {
            scheduler.step();
            if (!known.isEmpty()) {
                MemorySegment own = known.getFirst();
                rouse(own);
                scheduler.step();
                set(own, 1);
                scheduler.step();
                rouse(own);
            }
        }

        // ---- the system

        /// Whether the thread may sleep.
        boolean holds(MemorySegment own, int expected) {
            return MemoryChecks.read(own, 0) == expected;
        }

        @Override
        public String name() {
            return "model";
        }

        @Override
        public Set<Capability> capabilities(boolean shared) {
            return Set.of();
        }

        @Override
        public boolean tellsWakeOfOne() {
            return false;
        }

        @Override
        public Outcome await(MemorySegment base, long offset, int expected, boolean shared, int mask, long deadline) {
            scheduler.step();
            known.add(base);
            if (holds(base, expected)) {
                Sleeper sleeper = new Sleeper(base.address());
                sleepers.add(sleeper);
                scheduler.block(() -> sleeper.roused);
            }
            scheduler.step();
            return Outcome.WOKEN;
        }

        @Override
        public int wake(MemorySegment base, long offset, boolean shared, int mask, int count) {
            scheduler.step();
            rouse(base);
            scheduler.step();
            return Futex.UNKNOWN;
        }

        private void rouse(MemorySegment own) {
            for (Sleeper sleeper : sleepers) {
                if (sleeper.address == own.address()) {
                    sleeper.roused = true;
                    sleepers.remove(sleeper);
                    return;
                }
            }
        }

        static void set(MemorySegment word, int value) {
            ValueLayout.JAVA_INT.varHandle().setVolatile(word, 0L, value);
        }
    }

    /// The node of production, with moments in between at which others may come first.
    private static final class Stepping extends OwnWordWaiter {
        private final OwnWords system;

        Stepping(OwnWords system) {
            super(Thread.currentThread(), system);
            this.system = system;
        }

        @Override
        void sleep(MemorySegment held, long deadline, Object blocker) {
            system.scheduler.step();
            super.sleep(held, deadline, blocker);
            system.scheduler.step();
        }

        @Override
        void unpark() {
            system.scheduler.step();
            super.unpark();
        }

        /// Between two looks.
        @Override
        boolean sleepEndsByInterrupt() {
            system.scheduler.step();
            return super.sleepEndsByInterrupt();
        }
    }

    private static final class Sleeper {
        final long address;
        boolean roused;

        Sleeper(long address) {
            this.address = address;
        }
    }

    /// Words that are freed in the end, and not each by itself.
    private static final class Words {
        private static final Arena ARENA = Arena.ofAuto();

        static MemorySegment next() {
            return ARENA.allocate(4, 4);
        }
    }
}
