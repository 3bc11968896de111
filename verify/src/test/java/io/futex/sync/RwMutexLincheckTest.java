package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.ModelWord;
import io.futex.contract.Scale;
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
                .addGuarantee(ModelWord.queueIsAtomic());
    }

    /// A counter whose steps are not atomic, under the lock.
    public static class Locked {
        private final RwMutexMistakes.NoMistake rules;
        private final ModelWord state = new ModelWord(0);
        private final ModelWord readersTurn;
        private final ModelWord writersTurn;
        private final RwMutex mutex;
        private int count;

        public Locked() {
            this(new ModelWord(0), new ModelWord(0), new RwMutexMistakes.NoMistake());
        }

        Locked(ModelWord readersTurn, ModelWord writersTurn, RwMutexMistakes.NoMistake rules) {
            this.rules = rules;
            this.readersTurn = readersTurn;
            this.writersTurn = writersTurn;
            mutex = new RwMutex(state, readersTurn, writersTurn, rules);
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
            writersTurn.timeOutOne();
            readersTurn.timeOutOne();
        }

        @Validate
        public void leavesNothingBehind() {
            int left = state.get();
            if (RwMutexRules.isHeld(left) || RwMutexRules.isReserved(left)) {
                throw new IllegalStateException("left in the state: " + left);
            }
        }
    }

    public static class UnwokenWriters extends Locked {
        public UnwokenWriters() {
            super(new ModelWord(0), new SilentWord(), new RwMutexMistakes.NoMistake());
        }
    }

    public static class UnwokenReaders extends Locked {
        public UnwokenReaders() {
            super(new SilentWord(), new ModelWord(0), new RwMutexMistakes.NoMistake());
        }
    }

    public static class Unguarded extends Locked {
        public Unguarded() {
            super(new ModelWord(0), new ModelWord(0), new RwMutexMistakes.TakenAnyway());
        }
    }

    private static final class SilentWord extends ModelWord {
        SilentWord() {
            super(0);
        }

        @Override
        public int wake(int count) {
            return 0;
        }
    }
}
