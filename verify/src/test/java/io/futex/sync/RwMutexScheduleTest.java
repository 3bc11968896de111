package io.futex.sync;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.futex.ModelWord;
import io.futex.ModelWordScheduler;
import io.futex.contract.Scale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// The library's own code under a lottery of interleavings: readers, writers, threads that turn from one into the
/// other, and threads that give up by time and by interrupt at any moment.
@SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
class RwMutexScheduleTest {
    private static final int RUNS = Scale.of(1_000, 100_000);

    /// By when a mistake must have been found, with seeds that are the same each time: the slowest takes 1 000.
    private static final int ENOUGH = 20_000;

    @Test
    void neverHangsNorLetsWritersMeet() {
        for (long seed = 0; seed < RUNS; seed++) {
            for (RwMutexMistakes.NoMistake rules : new RwMutexMistakes.NoMistake[] {
                new RwMutexMistakes.NoMistake(), new RwMutexMistakes.NoMistake(true), new RwMutexMistakes.Patient()
            }) {
                new Run(seed, rules).readersAndWriters();
                rules.over = false;
                new Run(seed, rules).manyWhoGiveUp();
                rules.over = false;
                new Run(seed, rules).readerBehindWriterThatGivesUp();
                rules.over = false;
                new Run(seed, rules).writersOfWhichOneGivesUp();
                rules.over = false;
                new Run(seed, rules).readerThatGivesUpAmongWriters();
                rules.over = false;
                new Run(seed, rules).readerThatOnlyDowngradeLetsIn();
            }
        }
    }

    @Test
    void findsWokenWriterThatForgetsOthers() {
        assertFinds(RwMutexMistakes.WokenWriterForgetsOthers::new, Run::readersAndWriters);
    }

    @Test
    void findsLeavingWriterThatKeepsTheWake() {
        assertFinds(RwMutexMistakes.LeavingWriterKeepsWake::new, Run::writersOfWhichOneGivesUp);
    }

    @Test
    void findsLeavingWriterThatForgetsReaders() {
        assertFinds(RwMutexMistakes.LeavingWriterForgetsReaders::new, Run::readerBehindWriterThatGivesUp);
    }

    @Test
    void findsLeavingReaderThatKeepsReserved() {
        assertFinds(RwMutexMistakes.LeavingReaderKeepsReserved::new, Run::readerThatGivesUpAmongWriters);
    }

    @Test
    void findsWriterThatForgetsReaders() {
        assertFinds(RwMutexMistakes.WriterForgetsReaders::new, Run::readersAndWriters);
    }

    @Test
    void findsLastReaderThatForgetsWriters() {
        assertFinds(RwMutexMistakes.LastReaderForgetsWriters::new, Run::readersAndWriters);
    }

    @Test
    void findsWriterThatStopsReadersForNobody() {
        assertFinds(RwMutexMistakes.WokenWriterIsSureOfOthers::new, Run::readerThatOnlyDowngradeLetsIn);
    }

    @Test
    void findsDowngradeThatForgetsReaders() {
        assertFinds(RwMutexMistakes.DowngradeForgetsReaders::new, Run::readerThatOnlyDowngradeLetsIn);
    }

    /// Whose sleep does not end when its wake came just before it.
    @Test
    void findsWakerThatDoesNotCountTheTurn() {
        assertFinds(seed -> new Run(seed, new RwMutexMistakes.Patient(), TurnThatStays::new), Run::readersAndWriters);
    }

    /// Who believes that somebody is on the way although nobody was there.
    @Test
    void findsWakerThatDoesNotAskWhetherAnybodyWoke() {
        assertFinds(seed -> new Run(seed, new RwMutexMistakes.Patient(), LyingTurn::new), Run::manyWhoGiveUp);
    }

    private static void assertFinds(Supplier<RwMutexMistakes.NoMistake> rules, Consumer<Run> scenario) {
        assertFinds(seed -> new Run(seed, rules.get()), scenario);
    }

    private static void assertFinds(LongFunction<Run> run, Consumer<Run> scenario) {
        assertThatThrownBy(() -> {
                    for (long seed = 0; seed < ENOUGH; seed++) {
                        scenario.accept(run.apply(seed));
                    }
                })
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("seed");
    }

    /// A turn that a waker does not count up.
    private static final class TurnThatStays extends ModelWord {
        TurnThatStays(ModelWordScheduler scheduler) {
            super(0, scheduler);
        }

        @Override
        public int getAndAdd(int delta) {
            return get();
        }
    }

    /// A turn whose wakes say that they woke somebody.
    private static final class LyingTurn extends ModelWord {
        LyingTurn(ModelWordScheduler scheduler) {
            super(0, scheduler);
        }

        @Override
        public int wake(int count) {
            return Math.max(1, super.wake(count));
        }
    }

    private interface Words {
        ModelWord create(ModelWordScheduler scheduler);
    }

    private static final class Run {
        /// Within so many steps of one thread every other has had its turn.
        private static final int LONG = 200;

        private static final int DELAY = 30;

        final long seed;
        final RwMutexMistakes.NoMistake rules;
        final ModelWordScheduler scheduler;
        final ModelWord state;
        final ModelWord readersTurn;
        final ModelWord writersTurn;
        final ModelWord signal;
        final RwMutex mutex;
        int writers;
        int readers;
        boolean gaveUp;

        Run(long seed, RwMutexMistakes.NoMistake rules) {
            this(seed, rules, scheduler -> new ModelWord(0, scheduler));
        }

        Run(long seed, RwMutexMistakes.NoMistake rules, Words turns) {
            this.seed = seed;
            this.rules = rules;
            scheduler = new ModelWordScheduler(seed);
            state = new ModelWord(0, scheduler);
            readersTurn = turns.create(scheduler);
            writersTurn = turns.create(scheduler);
            signal = new ModelWord(0, scheduler);
            mutex = new RwMutex(state, readersTurn, writersTurn, rules);
        }

        void readersAndWriters() {
            run(this::readTwice, this::read, this::writeTwice, this::write, this::writeThenRead);
        }

        void manyWhoGiveUp() {
            run(
                    this::readTwice,
                    this::writeThenRead,
                    this::write,
                    this::writeTimed,
                    this::readTimed,
                    this::readInterruptibly,
                    this::writeInterruptibly,
                    this::endTime,
                    this::interrupt);
        }

        void writersOfWhichOneGivesUp() {
            run(this::writeTwice, this::write, this::writeTimed, this::endTime);
        }

        void readerThatGivesUpAmongWriters() {
            run(this::writeTwice, this::writeTwice, this::readTimed, this::endTime);
        }

        /// One reader stays until another has come in, which a writer stops that does not stay for ever.
        void readerBehindWriterThatGivesUp() {
            run(
                    () -> {
                        mutex.readLock().lock();
                        signal.set(1);
                        signal.wakeAll();
                        awaitSignal(2);
                        mutex.readLock().unlock();
                    },
                    () -> {
                        awaitSignal(1);
                        read();
                        signal.set(2);
                        signal.wakeAll();
                    },
                    this::writeTimed,
                    this::endTimeForSure);
        }

        /// A writer turned reader stays until another reader has come in.
        void readerThatOnlyDowngradeLetsIn() {
            run(
                    () -> {
                        mutex.writeLock().lock();
                        mutex.downgrade();
                        awaitSignal(1);
                        mutex.readLock().unlock();
                    },
                    () -> {
                        read();
                        signal.set(1);
                        signal.wakeAll();
                    },
                    this::readTimed,
                    this::endTime);
        }

        private void awaitSignal(int least) {
            for (int value = signal.get(); value < least; value = signal.get()) {
                signal.awaitUninterruptibly(value);
            }
        }

        private void run(Runnable... tasks) {
            try {
                scheduler.run(tasks);
            } catch (ModelWordScheduler.Hang e) {
                throw new AssertionError("seed " + seed + ": " + Integer.toHexString(state.peek()), e);
            }
            int left = state.peek();
            // A flag may be left of a thread that gave up, or found the lock open after all: it costs a wake.
            if (RwMutexRules.isHeld(left) || RwMutexRules.isReserved(left)) {
                throw new AssertionError("seed " + seed + ": left in the state: " + Integer.toHexString(left));
            }
        }

        private void readTwice() {
            read();
            read();
        }

        private void writeTwice() {
            write();
            write();
        }

        private void read() {
            mutex.readLock().lock();
            useToRead();
        }

        private void write() {
            mutex.writeLock().lock();
            useToWrite();
        }

        private void readInterruptibly() {
            try {
                mutex.readLock().lockInterruptibly();
            } catch (InterruptedException e) {
                return;
            }
            useToRead();
        }

        private void writeInterruptibly() {
            try {
                mutex.writeLock().lockInterruptibly();
            } catch (InterruptedException e) {
                return;
            }
            useToWrite();
        }

        private void readTimed() {
            if (timed(mutex.readLock())) {
                useToRead();
            }
        }

        private void writeTimed() {
            if (timed(mutex.writeLock())) {
                useToWrite();
            }
            gaveUp = true;
        }

        private static boolean timed(Lock lock) {
            try {
                return lock.tryLock(1, TimeUnit.HOURS);
            } catch (InterruptedException e) {
                return false; // interruptOne does not know who it was meant for
            }
        }

        private void writeThenRead() {
            mutex.writeLock().lock();
            enterAsWriter();
            writers--;
            readers++;
            mutex.downgrade();
            look();
            readers--;
            mutex.readLock().unlock();
        }

        /// Some time after the beginning.
        private void endTime() {
            for (long i = seed % DELAY; i > 0; i--) {
                signal.get();
            }
            endTimeNow();
        }

        private void endTimeNow() {
            rules.over = true;
            writersTurn.timeOutOne();
            readersTurn.timeOutOne();
        }

        private void endTimeForSure() {
            for (int i = 0; i < LONG && !gaveUp; i++) {
                endTimeNow();
            }
        }

        private void interrupt() {
            readersTurn.interruptOne();
            writersTurn.interruptOne();
        }

        private void useToRead() {
            readers++;
            look();
            readers--;
            mutex.readLock().unlock();
        }

        private void useToWrite() {
            enterAsWriter();
            writers--;
            mutex.writeLock().unlock();
        }

        private void enterAsWriter() {
            writers++;
            look();
        }

        /// A step, at which others may come in.
        private void look() {
            mutex.isWriteLocked();
            if (writers > 1 || (writers == 1 && readers != 0)) {
                throw new AssertionError("seed " + seed + ": writers " + writers + ", readers " + readers);
            }
        }
    }
}
