package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.futex.FutexException;
import io.futex.ModelWord;
import io.futex.ModelWordScheduler;
import io.futex.WaitResult;
import io.futex.contract.Scale;
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
class PConditionOracleTest {
    private static final int RUNS = Scale.of(6_000, 600_000);

    private enum Failure {
        NONE,
        /// Of a thread that was woken, to go on: the signal is for another.
        SLEEP,
        /// Of a wake.
        WAKE
    }

    @ParameterizedTest
    @EnumSource
    void eachSignalEndsAWait(Failure failure) {
        for (int seed = 0; seed < RUNS; seed++) {
            assertThat(new Play(seed, failure, true).lost()).as("seed %d", seed).isEmpty();
        }
    }

    /// As in PConditionScheduleTest: who begins to wait while an unlock is about to wake leaves all to that.
    @Test
    void findsLateComerThatDoesNotHelp() {
        boolean found = false;
        for (int seed = 0; seed < RUNS && !found; seed++) {
            found = !new Play(seed, Failure.NONE, false).lost().isEmpty();
        }
        assertThat(found).isTrue();
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
        private static final int SLEEPS_TO_A_FAILURE = 4;
        private static final int WAKES_TO_A_FAILURE = 6;

        private final Failure failure;
        private final boolean helps;
        private final SplittableRandom random;
        private final ModelWordScheduler scheduler;
        private final ModelWord lock;
        private final PMutex mutex;
        private final List<Word> sequences = new ArrayList<>();
        private final List<PCondition> conditions = new ArrayList<>();
        private final Set<Thread> beginning = new HashSet<>();

        // One thread runs at a time.
        private final List<Wait> waits = new ArrayList<>();
        private final List<Signal> signals = new ArrayList<>();
        private int now;

        Play(int seed, Failure failure, boolean helps) {
            this.failure = failure;
            this.helps = helps;
            random = new SplittableRandom(seed);
            scheduler = ModelWordScheduler.inAnyOrder(seed);
            lock = new ModelWord(0, scheduler);
            mutex = new PMutex(lock, new PMutexMistakes.NoMistake());
            for (int i = random.nextInt(2); i < 2; i++) {
                Word sequence = new Word();
                sequences.add(sequence);
                conditions.add(new PCondition(sequence, new ModelWord(0, scheduler), mutex));
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
            } catch (ModelWordScheduler.Hang expected) {
                // Nobody was to signal those that are left.
            }
            for (Wait wait : waits) {
                // The last wake of all may have failed; whoever would signal or wait next would make it.
                boolean excused = conditions.get(wait.condition).waking == PCondition.FAILED;
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
                Word sequence = sequences.get(own.nextInt(sequences.size()));
                if (own.nextBoolean()) {
                    sequence.timeOutOne();
                } else {
                    sequence.interruptOne();
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

        /// The wakes of an unlock take their time.
        private final class Word extends ModelWord {
            Word() {
                super(0, scheduler);
            }

            @Override
            public WaitResult awaitUntil(int expected, long deadlineNanos) throws InterruptedException {
                return use(super.awaitUntil(expected, deadlineNanos));
            }

            @Override
            public WaitResult awaitUntilUninterruptibly(int expected, long deadlineNanos) {
                return use(super.awaitUntilUninterruptibly(expected, deadlineNanos));
            }

            private WaitResult use(WaitResult result) {
                if (failure == Failure.SLEEP && random.nextInt(SLEEPS_TO_A_FAILURE) == 0) {
                    throw new FutexException("on purpose");
                }
                return result;
            }

            @Override
            public int wake(int count) {
                if (!mutex.isHeldByCurrentThread()) {
                    for (int i = random.nextInt(SLOW); i > 0; i--) {
                        scheduler.step();
                    }
                } else if (!helps && beginning.contains(Thread.currentThread())) {
                    return 0;
                }
                if (failure == Failure.WAKE && random.nextInt(WAKES_TO_A_FAILURE) == 0) {
                    throw new StackOverflowError();
                }
                return super.wake(count);
            }
        }
    }
}
