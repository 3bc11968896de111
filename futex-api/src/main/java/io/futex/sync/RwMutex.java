package io.futex.sync;

import io.futex.FutexWord;
import io.futex.internal.Segments;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;

/// A lock that many readers or one writer may hold, of three 4-byte words.
///
/// ```java
/// RwMutex lock = new RwMutex();
///
/// lock.readLock().lock();                      lock.writeLock().lock();
/// try {                                        try {
///     // together with other readers               // alone
/// } finally {                                  } finally {
///     lock.readLock().unlock();                    lock.writeLock().unlock();
/// }                                            }
/// ```
///
/// It behaves as [java.util.concurrent.locks.ReentrantReadWriteLock] does (interrupts, time, memory effects: what was
/// done before an unlock happens-before a later lock of the other kind returns), but for this:
///
/// - **Not reentrant.** The thread that holds the write lock gets [IllegalMonitorStateException] from `lock` and
///   `lockInterruptibly` of either kind; `tryLock` is false, the timed one after its time. To go from writing to
///   reading there is [#downgrade]. There is no way from reading to writing: a reader that locks for writing waits for
///   itself for ever.
/// - **A read lock inside a read lock of the same thread may deadlock**: if a writer has come in between, the second
///   waits for the writer, and the writer for the first. Nobody keeps account of who reads. `readLock().tryLock()` does
///   not wait, and so is safe there: it is true unless a writer holds the lock, or has waited for it for more than
///   about a millisecond.
/// - **Read unlock by anybody.** That there are readers is checked, not who they are; one thread may lock for reading
///   and another unlock. Only the writer may unlock for writing, and [#downgrade].
/// - **No conditions**: `newCondition` is unsupported for both locks.
/// - At most 33 554 432 readers at a time; one more gets [IllegalStateException].
///
/// **Nobody starves.** Readers that come while a writer sleeps queue up behind it, so it waits for those that read
/// already and for no more. When it unlocks, the readers that have slept meanwhile have their turn, before the next
/// writer that has slept. Threads that come just when the lock is open may overtake those that sleep; one that has
/// slept for more than a millisecond bars the way of newcomers.
///
/// The writer is known to this object, not to the words: it is checked among the users of one object. Two objects over
/// the same memory exclude each other, but unlocking the write lock through the other object is refused, and locking it
/// twice through two objects hangs. Virtual threads may use it: waiting does not block their carrier.
///
/// Thread-safe. A thread that waits looks at the lock for about 0.1 ms before it sleeps. A platform thread allocates
/// nothing. Whoever acquires the lock last may close its memory, though the unlock that let it in has not returned.
///
/// ## Layout
/// 12 bytes, 4-aligned, three ints in native byte order; zero-filled memory is an open lock.
///
/// | offset | word | bits | name | meaning |
/// |---|---|---|---|---|
/// | 0 | state | 0–25 | `n` | how many readers hold it, at most 2²⁵ |
/// | 0 | state | 26 | `WP` | writers sleep perhaps, and nobody has been woken for them |
/// | 0 | state | 27 | `RW` | readers sleep, and nobody has been woken for them |
/// | 0 | state | 28 | `RF` | no writer may take it before a reader that has slept |
/// | 0 | state | 29 | `WF` | nobody that comes may take it before a writer that has slept |
/// | 0 | state | 30 | `WW` | writers sleep, and nobody has been woken for them |
/// | 0 | state | 31 | `L` | a writer holds it |
/// | 4 | readers' turn | all | counts the wakes of readers, who sleep on it |
/// | 8 | writers' turn | all | counts the wakes of writers, who sleep on it |
///
/// What a C program does with the words of a [#shared] lock, all with atomic operations of sequential consistency
/// (`futex_wait` and `futex_wake` without FUTEX_PRIVATE_FLAG; a wake returns how many it woke):
///
/// ```c
/// enum { WP = 1 << 26, RW = 1 << 27, RF = 1 << 28, WF = 1 << 29, WW = 1 << 30, L = 1u << 31, N = WP - 1 };
///
/// void lock(unsigned w[3], int write) {
///     unsigned first = 0;
///     for (int slept = 0;;) {
///         unsigned t = w[1 + write], s = w[0], flag = write ? WW : RW;       // in this order
///         unsigned barred = write ? slept ? L | N | RF : L | N | RF | WF
///                                 : slept && t != first ? L : L | WF | WW;
///         if (!(s & barred)) {
///             unsigned n = write ? slept ? (s | L | WP) & ~(WW | WF) : s | L : slept ? (s + 1) & ~RF : s + 1;
///             if (cas(&w[0], s, n)) return;
///         } else if (s & flag || cas(&w[0], s, s | flag)) {
///             if (!slept) slept = 1, first = t;
///             futex_wait(&w[1 + write], t);
///         }
///     }
/// }
/// void unlock(unsigned w[3], int write) {
///     unsigned s, n;
///     do {
///         s = w[0];
///         n = write ? s & ~L : s - 1;
///         if (n & N) continue;
///         if (write && s & RW) n &= s & WW ? ~RW : ~(RW | WP);
///         else if (write || s & (WW | WP)) n &= ~(WW | WP);
///         else if (!(s & WF)) n &= ~RW;
///     } while (!cas(&w[0], s, n));
///     unsigned flags = WP | RW | RF | WF | WW, cleared = s & ~n & flags;
///     while (cleared && !wake(w, cleared)) {            // nobody was there: whose turn is it now?
///         do {
///             s = w[0];
///             if (s & (L | N) || !(s & flags)) return;
///             n = s & (WW | WF | WP) ? s & ~(WW | WF | WP) : s & ~(RW | RF);
///         } while (!cas(&w[0], s, n));
///         cleared = s & ~n;
///     }
/// }
/// int wake(unsigned w[3], unsigned cleared) {
///     int woken = 0;
///     if (cleared & (RW | RF)) atomic_add(&w[1], 1), woken += futex_wake(&w[1], INT_MAX);
///     if (cleared & (WW | WF | WP)) atomic_add(&w[2], 1), woken += futex_wake(&w[2], 1);
///     return woken;
/// }
/// ```
///
/// ## When a process is killed
/// - while it holds a shared lock, for writing or for reading: it stays so for ever. Readers still come in to one that
///   is held for reading, until a writer waits.
/// - while it sleeps on one: nothing is lost. A writer stops readers that come, those with a time limit for all of it,
///   until the readers that hold the lock have let go.
/// - when it has just been woken, or between letting go and the wake: others that sleep may sleep on though the lock is
///   open, for about 0.2 s; each Java thread that sleeps on a shared lock looks that often. Until one has, `tryLock()`
///   is false though nobody holds the lock.
///
/// The memory may be closed by the last thread that lets go, but not be used for something else before the `unlock` of
/// every other has returned: that may still count up a word of turns. A C program must keep it mapped until then.
public final class RwMutex implements ReadWriteLock {
    /// How many bytes a lock takes in memory of the caller.
    public static final long LAYOUT_BYTES = 12;

    private static final int READERS_OFFSET = 4;
    private static final int WRITERS_OFFSET = 8;

    private static final int BARRED_TO_READERS =
            RwMutexRules.WRITER | RwMutexRules.WRITERS_FIRST | RwMutexRules.WRITERS_WAIT | RwMutexRules.MAX_READERS;

    private static final long NOBODY = 0;

    private final FutexWord state;
    private final RwMutexRules rules;
    private final RwMutexSlowPath slowPath;
    private final RwMutexPace pace = new RwMutexPace();
    private final ReadLock readLock = new ReadLock(this);
    private final WriteLock writeLock = new WriteLock(this);

    /// Who holds the write lock, by thread id. Plain: a thread finds its own id only if it has put it there itself, and
    /// whatever else it may see is not its own. An id and not the thread: a reference costs the collector's barrier.
    private long writer = NOBODY;

    /// An open lock for threads of this JVM.
    public RwMutex() {
        this(FutexWord.local(0), FutexWord.local(0), FutexWord.local(0), RwMutexRules.LOCAL);
    }

    RwMutex(FutexWord state, FutexWord readersTurn, FutexWord writersTurn, RwMutexRules rules) {
        this.state = state;
        this.rules = rules;
        this.slowPath = new RwMutexSlowPath(state, readersTurn, writersTurn, rules);
    }

    /// A lock for threads of this JVM in memory of the caller, which is left as it is; zero-filled it is open.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @return a view of the lock there
    public static RwMutex local(MemorySegment segment, long offset) {
        Segments.requireWritable(segment, offset, LAYOUT_BYTES);
        return new RwMutex(
                FutexWord.local(segment, offset),
                FutexWord.local(segment, offset + READERS_OFFSET),
                FutexWord.local(segment, offset + WRITERS_OFFSET),
                RwMutexRules.LOCAL);
    }

    /// A lock for all processes that map the memory, which is left as it is; zero-filled it is open. What a killed
    /// process leaves behind is said above.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @return a view of the lock there
    public static RwMutex shared(MemorySegment segment, long offset) {
        Segments.requireWritable(segment, offset, LAYOUT_BYTES);
        return new RwMutex(
                FutexWord.shared(segment, offset),
                FutexWord.shared(segment, offset + READERS_OFFSET),
                FutexWord.shared(segment, offset + WRITERS_OFFSET),
                RwMutexRules.SHARED);
    }

    /// The lock for reading, always the same object.
    ///
    /// `lock` waits until no writer holds the lock and none that has come before sleeps on it; `tryLock()` only asks
    /// whether none holds it, or has waited for more than a millisecond. `unlock` throws [IllegalMonitorStateException]
    /// if there are no readers; the lock is left as it was.
    @Override
    public Lock readLock() {
        return readLock;
    }

    /// The lock for writing, always the same object.
    ///
    /// `lock` waits until nobody holds the lock. `tryLock()` may overtake threads that sleep, but for one that has
    /// slept for long. `unlock` throws [IllegalMonitorStateException] if this thread does not hold it; the lock is left
    /// as it was.
    @Override
    public Lock writeLock() {
        return writeLock;
    }

    /// Turns the write lock of this thread into a read lock, to be let go by `readLock().unlock()`. No writer comes in
    /// between; readers that sleep are let in.
    ///
    /// @throws IllegalMonitorStateException if this thread does not hold the write lock; it is left as it was
    public void downgrade() {
        requireWriter("downgrade");
        writer = NOBODY; // before the release, as in unlockWrite
        int s;
        int next;
        do {
            s = state.get();
            next = rules.downgrade(s);
        } while (!state.compareAndSet(s, next));
        slowPath.opened(s, next);
    }

    /// Whether any thread holds the write lock, in this process or another; out of date as soon as it is told.
    ///
    /// @return whether it was held for writing
    public boolean isWriteLocked() {
        return RwMutexRules.isWriteLocked(state.get());
    }

    /// Whether this thread has acquired the write lock through this object, and not let go of it or downgraded it.
    ///
    /// @return whether this thread holds it for writing
    public boolean isWriteLockedByCurrentThread() {
        return writer == Thread.currentThread().threadId();
    }

    /// How many read locks are held, in all processes; out of date as soon as it is told.
    ///
    /// @return the number of readers
    public int readers() {
        return RwMutexRules.readers(state.get());
    }

    /// The state, for people: out of date as soon as it is told.
    @Override
    public String toString() {
        return "RwMutex[" + describe() + "]";
    }

    private String describe() {
        int s = state.get();
        long holder = writer;
        String held = RwMutexRules.isWriteLocked(s)
                ? holder == NOBODY ? "written" : "written by thread #" + holder
                : RwMutexRules.isHeld(s) ? "readers=" + RwMutexRules.readers(s) : "open";
        return held
                + ((s & RwMutexRules.WRITERS_WAIT) != 0 ? ", writers wait" : "")
                + ((s & RwMutexRules.READERS_WAIT) != 0 ? ", readers wait" : "");
    }

    // ---- reading

    private boolean tryRead(int barred) {
        int lost = 0;
        int s = state.get();
        while ((s & barred) == 0) {
            int witness = state.compareAndExchange(s, s + RwMutexRules.READER);
            if (witness == s) {
                pace.acquired();
                return true;
            }
            s = (witness & barred) == 0 ? lookAgain(lost++) : witness;
        }
        return false;
    }

    /// Another thread has been faster at a step, and neither is in the other's way.
    private int lookAgain(int lost) {
        if (rules.spins()) {
            Pause.afterLostStep(lost);
        }
        return state.get();
    }

    private boolean readSlowly(long deadline, boolean interruptible) throws InterruptedException {
        if (!slowPath.lock(false, pace.firstPause(), deadline, interruptible)) {
            return false;
        }
        pace.acquired();
        return true;
    }

    private void unlockRead() {
        int lost = 0;
        for (int s = state.get(); ; s = lookAgain(lost++)) {
            if (RwMutexRules.readers(s) == 0) {
                throw new IllegalMonitorStateException("read unlock of a lock that nobody reads: " + this);
            }
            int next = rules.unlockRead(s);
            if (state.compareAndSet(s, next)) {
                slowPath.opened(s, next);
                return;
            }
        }
    }

    // ---- writing

    private boolean tryWrite() {
        int s = state.get();
        while (RwMutexRules.isOpenToWriter(s, false)) {
            int witness = state.compareAndExchange(s, rules.takeWrite(s, false));
            if (witness == s) {
                acquired();
                return true;
            }
            s = witness;
        }
        return false;
    }

    private boolean writeSlowly(long deadline, boolean interruptible) throws InterruptedException {
        if (!slowPath.lock(true, pace.firstPause(), deadline, interruptible)) {
            return false;
        }
        acquired();
        return true;
    }

    private void acquired() {
        writer = Thread.currentThread().threadId();
        pace.acquired();
    }

    private void unlockWrite() {
        requireWriter("write unlock");
        writer = NOBODY; // before the release: after it this field is the next writer's
        if (!state.compareAndSet(RwMutexRules.WRITER, 0)) {
            unlockWriteSlowly();
        }
    }

    private void unlockWriteSlowly() {
        int s;
        int next;
        do {
            s = state.get();
            next = rules.unlockWrite(s);
        } while (!state.compareAndSet(s, next));
        slowPath.opened(s, next);
    }

    private void requireWriter(String what) {
        if (!isWriteLockedByCurrentThread()) {
            throw new IllegalMonitorStateException(what + " by a thread that does not hold it for writing: " + this);
        }
    }

    private void requireNotWriter() {
        if (isWriteLockedByCurrentThread()) {
            throw new IllegalMonitorStateException(
                    "not reentrant: this thread holds it for writing already (see downgrade): " + this);
        }
    }

    // ---- the two locks

    private abstract static class View implements Lock {
        final RwMutex mutex;

        View(RwMutex mutex) {
            this.mutex = mutex;
        }

        /// One try as a newcomer.
        abstract boolean tryOnce();

        abstract boolean lockSlowly(long deadline, boolean interruptible) throws InterruptedException;

        @Override
        public final void lock() {
            if (!tryOnce()) {
                lockUninterruptibly();
            }
        }

        private void lockUninterruptibly() {
            mutex.requireNotWriter();
            try {
                lockSlowly(Segments.FOREVER, false);
            } catch (InterruptedException e) {
                throw new AssertionError("an uninterruptible wait was interrupted", e);
            }
        }

        @Override
        public final void lockInterruptibly() throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            if (!tryOnce()) {
                mutex.requireNotWriter();
                lockSlowly(Segments.FOREVER, true);
            }
        }

        @Override
        public final boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
            Objects.requireNonNull(unit, "unit");
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            return time <= 0 ? tryLock() : tryOnce() || lockSlowly(Segments.deadline(time, unit), true);
        }

        @Override
        public final Condition newCondition() {
            throw new UnsupportedOperationException("a RwMutex makes no conditions; a PMutex with a PCondition does");
        }
    }

    private static final class ReadLock extends View {
        ReadLock(RwMutex mutex) {
            super(mutex);
        }

        @Override
        boolean tryOnce() {
            return mutex.tryRead(BARRED_TO_READERS);
        }

        @Override
        boolean lockSlowly(long deadline, boolean interruptible) throws InterruptedException {
            return mutex.readSlowly(deadline, interruptible);
        }

        @Override
        public boolean tryLock() {
            if (mutex.tryRead(BARRED_TO_READERS & ~RwMutexRules.WRITERS_WAIT)) {
                return true;
            }
            if (RwMutexRules.isFull(mutex.state.get())) {
                throw RwMutexSlowPath.full();
            }
            return false;
        }

        @Override
        public void unlock() {
            mutex.unlockRead();
        }

        @Override
        public String toString() {
            return "RwMutex.readLock[" + mutex.describe() + "]";
        }
    }

    private static final class WriteLock extends View {
        WriteLock(RwMutex mutex) {
            super(mutex);
        }

        @Override
        boolean tryOnce() {
            return mutex.tryWrite();
        }

        @Override
        boolean lockSlowly(long deadline, boolean interruptible) throws InterruptedException {
            return mutex.writeSlowly(deadline, interruptible);
        }

        @Override
        public boolean tryLock() {
            return mutex.tryWrite();
        }

        @Override
        public void unlock() {
            mutex.unlockWrite();
        }

        @Override
        public String toString() {
            return "RwMutex.writeLock[" + mutex.describe() + "]";
        }
    }
}
