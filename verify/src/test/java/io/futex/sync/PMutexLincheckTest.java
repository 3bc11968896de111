package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.contract.Scale;
import io.futex.memory.ModelWords;
import java.util.concurrent.TimeUnit;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Test;

/// The library's own code under Lincheck, which sees every access to a field too, and tries first what takes few
/// switches of threads. What takes many is for [PMutexScheduleTest] and [PMutexStatesTest].
@SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
class PMutexLincheckTest {
    private static final int INVOCATIONS = Scale.of(500, 20_000);

    @Test
    void neverHangsNorLetsTwoIn() {
        options().check(Locked.class);
    }

    @Test
    void findsUnlockerThatDoesNotWake() {
        assertThatThrownBy(() -> options().check(Unwoken.class))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("hung");
    }

    private static ModelCheckingOptions options() {
        return new ModelCheckingOptions()
                .threads(4)
                .actorsPerThread(2)
                .actorsBefore(0)
                .actorsAfter(0)
                .iterations(5)
                .invocationsPerIteration(INVOCATIONS)
                .minimizeFailedScenario(false)
                .addGuarantee(ModelWords.atomicParts());
    }

    /// A counter whose steps are not atomic, under the mutex.
    public static class Locked {
        private final PMutexMistakes.NoMistake rules = new PMutexMistakes.NoMistake();
        private final ModelWords words;
        private final PMutex mutex;
        private int count;

        public Locked() {
            this(new ModelWords(Integer.BYTES));
        }

        Locked(ModelWords words) {
            this.words = words;
            mutex = new PMutex(words, 0, rules, true);
        }

        @Operation
        public int lock() {
            mutex.lock();
            int before = count++;
            mutex.unlock();
            return before;
        }

        /// Whether it gives up is chance, which Lincheck does not know; so it changes nothing.
        @Operation
        public void tryLock() throws InterruptedException {
            if (mutex.tryLock(1, TimeUnit.HOURS)) {
                mutex.unlock();
            }
        }

        @Operation
        public void endTime() {
            rules.over = true;
            words.timeOutOne(0);
        }

        @Validate
        public void leavesNothingBehind() {
            if (words.get(0) != 0) {
                throw new IllegalStateException("left in the word: " + words.get(0));
            }
        }
    }

    public static class Unwoken extends Locked {
        public Unwoken() {
            super(new ModelWords(Integer.BYTES) {
                @Override
                public void wakeEntrants(long at, int count) {}
            });
        }
    }
}
