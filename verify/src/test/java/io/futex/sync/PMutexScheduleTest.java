package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Scale;
import io.futex.memory.ModelScheduler;
import io.futex.memory.ModelWords;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// The library's own code, not a restatement of it, under a lottery of interleavings. Threads may give up by time and
/// by interrupt at any moment.
class PMutexScheduleTest {
    private static final int RUNS = Scale.of(20_000, 1_000_000);

    /// By when a mistake must have been found, with seeds that are the same each time: the slowest takes 25 000.
    private static final int ENOUGH = 200_000;

    @Test
    void neverHangsNorLetsTwoIn() {
        for (long seed = 0; seed < RUNS; seed++) {
            new Run(seed, new PMutexMistakes.NoMistake(), false).fourLockersAndTwoWhoGiveUp();
        }
    }

    @Test
    void findsUnlockerThatTakesBackAnUnneededWake() {
        assertThatThrownBy(() -> {
                    for (long seed = 0; seed < ENOUGH; seed++) {
                        new Run(seed, new PMutexMistakes.NoMistake(), true).threeLockersAndOneWhoGivesUp();
                    }
                })
                .isInstanceOf(Error.class);
    }

    @Test
    void findsNewSleeperThatKeepsWoken() {
        assertThatThrownBy(() -> {
                    for (long seed = 0; seed < ENOUGH; seed++) {
                        ModelScheduler scheduler = ModelScheduler.inOrder(seed);
                        new Run(seed, scheduler, new PMutexMistakes.NewSleeperKeepsWoken(), false).threeLockersTwice();
                    }
                })
                .isInstanceOf(ModelScheduler.Hang.class);
    }

    @Test
    void findsSleeperThatKeepsWoken() {
        assertHangs(PMutexMistakes.SleeperKeepsWoken::new);
    }

    @Test
    void findsLeaverThatKeepsTheWake() {
        assertHangs(PMutexMistakes.LeaverKeepsWake::new);
    }

    @Test
    void findsLeaverThatKeepsReserved() {
        assertHangs(PMutexMistakes.LeaverKeepsReserved::new);
    }

    private static void assertHangs(Supplier<PMutexMistakes.NoMistake> rules) {
        assertThatThrownBy(() -> {
                    for (long seed = 0; seed < ENOUGH; seed++) {
                        new Run(seed, rules.get(), false).threeLockersAndOneWhoGivesUp();
                    }
                })
                .isInstanceOf(ModelScheduler.Hang.class);
    }

    private static final class Run {
        final long seed;
        final PMutexMistakes.NoMistake rules;
        final ModelScheduler scheduler;
        final ModelWords words;
        final PMutex mutex;
        int inside;

        Run(long seed, PMutexMistakes.NoMistake rules, boolean takesBack) {
            this(seed, new ModelScheduler(seed), rules, takesBack);
        }

        Run(long seed, ModelScheduler scheduler, PMutexMistakes.NoMistake rules, boolean takesBack) {
            this.seed = seed;
            this.rules = rules;
            this.scheduler = scheduler;
            words = takesBack ? new TakingBackWord(scheduler) : new ModelWords(Integer.BYTES, scheduler);
            mutex = new PMutex(words, 0, rules, true);
        }

        void threeLockersTwice() {
            run(this::lockTwice, this::lockTwice, this::lockTwice);
        }

        void threeLockersAndOneWhoGivesUp() {
            run(this::lockTwice, this::lock, this::lock, this::tryLock, this::endTime);
        }

        void fourLockersAndTwoWhoGiveUp() {
            run(
                    this::lockTwice,
                    this::lock,
                    this::lock,
                    this::lock,
                    this::tryLock,
                    this::endTime,
                    this::lockInterruptibly,
                    () -> words.interruptOne(0));
        }

        private void run(Runnable... tasks) {
            scheduler.run(tasks);
            if (words.peek(0) != 0) {
                throw new AssertionError("seed " + seed + ": left in the word: " + words.peek(0));
            }
        }

        private void lockTwice() {
            lock();
            lock();
        }

        private void lock() {
            mutex.lock();
            useAndUnlock();
        }

        private void lockInterruptibly() {
            try {
                mutex.lockInterruptibly();
            } catch (InterruptedException e) {
                return;
            }
            useAndUnlock();
        }

        private void tryLock() {
            try {
                if (!mutex.tryLock(1, TimeUnit.HOURS)) {
                    return;
                }
            } catch (InterruptedException e) {
                return; // interruptOne does not know who it was meant for
            }
            useAndUnlock();
        }

        private void endTime() {
            rules.over = true;
            words.timeOutOne(0);
        }

        private void useAndUnlock() {
            if (++inside != 1) {
                throw new AssertionError("seed " + seed + ": two owners");
            }
            mutex.isLocked(); // a step, at which others may come in
            inside--;
            mutex.unlock();
        }
    }

    /// The mistake that is not in the rules: an unlock that sets the word to 0 if its wake has woken nobody.
    private static final class TakingBackWord extends ModelWords {
        TakingBackWord(ModelScheduler scheduler) {
            super(Integer.BYTES, scheduler);
        }

        @Override
        public void wakeEntrants(long at, int count) {
            int value = get(at);
            if (wake(at, count) == 0 && !PMutexRules.isLocked(value)) {
                compareAndSet(at, value, 0);
            }
        }
    }
}
