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
/// switches of threads. What takes many is for [RwMutexScheduleTest].
@SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
class RwMutexLincheckTest {
    private static final int BYTES = (int) RwMutex.LAYOUT_BYTES;
    private static final int INVOCATIONS = Scale.of(100, 20_000);

    @Test
    void neverHangsNorLetsWritersMeet() {
        options().check(Locked.class);
    }

    @Test
    void findsUnlockThatDoesNotWakeWriters() {
        assertThatThrownBy(() -> options().check(UnwokenWriters.class))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("hung");
    }

    @Test
    void findsUnlockThatDoesNotWakeReaders() {
        assertThatThrownBy(() -> options().check(UnwokenReaders.class))
                .isInstanceOf(LincheckAssertionError.class)
                .hasMessageContaining("hung");
    }

    @Test
    void findsReaderThatLetsAnybodyIn() {
        assertThatThrownBy(() -> options().check(Unguarded.class)).isInstanceOf(LincheckAssertionError.class);
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

    /// A counter whose steps are not atomic, under the lock.
    public static class Locked {
        private final RwMutexMistakes.NoMistake rules;
        private final ModelWords words;
        private final RwMutex mutex;
        private int count;

        public Locked() {
            this(new ModelWords(BYTES), new RwMutexMistakes.NoMistake());
        }

        Locked(ModelWords words, RwMutexMistakes.NoMistake rules) {
            this.rules = rules;
            this.words = words;
            mutex = new RwMutex(words, 0, rules, true);
        }

        @Operation
        public int write() {
            mutex.writeLock().lock();
            int before = count++;
            mutex.writeLock().unlock();
            return before;
        }

        @Operation
        public int read() {
            mutex.readLock().lock();
            int seen = count;
            mutex.readLock().unlock();
            return seen;
        }

        @Operation
        public int writeThenRead() {
            mutex.writeLock().lock();
            count++;
            mutex.downgrade();
            int seen = count;
            mutex.readLock().unlock();
            return seen;
        }

        /// Whether it gives up is chance, which Lincheck does not know; so it changes nothing.
        @Operation
        public void tryWrite() throws InterruptedException {
            if (mutex.writeLock().tryLock(1, TimeUnit.HOURS)) {
                mutex.writeLock().unlock();
            }
        }

        @Operation
        public void tryRead() throws InterruptedException {
            if (mutex.readLock().tryLock(1, TimeUnit.HOURS)) {
                mutex.readLock().unlock();
            }
        }

        @Operation
        public void endTime() {
            rules.over = true;
            words.timeOutOne(RwMutexRules.WRITERS_TURN);
            words.timeOutOne(RwMutexRules.READERS_TURN);
        }

        @Validate
        public void leavesNothingBehind() {
            if (words.peek(0) != 0) {
                throw new IllegalStateException("left in the state: " + words.peek(0));
            }
        }
    }

    public static class UnwokenWriters extends Locked {
        public UnwokenWriters() {
            super(new SilentWords(RwMutexRules.WRITERS_TURN), new RwMutexMistakes.NoMistake());
        }
    }

    public static class UnwokenReaders extends Locked {
        public UnwokenReaders() {
            super(new SilentWords(RwMutexRules.READERS_TURN), new RwMutexMistakes.NoMistake());
        }
    }

    public static class Unguarded extends Locked {
        public Unguarded() {
            super(new ModelWords(BYTES), new RwMutexMistakes.TakenAnyway());
        }
    }

    private static final class SilentWords extends ModelWords {
        private final long silent;

        SilentWords(long silent) {
            super(BYTES);
            this.silent = silent;
        }

        @Override
        public int wake(long at, int count) {
            return at == silent ? 0 : super.wake(at, count);
        }
    }
}
