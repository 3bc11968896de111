package io.futex.sync;

import io.futex.Futex;
import io.futex.WaitResult;
import io.futex.memory.ModelScheduler;
import io.futex.memory.ModelWords;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;

/// One run of the library's own read-write lock under a lottery of interleavings.
@SuppressWarnings("LockNotBeforeTry") // what fails in between ends the test anyway
final class RwMutexLottery {
    private static final long READERS = RwMutexRules.READERS_TURN;
    private static final long WRITERS = RwMutexRules.WRITERS_TURN;
    private static final long SIGNAL = 12;
    private static final int BYTES = 16;

    /// Within so many steps of one thread every other has had its turn.
    private static final int LONG = 200;

    private static final int DELAY = 30;

    /// How sleepers sleep.
    enum Sleep {
        /// Until they are woken.
        SOUND,
        /// As virtual threads on shared words do: they look now and then, and no wake knows of them.
        POLLING,
        /// Nobody counts up a turn: not the library's mistake, but the model must find it.
        TURN_STAYS
    }

    final long seed;
    final RwMutexMistakes.NoMistake rules;
    final ModelScheduler scheduler;
    final Sleeps words;
    final RwMutex mutex;
    int writers;
    int readers;
    boolean gaveUp;
    boolean wrote;
    private int toFinish;

    RwMutexLottery(long seed, RwMutexMistakes.NoMistake rules) {
        this(seed, rules, Sleep.SOUND);
    }

    RwMutexLottery(long seed, RwMutexMistakes.NoMistake rules, Sleep sleep) {
        this(seed, rules, sleep, false);
    }

    RwMutexLottery(long seed, RwMutexMistakes.NoMistake rules, Sleep sleep, boolean virtual) {
        this.seed = seed;
        this.rules = rules;
        scheduler = new ModelScheduler(seed);
        words = new Sleeps(scheduler, seed, sleep);
        mutex = new RwMutex(words, 0, rules, virtual);
        rules.over = false;
    }

    // ---- what is played

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

    /// A reader queues behind a writer, and gives up before that writes, or meanwhile. Another writer comes then.
    void readerThatGivesUpBehindWriters() {
        run(
                () -> {
                    mutex.readLock().lock();
                    signal(1);
                    awaitSignal(2);
                    mutex.readLock().unlock();
                },
                () -> {
                    awaitSignal(1);
                    mutex.writeLock().lock();
                    signal(3);
                    while ((words.get(0) & RwMutexRules.WRITERS_WAIT) == 0) {}
                    useToWrite();
                },
                () -> {
                    awaitSignal(3);
                    write();
                },
                () -> {
                    awaitSignal(1);
                    readTimed();
                    gaveUp = true;
                },
                () -> {
                    awaitSignal(1);
                    endTime();
                    signal(2);
                    endTimeForSure();
                });
    }

    /// One reader stays until another has come in, which a writer stops that does not stay for ever.
    void readerBehindWriterThatGivesUp() {
        run(
                () -> {
                    mutex.readLock().lock();
                    signal(1);
                    awaitSignal(2);
                    mutex.readLock().unlock();
                },
                () -> {
                    awaitSignal(1);
                    read();
                    signal(2);
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
                    signal(1);
                },
                this::readTimed,
                this::endTime);
    }

    /// Readers that come, or look again, once a writer has announced itself to those that read.
    void readersBehindWriter() {
        run(
                () -> {
                    mutex.readLock().lock();
                    signal(1);
                    awaitSignal(2);
                    mutex.readLock().unlock();
                },
                this::firstWriter,
                this::readerAfterWriter,
                this::readerAfterWriter,
                () -> {
                    awaitSignal(2);
                    readTimed();
                });
    }

    private void firstWriter() {
        awaitSignal(1);
        mutex.writeLock().lock();
        enterAsWriter();
        wrote = true;
        writers--;
        mutex.writeLock().unlock();
    }

    private void readerAfterWriter() {
        awaitSignal(1);
        while ((words.get(0) & RwMutexRules.WRITERS_WAIT) == 0 && !wrote) {}
        signal(2);
        mutex.readLock().lock();
        if (!wrote) {
            throw new AssertionError("seed " + seed + ": a reader has overtaken a writer");
        }
        useToRead();
    }

    /// A reader and a writer that sleep while another writes.
    void readersTurnBeforeWriters() {
        boolean[] read = new boolean[1];
        run(
                () -> {
                    mutex.writeLock().lock();
                    signal(1);
                    while (!areBothAsleep()) {}
                    mutex.writeLock().unlock();
                },
                () -> {
                    awaitSignal(1);
                    mutex.readLock().lock();
                    read[0] = true;
                    useToRead();
                },
                () -> {
                    awaitSignal(1);
                    mutex.writeLock().lock();
                    if (!read[0]) {
                        throw new AssertionError("seed " + seed + ": a writer has taken the readers' turn");
                    }
                    useToWrite();
                });
    }

    private boolean areBothAsleep() {
        int both = RwMutexRules.READERS_WAIT | RwMutexRules.WRITERS_WAIT;
        return (words.get(0) & both) == both;
    }

    /// Whoever is woken of one kind does not run before all others have finished: it was killed, or has no carrier.
    void someWhoNeverCome(boolean write) {
        words.stuckAt = write ? WRITERS : READERS;
        Runnable stuck = write ? this::write : this::read;
        Runnable other = write ? this::read : this::write;
        toFinish = 3;
        run(
                () -> {
                    mutex.writeLock().lock();
                    signal(1);
                    scheduler.block(() -> words.someoneIsStuck);
                    if (write) {
                        mutex.downgrade();
                        signal(2);
                        while ((words.get(0) & RwMutexRules.READERS_WAIT) == 0) {}
                        mutex.readLock().unlock();
                    } else {
                        signal(2);
                        while (!areBothAsleep()) {}
                        mutex.writeLock().unlock();
                    }
                    toFinish--;
                },
                () -> {
                    awaitSignal(1);
                    words.stuck.add(Thread.currentThread());
                    stuck.run();
                },
                () -> {
                    awaitSignal(2);
                    other.run();
                    toFinish--;
                },
                () -> {
                    awaitSignal(2);
                    other.run();
                    toFinish--;
                },
                () -> {
                    for (int i = 0; i < 3 * LONG && toFinish > 0; i++) {
                        words.timeOutOne(READERS);
                        words.timeOutOne(WRITERS);
                    }
                });
    }

    // ---- how

    private void run(Runnable... tasks) {
        try {
            scheduler.run(tasks);
        } catch (ModelScheduler.Hang e) {
            throw new AssertionError("seed " + seed + ": " + Integer.toHexString(words.peek(0)), e);
        }
        if (words.peek(0) != 0) {
            throw new AssertionError("seed " + seed + ": left in the state: " + Integer.toHexString(words.peek(0)));
        }
    }

    private void signal(int value) {
        words.set(SIGNAL, Math.max(value, words.peek(SIGNAL)));
    }

    private void awaitSignal(int least) {
        scheduler.block(() -> words.peek(SIGNAL) >= least);
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
            scheduler.step();
        }
        endTimeNow();
    }

    private void endTimeNow() {
        rules.over = true;
        words.timeOutOne(WRITERS);
        words.timeOutOne(READERS);
    }

    private void endTimeForSure() {
        for (int i = 0; i < LONG && !gaveUp; i++) {
            endTimeNow();
        }
    }

    private void interrupt() {
        words.interruptOne(READERS);
        words.interruptOne(WRITERS);
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

    /// The words, and who sleeps on them.
    final class Sleeps extends ModelWords {
        /// How often a poller looks in a run, beside when it is woken: a run must end.
        private static final int LOOKS = 40;

        private final Sleep sleep;
        private int looks;
        /// Threads that do not run on once they have slept on this word.
        final Set<Thread> stuck = new HashSet<>();
        long stuckAt = -1;
        boolean someoneIsStuck;

        Sleeps(ModelScheduler scheduler, long seed, Sleep sleep) {
            super(BYTES, scheduler);
            this.sleep = sleep;
            this.looks = sleep == Sleep.POLLING ? (int) (seed % LOOKS) : 0;
        }

        @Override
        public WaitResult await(long at, int expected, long deadline, boolean interruptible)
                throws InterruptedException {
            if (looks > 0) {
                looks--;
                scheduler.step();
                return get(at) == expected ? WaitResult.WOKEN : WaitResult.CHANGED;
            }
            boolean sticks = at == stuckAt && stuck.contains(Thread.currentThread());
            someoneIsStuck |= sticks;
            WaitResult result = super.await(at, expected, deadline, interruptible);
            if (sticks) {
                scheduler.block(() -> toFinish <= 0);
            }
            return result;
        }

        @Override
        public int getAndAdd(long at, int delta) {
            return sleep == Sleep.TURN_STAYS ? get(at) : super.getAndAdd(at, delta);
        }

        @Override
        public int wake(long at, int count) {
            int woken = super.wake(at, count);
            return sleep == Sleep.POLLING ? Futex.UNKNOWN : woken;
        }
    }
}
