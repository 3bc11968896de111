package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.FutexException;
import io.futex.WaitResult;
import io.futex.contract.Scale;
import io.futex.memory.ModelScheduler;
import io.futex.memory.ModelWords;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Threads that lock, wait, signal and unlock at random, in interleavings drawn by lot, until all have ended or sleep.
/// Then each signal is looked at: while somebody still waits who had begun before it, it must have ended the wait of
/// another who had as well, each signal that of another one.
@SuppressWarnings({"LockNotBeforeTry", "WaitNotInLoop"}) // what becomes of single waits is the question
class PConditionOracleScheduleTest {
    private static final int RUNS = Scale.of(6_000, 600_000);

    /// By when a mistake must have been found, with seeds that are the same each time.
    private static final int ENOUGH = 50_000;

    /// Of the words.
    private enum Kind {
        /// Known to one object each, so that the unlock wakes.
        FRESH,
        /// The signal wakes.
        OPEN,
        /// The same, and some waiters poll.
        POLLED
    }

    private enum Failure {
        NONE,
        /// Of a thread that was woken, to go on: the signal is for another.
        SLEEP,
        /// Of a wake, but one a call.
        WAKE
    }

    private enum Mistake {
        NONE,
        /// As in PConditionScheduleTest: who begins to wait while an unlock is about to wake leaves all to that.
        HELPS_NOT,
        /// Who takes a signal that may be for a wait which began before says nothing.
        DOUBTS_NOT
    }

    @ParameterizedTest
    @EnumSource
    void eachSignalEndsAWait(Failure failure) {
        for (int seed = 0; seed < RUNS; seed++) {
            Kind kind = Kind.values()[seed % Kind.values().length];
            assertThat(new Play(seed, kind, failure, Mistake.NONE).lost())
                    .as("%s, seed %d", kind, seed)
                    .isEmpty();
        }
    }

    /// Signals that are taken by a wait which began after them are rare, or nobody would call it one for one.
    @ParameterizedTest
    @EnumSource
    void eachWaitTakesASignal(Kind kind) {
        int ended = 0;
        int given = 0;
        for (int seed = 0; seed < RUNS / 3; seed++) {
            Play play = new Play(seed, kind, Failure.NONE, Mistake.NONE);
            play.lost();
            ended += play.ended();
            given += play.given();
        }
        assertThat(ended - given).isLessThan(ended / 100);
    }

    @Test
    void findsLateComerThatDoesNotHelp() {
        assertThat(finds(Kind.FRESH, Mistake.HELPS_NOT)).isTrue();
    }

    @Test
    void findsWhoTakesTheSignalOfAnOther() {
        assertThat(finds(Kind.POLLED, Mistake.DOUBTS_NOT)).isTrue();
    }

    private static boolean finds(Kind kind, Mistake mistake) {
        boolean found = false;
        for (int seed = 0; seed < ENOUGH && !found; seed++) {
            found = !new Play(seed, kind, Failure.NONE, mistake).lost().isEmpty();
        }
        return found;
    }

    /// Of one thread; the times are those of [Play#now].
    private static final class Wait {
        final int condition;
        final int begin;
        int end = Integer.MAX_VALUE;
        boolean signalled;

        Wait(int condition, int begin) {
            this.condition = condition;
            this.begin = begin;
        }

        boolean isOpenAt(int time) {
            return begin < time && time < end;
        }
    }

    private record Signal(int condition, int time, boolean all) {}

    private static final class Play {
        private static final int SLOW = 12;
        private static final int DOUBT = 12;
        private static final int SLEEPS_TO_A_FAILURE = 4;
        private static final int WAKES_TO_A_FAILURE = 6;

        private final Kind kind;
        private final Failure failure;
        private final Mistake mistake;
        private final SplittableRandom random;
        private final ModelScheduler scheduler;
        private final PMutex mutex;
        private final List<Condition> words = new ArrayList<>();
        private final List<PCondition> conditions = new ArrayList<>();
        private final Set<Thread> beginning = new HashSet<>();
        private final Set<Thread> failed = new HashSet<>();

        // One thread runs at a time.
        private final List<Wait> waits = new ArrayList<>();
        private final List<Signal> signals = new ArrayList<>();
        private int now;

        Play(int seed, Kind kind, Failure failure, Mistake mistake) {
            this.kind = kind;
            this.failure = failure;
            this.mistake = mistake;
            random = new SplittableRandom(seed);
            scheduler = ModelScheduler.inAnyOrder(seed);
            ModelWords lock = new ModelWords(Integer.BYTES, scheduler);
            mutex = new PMutex(lock, 0, new PMutexMistakes.NoMistake(), true);
            for (int i = random.nextInt(2); i < 2; i++) {
                Condition condition = new Condition();
                words.add(condition);
                conditions.add(new PCondition(condition, 0, mutex, kind == Kind.FRESH));
            }
        }

        /// Plays once.
        ///
        /// @return what is wrong, if anything
        String lost() {
            List<Runnable> tasks = new ArrayList<>();
            for (int i = 4 + random.nextInt(4); i > 0; i--) {
                SplittableRandom own = random.split();
                tasks.add(() -> sections(own));
            }
            SplittableRandom clock = random.split();
            tasks.add(() -> endWaits(clock));
            try {
                scheduler.run(tasks.toArray(Runnable[]::new));
            } catch (ModelScheduler.Hang expected) {
                // Nobody was to signal those that are left.
            }
            for (Wait wait : waits) {
                // The last wake of all may have failed; whoever would signal or wait next would make it.
                boolean excused = conditions.get(wait.condition).owesWakes();
                if (wait.end == Integer.MAX_VALUE && !excused && isOwed(wait)) {
                    return "a signal for who has waited since " + wait.begin;
                }
            }
            return "";
        }

        private void sections(SplittableRandom own) {
            for (int i = 1 + own.nextInt(4); i > 0; i--) {
                mutex.lock();
                for (int k = 1 + own.nextInt(3); k > 0; k--) {
                    int condition = own.nextInt(conditions.size());
                    if (own.nextBoolean()) {
                        await(condition, own.nextInt(5));
                    } else {
                        signal(condition, own.nextInt(5) == 0);
                    }
                }
                failed.remove(Thread.currentThread());
                try {
                    mutex.unlock();
                } catch (StackOverflowError e) {
                    // On purpose, and free all the same.
                }
            }
        }

        private void await(int index, int form) {
            PCondition condition = conditions.get(index);
            Wait wait = new Wait(index, ++now);
            waits.add(wait);
            beginning.add(Thread.currentThread());
            failed.remove(Thread.currentThread());
            try {
                switch (form) {
                    case 0 -> wait.signalled = condition.await(1, TimeUnit.DAYS);
                    case 1 -> wait.signalled = condition.awaitUninterruptibly(1, TimeUnit.DAYS);
                    case 2 -> {
                        condition.await();
                        wait.signalled = true;
                    }
                    default -> {
                        condition.awaitUninterruptibly();
                        wait.signalled = true;
                    }
                }
            } catch (InterruptedException | FutexException | StackOverflowError e) {
                wait.signalled = false;
            }
            beginning.remove(Thread.currentThread());
            wait.end = ++now;
            Model.check(mutex.isHeldByCurrentThread(), "returned without the lock");
        }

        private void signal(int index, boolean all) {
            int time = ++now;
            failed.remove(Thread.currentThread());
            try {
                if (all) {
                    conditions.get(index).signalAll();
                } else {
                    conditions.get(index).signal();
                }
                signals.add(new Signal(index, time, all));
            } catch (StackOverflowError e) {
                // On purpose, and the signal is not given.
            }
        }

        private void endWaits(SplittableRandom own) {
            for (int i = own.nextInt(5); i > 0; i--) {
                Condition condition = words.get(own.nextInt(words.size()));
                if (own.nextBoolean()) {
                    condition.timeOutOne(Signals.SEQUENCE);
                } else {
                    condition.interruptOne(Signals.SEQUENCE);
                }
            }
        }

        /// Whether the signals since a wait began cannot all have been for others.
        private boolean isOwed(Wait owed) {
            List<Signal> since = signals.stream()
                    .filter(signal -> signal.condition == owed.condition && signal.time > owed.begin)
                    .toList();
            List<Wait> ended = waits.stream()
                    .filter(wait -> wait.condition == owed.condition && wait.signalled)
                    .toList();
            Signal[] of = new Signal[ended.size()];
            return since.stream().anyMatch(signal -> signal.all || !isMatched(signal, ended, of, new HashSet<>()));
        }

        /// Finds a wait for a signal, for which another signal may have to take another wait: a bipartite matching.
        private static boolean isMatched(Signal signal, List<Wait> ended, Signal[] of, Set<Integer> tried) {
            for (int i = 0; i < of.length; i++) {
                if (ended.get(i).isOpenAt(signal.time)
                        && tried.add(i)
                        && (of[i] == null || isMatched(of[i], ended, of, tried))) {
                    of[i] = signal;
                    return true;
                }
            }
            return false;
        }

        /// How many waits have ended as signalled.
        int ended() {
            return (int) waits.stream().filter(wait -> wait.signalled).count();
        }

        /// How many waits the signals were for, at most: of those that were sent to all, one for each that was open.
        int given() {
            long given = 0;
            for (Signal signal : signals) {
                given += !signal.all
                        ? 1
                        : waits.stream()
                                .filter(wait -> wait.condition == signal.condition && wait.isOpenAt(signal.time))
                                .count();
            }
            return (int) given;
        }

        /// The words of a condition. The wakes of an unlock take their time.
        private final class Condition extends ModelWords {
            Condition() {
                super((int) PCondition.LAYOUT_BYTES, scheduler);
            }

            @Override
            public WaitResult await(long at, int expected, long deadline, boolean interruptible)
                    throws InterruptedException {
                WaitResult result = WaitResult.CHANGED;
                if (kind == Kind.POLLED && !interruptible && deadline == Long.MAX_VALUE && random.nextBoolean()) {
                    scheduler.block(() -> peek(at) != expected);
                } else {
                    result = super.await(at, expected, deadline, interruptible);
                }
                if (failure == Failure.SLEEP && random.nextInt(SLEEPS_TO_A_FAILURE) == 0) {
                    throw new FutexException("on purpose");
                }
                return result;
            }

            @Override
            public void set(long at, int value) {
                if (at != DOUBT || mistake != Mistake.DOUBTS_NOT) {
                    super.set(at, value);
                }
            }

            @Override
            public int wake(long at, int count) {
                if (!mutex.isHeldByCurrentThread()) {
                    for (int i = random.nextInt(SLOW); i > 0; i--) {
                        scheduler.step();
                    }
                } else if (mistake == Mistake.HELPS_NOT && beginning.contains(Thread.currentThread())) {
                    return 0;
                }
                if (failure == Failure.WAKE
                        && random.nextInt(WAKES_TO_A_FAILURE) == 0
                        && failed.add(Thread.currentThread())) {
                    throw new StackOverflowError();
                }
                return super.wake(at, count);
            }
        }
    }
}
