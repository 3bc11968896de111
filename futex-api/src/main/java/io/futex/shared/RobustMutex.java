package io.futex.shared;

import io.futex.Futex;
import io.futex.WaitResult;
import io.futex.internal.Deadline;
import io.futex.memory.MemoryChecks;
import io.futex.memory.Words;
import io.futex.spi.Machine;
import io.futex.spi.RobustRecord;
import io.futex.spi.RobustSystem;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A mutual exclusion lock in memory that processes share, which outlives its owner: when the thread that holds it ends
/// without having let go of it, by SIGKILL or by returning, the next one gets it, and is told.
///
/// ```java
/// RobustMutex mutex = RobustMutex.over(segment, offset);
///
/// RobustMutex.Outcome outcome = mutex.lock();
/// try {
///     if (outcome == RobustMutex.Outcome.OWNER_DIED) {
///         repair();                  // what the dead one may have left half done
///         mutex.markConsistent();
///     }
///     ...                            // one thread of all processes at a time
/// } finally {
///     mutex.unlock();                // not marked, since repair() threw: nobody gets it ever again
/// }
/// ```
///
/// It is what POSIX calls a robust mutex (pthread_mutexattr_setrobust(3)), and no [java.util.concurrent.locks.Lock],
/// whose `lock` has no answer.
///
/// - **The system tells of the end** on Linux, at once, and without any process looking after others: it marks the word
///   of a thread that ends, and wakes the next one. Elsewhere, and under emulators, who waits looks every 50 ms whether
///   the owner is still there. A process that is stopped (SIGSTOP, a debugger) has not ended.
/// - **Platform threads only.** A virtual thread gets [UnsupportedOperationException]. So does everybody where neither
///   is to be had, as with the binding `jna` or without a backend of the system.
/// - **Not reentrant.** `lock` and `lockInterruptibly` by the thread that holds it throw
///   [IllegalMonitorStateException]; `tryLock` is empty, the timed one after its time.
/// - **Only the owner unlocks**, through this object or another one over the same mapping.
/// - **No order.** A thread that comes may overtake those that sleep.
/// - **One PID namespace.** The word names its owner by thread id, so all who use it must count these alike. A process
///   of another namespace (another container) is refused: threads of both could have the same id, and the death of one
///   would take the lock from the other.
/// - **A file outlives a reboot**, and its locks do: whoever was killed by that is dead to the next one all the same.
///
/// The memory must be a mapping that processes share, as of [java.nio.channels.FileChannel#map]. On Linux this object
/// maps its page once more for itself. So the arena may be closed, even while the lock is held or waited for: the
/// object goes on as before. A thread may hold up to 2000 of these locks at once; of more, the system does not tell.
/// Where who waits looks for itself, a lock in an arena that is closed throws [IllegalStateException], and whoever held
/// it holds it until its thread ends.
///
/// Who can write the memory can wreck the lock, as with any; it cannot make this JVM write elsewhere, or end it.
///
/// What is thrown inside of `lock` or `unlock` for want of stack may leave the lock with this thread; its next call on
/// any robust lock, or its end, mends that.
///
/// Sources: get_robust_list(2); futex(2); Documentation/locking/robust-futexes.rst of the kernel. Elsewhere
/// proc_pid_stat(5) (emulated Linux), proc_pidinfo of libproc (macOS), GetThreadTimes and GetProcessTimes (Windows).
public final class RobustMutex {
    /// How many bytes a robust mutex takes; they begin at an address divisible by 8 and do not cross one that is
    /// divisible by 4096. Zero-filled it is free.
    public static final long LAYOUT_BYTES = RobustSystem.RECORD_BYTES;

    /// How one who has got the lock finds what it guards.
    public enum Outcome {
        /// As the owner before has left it.
        ACQUIRED,
        /// The owner before has died, so it may be half changed. Repair it, then call [RobustMutex#markConsistent()].
        OWNER_DIED
    }

    // Offsets. The system's links are in the second half.
    private static final long WORD = 0;
    static final long COUNT = 4;
    static final long STATE = 8;
    /// Of [RobustOnce].
    static final long DONE = 12;
    static final long PLACE = 16;

    static final int NOT_RECOVERABLE = 1;

    /// In the mark, in the place of a bit of the namespace's number, the highest, which is set in all of them.
    private static final long LOOKING = 1L << 31;

    private static final long PAGE_BYTES = 4096;

    private static final int NOBODY = 0;

    private static final Optional<Outcome> EMPTY = Optional.empty();
    private static final Optional<Outcome> ACQUIRED = Optional.of(Outcome.ACQUIRED);
    private static final Optional<Outcome> OWNER_DIED = Optional.of(Outcome.OWNER_DIED);

    final RobustRecord record;
    private final RobustSystem system;
    private final Words words;
    private final RobustRules rules;

    /// Who has used it last, most likely the one who does now. Plain: of another thread it has another id.
    private @Nullable Holder lastHolder;

    /// Who has locked it through this object, by its number in the word.
    private int heldBy = NOBODY;

    RobustMutex(RobustSystem system, RobustRecord record, Words words, RobustRules rules) {
        this.system = system;
        this.record = record;
        this.words = words;
        this.rules = rules;
    }

    /// A lock in memory of the caller, which is left as it is but for the mark of this boot and PID namespace.
    ///
    /// @param segment the memory, of a mapping that processes share
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @return a view of the lock there
    /// @throws UnsupportedOperationException where nobody can tell whether a thread has ended; the message says why
    /// @throws IllegalArgumentException if the memory is on the heap, misaligned, read-only, private to this process,
    ///     or crosses a page
    /// @throws IndexOutOfBoundsException if it is not inside `segment`
    /// @throws IllegalStateException if the lock is in use in another PID namespace, or the arena is closed
    public static RobustMutex over(MemorySegment segment, long offset) {
        MemoryChecks.requireWritable(segment, offset, LAYOUT_BYTES, Long.BYTES);
        MemoryChecks.requireAccessible(segment);
        if (((segment.address() + offset) & (PAGE_BYTES - 1)) > PAGE_BYTES - LAYOUT_BYTES) {
            throw new IllegalArgumentException("a robust lock does not cross an address divisible by " + PAGE_BYTES
                    + "; this one begins at 0x" + Long.toHexString(segment.address() + offset));
        }
        RobustSystem system = Robust.ofThisProcess();
        RobustRecord record = system.record(segment.asSlice(offset, LAYOUT_BYTES));
        RobustMutex mutex =
                new RobustMutex(system, record, Words.in(Futex.shared(), record.memory()), RobustRules.RIGHT);
        mutex.attach(Here.get().machine());
        return mutex;
    }

    /// Who attaches first leaves the mark of its boot and PID namespace. One of another boot finds a lock whose users
    /// are all dead, since a system that has gone down marks nothing.
    void attach(Machine here) {
        long boot = here.boot1() >>> Integer.SIZE;
        // Who looks for itself whether an owner has ended is of another kind: the system does not tell others of its
        // end.
        long kind = system.patienceNanos() == Deadline.FOREVER ? 0 : LOOKING;
        long mine = boot << Integer.SIZE | ((here.namespace() ^ kind) & 0xFFFF_FFFFL);
        for (; ; ) {
            // Before the mark is read: while that is of another boot, this is what the dead have left. Who attaches
            // before us changes the mark after the word, and takes the lock after that, which changes the count.
            long left = words.getLong(WORD);
            long mark = words.getLong(PLACE);
            if (mark == mine) {
                return;
            }
            if (mark != 0 && mark >>> Integer.SIZE == boot) {
                throw new IllegalStateException(
                        "the robust lock is in use in the PID namespace " + (int) mark
                                + ", and this process is in " + (int) mine
                                + ", where other threads have the same numbers. Let"
                                + " all run in one: docker run --pid=host or --pid=container:NAME; in a pod"
                                + " shareProcessNamespace: true. (Or one of them runs under an emulator, and the other does not.)");
            }
            boolean isFree = mark == 0 || RobustRules.isFree(RobustRules.word(left));
            if (isFree || words.compareAndSetLong(WORD, left, RobustRules.abandoned(left))) {
                boolean unused = words.compareAndSetLong(PLACE, mark, mine);
            }
        }
    }

    // ---- locking

    /// Acquires the lock, waiting as long as it takes. An interrupt does not end that; the status is kept.
    ///
    /// @return in which state what it guards is
    /// @throws NotRecoverableException if nobody can get it any more
    /// @throws IllegalMonitorStateException if this thread holds it
    /// @throws UnsupportedOperationException if this thread is virtual
    public Outcome lock() {
        try {
            return Objects.requireNonNull(enter(Deadline.FOREVER, false));
        } catch (InterruptedException e) {
            throw new AssertionError("an uninterruptible wait was interrupted", e);
        }
    }

    /// Acquires the lock, waiting as long as it takes, unless interrupted.
    ///
    /// @return in which state what it guards is
    /// @throws InterruptedException if the thread was interrupted before or during the wait; the status is cleared
    /// @throws NotRecoverableException if nobody can get it any more
    /// @throws IllegalMonitorStateException if this thread holds it
    /// @throws UnsupportedOperationException if this thread is virtual
    public Outcome lockInterruptibly() throws InterruptedException {
        return Objects.requireNonNull(enter(Deadline.FOREVER, true));
    }

    /// Acquires the lock if it is free.
    ///
    /// @return in which state what it guards is; empty if somebody holds it, be it this thread
    /// @throws NotRecoverableException if nobody can get it any more
    /// @throws UnsupportedOperationException if this thread is virtual
    public Optional<Outcome> tryLock() {
        if (!RobustRules.isFree(words.get(WORD)) && system.patienceNanos() == Deadline.FOREVER) {
            return EMPTY;
        }
        try {
            return optional(enter(Deadline.PAST, false));
        } catch (InterruptedException e) {
            throw new AssertionError("an uninterruptible wait was interrupted", e);
        }
    }

    /// Acquires the lock, waiting up to a time, unless interrupted.
    ///
    /// @param time how long; zero or less is one try, as [#tryLock()]
    /// @param unit of `time`
    /// @return in which state what it guards is; empty never before the time is over
    /// @throws InterruptedException if the thread was interrupted before or during the wait; the status is cleared
    /// @throws NotRecoverableException if nobody can get it any more
    /// @throws UnsupportedOperationException if this thread is virtual
    public Optional<Outcome> tryLock(long time, TimeUnit unit) throws InterruptedException {
        Objects.requireNonNull(unit, "unit");
        return optional(enter(Deadline.after(time, unit), true));
    }

    private static Optional<Outcome> optional(@Nullable Outcome outcome) {
        return outcome == null ? EMPTY : outcome == Outcome.ACQUIRED ? ACQUIRED : OWNER_DIED;
    }

    /// The order in which the system must see it, whenever this thread ends:
    ///
    /// ```
    /// pending        from here on the system wakes one who sleeps if the word names nobody: the wake that ended this
    ///                thread's sleep, and that this thread has not lived to use, was perhaps the only one
    /// word = me      ... and if it names this thread, marks it, for it is not in the list yet
    /// link           ... by the list now
    /// not pending
    /// ```
    ///
    /// @return null if the time is over
    private @Nullable Outcome enter(long deadline, boolean interruptible) throws InterruptedException {
        if (interruptible && Thread.interrupted()) {
            throw new InterruptedException();
        }
        Holder me = me();
        boolean entered = false;
        me.begin(this);
        try {
            int found = take(me, deadline, interruptible);
            if (!RobustRules.isFree(found)) {
                return null;
            }
            me.link(this);
            Outcome outcome = Outcome.ACQUIRED;
            if (RobustRules.hasDied(found)) {
                requireRecoverable();
                outcome = Outcome.OWNER_DIED;
            }
            heldBy = me.id;
            entered = true; // where nobody has died no call comes after the link: none that lacks stack
            return outcome;
        } finally {
            if (!entered) {
                leave(me);
            }
        }
    }

    private Holder me() {
        Holder last = lastHolder;
        if (last != null && last.threadId == Thread.currentThread().threadId()) {
            return last;
        }
        Holder me = Holder.current();
        lastHolder = me;
        return me;
    }

    /// @return the word as it was, free; or not, if the time is over
    private int take(Holder me, long deadline, boolean interruptible) throws InterruptedException {
        boolean timedOut = deadline == Deadline.PAST;
        long look = Deadline.FOREVER;
        long s = words.getLong(WORD);
        for (; ; ) {
            int word = RobustRules.word(s);
            if (RobustRules.isFree(word)) {
                long witness = words.compareAndExchangeLong(WORD, s, rules.take(s, me.id));
                if (witness == s) {
                    me.isNamed = true;
                    return word;
                }
                s = witness;
                continue;
            }
            if (timedOut) {
                if (!isAbandoned(s)) {
                    return word;
                }
                s = words.getLong(WORD);
                continue;
            }
            if (deadline == Deadline.FOREVER && me.hasLinked(this)) {
                throw new IllegalMonitorStateException("not reentrant: this thread holds it already: " + this);
            }
            int announced = RobustRules.announce(word);
            if (word == announced || words.compareAndSet(WORD, word, announced)) {
                // Stays behind if this thread gives up, which costs one needless wake.
                // The point in time stays while waits return early, as some systems let them do without end.
                look = look == Deadline.FOREVER ? Deadline.after(system.patienceNanos(), TimeUnit.NANOSECONDS) : look;
                WaitResult result = words.await(WORD, announced, Math.min(deadline, look), interruptible);
                timedOut = result == WaitResult.TIMED_OUT && (deadline <= look || Deadline.isOver(deadline));
                if (!timedOut && Deadline.isOver(look)) {
                    look = Deadline.FOREVER;
                    boolean unused = isAbandoned(words.getLong(WORD));
                }
            }
            s = words.getLong(WORD);
        }
    }

    /// Where the system does not tell by itself that the owner has ended: whether it has, and this thread has said so
    /// in the word. If another takes the lock meanwhile, the count is another.
    private boolean isAbandoned(long s) {
        int word = RobustRules.word(s);
        return system.patienceNanos() != Deadline.FOREVER
                && !RobustRules.isFree(word)
                && system.hasEnded(record, RobustRules.owner(word))
                && words.compareAndSetLong(WORD, s, RobustRules.abandoned(s));
    }

    private void requireRecoverable() {
        if (words.get(STATE) == NOT_RECOVERABLE) {
            throw new NotRecoverableException(
                    "the owner of a robust lock died, and the next one has let go of it without" + " markConsistent(): "
                            + this);
        }
    }

    /// Ends a change that could not be completed, as the system would if this thread ended now: of what it has got it
    /// lets go, in the state in which it was; the wake that it may have consumed is for another one.
    void leave(Holder me) {
        if (me.isNamed) {
            boolean unused = me.unlink(this);
            release(me, me.id, 1);
        } else { // not the lock's, which it may hold from before
            int word = words.get(WORD);
            if (RobustRules.isFree(word) && RobustRules.hasWaiters(word)) {
                int unused = words.wake(WORD, 1);
            }
        }
        me.end();
    }

    // ---- unlocking

    /// Says that what the lock guards is in order again. Without it, `unlock` makes the lock not recoverable.
    ///
    /// @throws IllegalMonitorStateException if this thread does not hold it
    /// @throws IllegalStateException if the owner before has not died
    public void markConsistent() {
        if (!isHeldByCurrentThread()) {
            throw new IllegalMonitorStateException("marked by a thread that does not hold it: " + this);
        }
        if (!RobustRules.hasDied(words.get(WORD))) {
            throw new IllegalStateException("the owner before has not died: " + this);
        }
        int unused = words.getAndBitwiseAnd(WORD, RobustRules.consistent(-1));
    }

    /// Lets go of the lock, and wakes a thread that sleeps on it. Of one whose owner died, and which was not marked
    /// consistent since, it wakes all, and nobody gets it ever again.
    ///
    /// @throws IllegalMonitorStateException if this thread does not hold it; it is left as it was
    public void unlock() {
        Holder me = me();
        // The order, whenever this thread ends: pending; not in the list, so that nobody marks the word for us once it
        // is another's; the word free; the wake, which the system makes up for while it is pending; not pending.
        if (!me.unlink(this)) {
            throw new IllegalMonitorStateException("unlock by a thread that does not hold it: " + this);
        }
        heldBy = NOBODY;
        int word = words.compareAndExchange(WORD, me.id, rules.release(me.id));
        if (word == me.id) {
            me.isNamed = false;
        } else {
            boolean ruined = RobustRules.owner(word) == me.id && RobustRules.hasDied(word);
            if (ruined) {
                words.set(STATE, NOT_RECOVERABLE); // before the word is free: who finds it so looks here
            }
            release(me, word, ruined ? Integer.MAX_VALUE : 1);
        }
        me.end();
    }

    /// Nothing of the lock is written after the step, but for the flag, by who still knows the count.
    ///
    /// @param s what the word most likely is
    private void release(Holder me, int s, int wakes) {
        int count = words.get(COUNT); // ours, as long as we hold it
        while (RobustRules.owner(s) == me.id) { // else the step was made, or somebody has written into the word
            int next = rules.release(s);
            int witness = words.compareAndExchange(WORD, s, next);
            if (witness == s) {
                me.isNamed = false;
                if (RobustRules.hasWaiters(s) && words.wake(WORD, wakes) == 0) {
                    long nobody = RobustRules.pair(next, count);
                    boolean unused = words.compareAndSetLong(WORD, nobody, rules.settled(nobody));
                }
                return;
            }
            s = witness;
        }
    }

    // ---- looking

    /// Whether this thread holds the lock.
    ///
    /// @return whether it does, through this object or another one over the same mapping
    public boolean isHeldByCurrentThread() {
        return !Thread.currentThread().isVirtual() && me().hasLinked(this);
    }

    /// Who holds the lock, of this process or another; out of date as soon as it is told.
    ///
    /// @return a number of the system's, on Linux as of gettid(2), which is not [Thread#threadId()]; 0 if nobody does
    public long ownerThreadId() {
        return RobustRules.owner(words.get(WORD));
    }

    /// Whether a thread of this process holds it through this object.
    boolean isHeldHere() {
        int holder = heldBy;
        return holder != NOBODY && holder == ownerThreadId();
    }

    /// The state, for people: out of date as soon as it is told.
    @Override
    public String toString() {
        int word = words.get(WORD);
        int state = words.get(STATE);
        return "RobustMutex["
                + (state == NOT_RECOVERABLE
                        ? "not recoverable"
                        : !RobustRules.isFree(word)
                                ? "held by thread " + RobustRules.owner(word)
                                : RobustRules.hasDied(word) ? "free, its owner died" : "free")
                + (RobustRules.hasWaiters(word) ? ", waiters" : "") + "]";
    }
}
