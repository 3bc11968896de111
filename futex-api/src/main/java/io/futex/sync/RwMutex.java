package io.futex.sync;

import io.futex.Futex;
import io.futex.memory.Words;
import java.lang.foreign.MemorySegment;
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
/// **Nobody starves.** Readers that come while a writer sleeps, or is on its way after a wake, queue up behind it: it
/// waits for those that read already and for no more. When it unlocks, the readers that have slept meanwhile have their
/// turn, before the next writer that has slept. A writer that comes just when the lock is open may overtake those that
/// sleep; a thread that has slept for more than a millisecond bars the way of newcomers. Order ends where it would keep
/// an open lock closed: who was woken and has not come for some 0.1 s, as a virtual thread without a carrier, is
/// overtaken; and when a writer gives up, readers behind it may come in before other writers.
///
/// The writer is known to this object, not to the words: it is checked among the users of one object. Two objects over
/// the same memory exclude each other, but unlocking the write lock through the other object is refused, and locking it
/// twice through two objects hangs.
///
/// A thread that waits looks at the lock for up to 0.2 ms before it sleeps. Should an unlock fail for want of stack,
/// the lock is held as before, and may be unlocked again; should its wake fail, it is open, and the next unlock wakes
/// those whom it was for. Memory of the caller may be closed once every call has returned, that which has let go last
/// included.
///
/// What all synchronizers have in common, stands at [io.futex.sync].
public final class RwMutex extends Paced implements ReadWriteLock {
    /// How many bytes a lock takes in memory of the caller.
    public static final long LAYOUT_BYTES = 12;

    private static final long NOBODY = 0;

    private final RwMutexRules rules;
    private final Lock readLock = new RwMutexView(this, false);
    private final Lock writeLock = new RwMutexView(this, true);

    /// Whether who is on its way may be a virtual thread without a carrier: so deputies are needed. Written before such
    /// a thread announces itself, and so seen by who finds it announced. Where processes may be killed nobody relies on
    /// anybody for long, and there is no need.
    private boolean virtual;

    /// Who holds the write lock, by thread id. Plain: a thread finds its own id only if it has put it there itself, and
    /// whatever else it may see is not its own. An id and not the thread: a reference costs the collector's barrier.
    private long writer = NOBODY;

    /// An open lock for threads of this JVM.
    public RwMutex() {
        Words.Place place = Words.fresh((int) LAYOUT_BYTES);
        this(place.words(), place.offset(), RwMutexRules.LOCAL, false);
    }

    /// @param virtual whether virtual threads may use it by another object
    RwMutex(Words words, long at, RwMutexRules rules, boolean virtual) {
        super(words, at, false);
        this.rules = rules;
        this.virtual = virtual;
    }

    /// A lock for threads of this JVM in memory of the caller, which is left as it is; zero-filled it is open.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @return a view of the lock there
    public static RwMutex local(MemorySegment segment, long offset) {
        return new RwMutex(in(Futex.local(), segment, offset, LAYOUT_BYTES), offset, RwMutexRules.LOCAL, true);
    }

    /// A lock for all processes that map the memory, which is left as it is; zero-filled it is open.
    public static RwMutex shared(MemorySegment segment, long offset) {
        return new RwMutex(in(Futex.shared(), segment, offset, LAYOUT_BYTES), offset, RwMutexRules.SHARED, false);
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
        letGo("downgrade", true);
    }

    /// Whether any thread holds the write lock, in this process or another; out of date as soon as it is told.
    ///
    /// @return whether it was held for writing
    public boolean isWriteLocked() {
        return RwMutexRules.isWriteLocked(words.get(at));
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
        return RwMutexRules.readers(words.get(at));
    }

    /// The words do not count who sleeps.
    ///
    /// @return [Futex#UNKNOWN]
    public int waiters() {
        return Futex.UNKNOWN;
    }

    /// The state, for people: out of date as soon as it is told.
    @Override
    public String toString() {
        return describe("RwMutex", this::state);
    }

    String state() {
        int s = words.get(at);
        long holder = writer;
        String held = RwMutexRules.isWriteLocked(s)
                ? holder == NOBODY ? "written" : "written by thread #" + holder
                : RwMutexRules.isHeld(s) ? "readers=" + RwMutexRules.readers(s) : "open";
        return held
                + ((s & RwMutexRules.WRITERS_WAIT) != 0 ? ", writers wait" : "")
                + ((s & RwMutexRules.READERS_WAIT) != 0 ? ", readers wait" : "");
    }

    <X extends Exception> boolean lockSlowly(boolean write, long deadline, Interrupts<X> interrupts) throws X {
        if (!virtual && Thread.currentThread().isVirtual()) {
            virtual = rules.isLocal();
        }
        if (!SlowPath.enter(words, at, write ? rules.writing : rules.reading, this, deadline, interrupts)) {
            return false;
        }
        if (write) {
            writer = Thread.currentThread().threadId();
        }
        countEntry();
        return true;
    }

    // ---- reading

    /// For who will wait otherwise.
    boolean tryRead() {
        return tryRead(RwMutexRules.BARRED_TO_READERS | RwMutexRules.MAX_READERS);
    }

    /// For who only tries: past writers that sleep, but for one that has waited for long.
    boolean tryReadOnce() {
        if (tryRead((RwMutexRules.BARRED_TO_READERS & ~RwMutexRules.WRITERS_WAIT) | RwMutexRules.MAX_READERS)) {
            return true;
        }
        if (RwMutexRules.isFull(words.get(at))) {
            throw RwMutexRules.full();
        }
        return false;
    }

    private boolean tryRead(int barred) {
        int lost = 0;
        int s = words.get(at);
        while ((s & barred) == 0) {
            int witness = words.compareAndExchange(at, s, s + RwMutexRules.READER);
            if (witness == s) {
                countEntry();
                return true;
            }
            s = (witness & barred) == 0 ? lookAgain(lost++) : witness;
        }
        return false;
    }

    /// Another thread has been faster at a step, and neither is in the other's way.
    private int lookAgain(int lost) {
        if (rules.spins()) {
            lookAwayOnce(lost);
        }
        return words.get(at);
    }

    /// Wakes whom a step has let in.
    private void opened(int s, int next) {
        int whom = owesWake()
                ? RwMutexRules.EVERYBODY
                : !RwMutexRules.isFlagged(s) ? 0 : rules.wakes(s, next) | (virtual ? rules.deputies(next) : 0);
        if (whom != 0) {
            wake(rules.reading, whom);
        }
    }

    void unlockRead() {
        int lost = 0;
        for (int s = words.get(at); ; s = lookAgain(lost++)) {
            if (RwMutexRules.readers(s) == 0) {
                throw new IllegalMonitorStateException("read unlock of a lock that nobody reads: " + this);
            }
            int next = rules.unlockRead(s);
            if (words.compareAndSet(at, s, next)) {
                opened(s, next);
                return;
            }
        }
    }

    // ---- writing

    boolean tryWrite() {
        for (int s = words.get(at); RwMutexRules.isOpenToWriter(s); s = words.get(at)) {
            if (words.compareAndSet(at, s, rules.takeWrite(s, false))) {
                writer = Thread.currentThread().threadId();
                countEntry();
                return true;
            }
        }
        return false;
    }

    void unlockWrite() {
        letGo("write unlock", false);
    }

    /// Should the step throw, for want of stack, the lock is held as before, and may be let go of again.
    private void letGo(String what, boolean downgrade) {
        if (!isWriteLockedByCurrentThread()) {
            throw new IllegalMonitorStateException(what + " by a thread that does not hold it for writing: " + this);
        }
        long me = writer;
        writer = NOBODY; // before the release: after it this field is the next writer's
        int s = RwMutexRules.WRITER;
        int next = downgrade ? RwMutexRules.READER : 0;
        try {
            while (!words.compareAndSet(at, s, next)) {
                s = words.get(at);
                next = downgrade ? rules.downgrade(s) : rules.unlockWrite(s);
            }
        } catch (Throwable e) {
            writer = me; // no call: the stack may be at its end
            throw e;
        }
        if (s != RwMutexRules.WRITER || owesWake()) {
            opened(s, next);
        }
    }

    void requireNotWriter() {
        if (isWriteLockedByCurrentThread()) {
            throw new IllegalMonitorStateException(
                    "not reentrant: this thread holds it for writing already (see downgrade): " + this);
        }
    }
}
