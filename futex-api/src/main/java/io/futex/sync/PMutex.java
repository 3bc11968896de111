package io.futex.sync;

import io.futex.Futex;
import io.futex.FutexWord;
import io.futex.internal.Segments;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/// A mutual exclusion lock of one 4-byte word, on which threads sleep in the system. The heap holds this object for it,
/// or nothing at all.
///
/// ```java
/// PMutex mutex = new PMutex();
/// mutex.lock();
/// try {
///     // one thread at a time
/// } finally {
///     mutex.unlock();
/// }
/// ```
///
/// It is a [Lock] that behaves as [java.util.concurrent.locks.ReentrantLock] does (interrupts, time, memory effects),
/// but for this:
///
/// - **Not reentrant.** `lock` and `lockInterruptibly` by the thread that holds it throw [IllegalMonitorStateException]
///   rather than wait for themselves; `tryLock` is false, the timed one after its time, as for any other thread.
/// - **No order.** A thread that comes may overtake those that sleep. In words of this JVM one that has slept for more
///   than a millisecond bars the way of newcomers, so its turn comes; who of several such is next is anybody's. In
///   memory shared with other processes nothing is barred, since a killed process would leave the bar down.
///
/// Only the owner may unlock; anybody else gets [IllegalMonitorStateException], and the word is untouched. The owner is
/// known to this object, not to the word: it is checked among the users of one object. Two objects over one word
/// exclude each other, but unlocking through the other object is refused even to the owner, and locking through it
/// hangs. Virtual threads may use it: waiting does not block their carrier.
///
/// Thread-safe. A contended `lock` looks at the word for up to 0.2 ms before it sleeps; it allocates nothing in a
/// platform thread. The thread that unlocks does not touch the word after that, so the next owner may close the memory:
/// `unlock` has succeeded, and a wake that comes too late for that is dropped in silence.
///
/// Under contention a wait takes as long as the processors do to come round to the thread: with more threads than
/// processors some time slices of the system, 4 ms each on many. Who needs a bound needs fewer threads.
///
/// Sources: sleepers counted in the word, as in U. Drepper, *Futexes Are Tricky*; the woken flag and the bar against
/// newcomers, as in Go's `sync.Mutex`.
///
/// ## By the million
/// [#lock(Futex, MemorySegment, long)] and its companions lock a word in memory without any object: 4 bytes a lock, no
/// owner check. A word may be used through objects and by segment and offset at once, if both mean the same scope.
///
/// ## Layout
/// 4 bytes, 4-aligned, one int in native byte order; zero-filled memory is a free lock.
///
/// | bits | name | meaning |
/// |---|---|---|
/// | 0 | `L` | held |
/// | 1 | `W` | a woken thread is on its way, nobody else needs to be woken; only ever set in words of [#local] scope |
/// | 2 | `T` | only threads that have slept may take it, for one has waited too long; only set in [#local] scope |
/// | 3–31 | `n` | threads that have announced that they sleep, and have neither acquired nor given up |
///
/// What a C program does with a word of [#shared] scope, all with atomic operations of sequential consistency:
///
/// ```c
/// // lock
/// for (int counted = 0;;) {
///     int s = *word;
///     if (!(s & 1)) {
///         if (cas(word, s, counted ? s - 8 | 1 : s | 1)) return;
///     } else if (counted || cas(word, s, s + 8)) {
///         if (!counted) { counted = 1; s += 8; }
///         futex_wait(word, s);                    // returns at once if *word is not s; not FUTEX_PRIVATE_FLAG
///     }
/// }
/// // unlock
/// if ((unsigned) fetch_sub(word, 1) >> 3) futex_wake(word, 1);
/// ```
///
/// Who gives up while counted subtracts 8, and wakes one if it found `L` clear and `n` greater than 1.
///
/// ## When a process is killed
/// - while it holds a shared lock: the lock stays held for ever. See `RobustMutex` for one that survives this.
/// - while it sleeps on one, or is about to: `n` stays one too high for good. Every unlock then makes a wake,
///   perhaps a needless one; none is lost.
/// - between the release and the wake of an unlock, or when it has just been woken: other sleepers sleep on, though the
///   lock is free, until somebody locks and unlocks it.
public final class PMutex implements Lock {
    /// How many bytes a mutex takes in memory of the caller.
    public static final long LAYOUT_BYTES = 4;

    private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle().withInvokeExactBehavior();
    private static final long NOBODY = 0;

    /// For [#left]: the lock is shared. Should its file have been truncated, a look throws [InternalError], while a
    /// step that the JVM's interpreter makes there ends the JVM, as of JDK 25.
    private static final int NO_GUESS = -1;

    private static final int OVERDUE_EVERY = 64;

    /// How often, and for how long, to make room for whoever has signalled. It may be waking a thousand, whose turns
    /// take long.
    private static final int SIGNALLER_TURNS = 16;
    private static final long SIGNALLER_NANOS = 100_000;

    private final FutexWord word;
    private final PMutexRules rules;

    /// Whether nobody else knows the word, by another object or by its place.
    private final boolean alone;

    private final PMutexPace pace = new PMutexPace();

    /// Who holds the lock, by thread id. Plain: a thread finds its own id only if it has put it there itself, and
    /// whatever else it may see is not its own. An id and not the thread: a reference costs the collector's barrier.
    private long owner = NOBODY;

    /// What an unlock has left, if that was open: most probably what the next `lock` finds, which so need not look. The
    /// load would wait for the step before it, in all a sixth of what lock and unlock take. Plain: a wrong guess costs
    /// one failed step.
    private int left;

    // The owner's: contended acquisitions, and when the overdue step was last taken.
    private int contended;
    private long overdue;

    /// The owner's: whose signals are to wake once the lock has been let go of.
    private @Nullable PCondition signalled;

    /// A free lock for threads of this JVM.
    public PMutex() {
        this(FutexWord.local(0), PMutexRules.LOCAL);
    }

    /// Over a word that only this object knows, unless it is shared.
    PMutex(FutexWord word, PMutexRules rules) {
        this(word, rules, rules.isLocal());
    }

    private PMutex(FutexWord word, PMutexRules rules, boolean alone) {
        this.word = word;
        this.rules = rules;
        this.alone = alone;
        this.left = rules.isLocal() ? 0 : NO_GUESS;
    }

    /// A lock for threads of this JVM in memory of the caller, which is left as it is; zero-filled it is free.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @return a view of the lock there
    public static PMutex local(MemorySegment segment, long offset) {
        Segments.requireWritable(segment, offset, LAYOUT_BYTES);
        return new PMutex(FutexWord.local(segment, offset), PMutexRules.LOCAL, false);
    }

    /// A lock for all processes that map the memory, which is left as it is; zero-filled it is free. What a killed
    /// process leaves behind is said above.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @return a view of the lock there
    public static PMutex shared(MemorySegment segment, long offset) {
        Segments.requireWritable(segment, offset, LAYOUT_BYTES);
        return new PMutex(FutexWord.shared(segment, offset), PMutexRules.SHARED, false);
    }

    /// Acquires the lock, waiting as long as it takes. An interrupt does not end that; the status is kept.
    ///
    /// @throws IllegalMonitorStateException if this thread holds it
    @Override
    public void lock() {
        if (!take(guess())) {
            lockUninterruptibly();
        }
        acquired();
    }

    /// As [#lock()], for a thread that an owner may have woken by a signal, holding the lock. It will let go of it as
    /// soon as it gets a processor, which may be ours, and so will others that it has woken beside us: to spin would be
    /// in their way, and to sleep would cost a second wake. So we make room, and look again whenever it is our turn.
    @SuppressWarnings("ThreadPriorityCheck") // yield: a hint is all that is wanted
    void lockAfterSignal() {
        long start = System.nanoTime();
        for (int turn = 0; turn < SIGNALLER_TURNS || System.nanoTime() - start < SIGNALLER_NANOS; turn++) {
            if (tryLock()) {
                return;
            }
            Thread.yield();
        }
        lock();
    }

    /// Acquires the lock, waiting as long as it takes, unless interrupted.
    ///
    /// @throws InterruptedException if the thread was interrupted before, even if the lock is free, or while it waited;
    ///     the status is cleared
    /// @throws IllegalMonitorStateException if this thread holds it
    @Override
    public void lockInterruptibly() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (!take(guess())) {
            requireNotMine();
            lockSlowly(Segments.FOREVER, true);
        }
        acquired();
    }

    /// Acquires the lock if it is free. It may overtake threads that wait, but for one that has waited for long: while
    /// the lock is reserved for that, this is false even in the moment between two owners.
    ///
    /// @return whether this thread has acquired it; false if it held it already
    @Override
    public boolean tryLock() {
        if (!take(word.get())) {
            return false;
        }
        acquired();
        return true;
    }

    /// Acquires the lock, waiting up to a time, unless interrupted.
    ///
    /// @param time how long; zero or less is one try, as [#tryLock()]
    /// @param unit of `time`
    /// @return whether this thread has acquired it; false never before the time is over, also if it held it already
    /// @throws InterruptedException if the thread was interrupted before, even if the lock is free, or while it waited;
    ///     the status is cleared
    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        Objects.requireNonNull(unit, "unit");
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (tryLock()) {
            return true;
        }
        if (time <= 0 || !lockSlowly(Segments.deadline(time, unit), true)) {
            return false;
        }
        acquired();
        return true;
    }

    /// Lets go of the lock, and wakes a thread that sleeps on it, if no other is on its way, and those that this thread
    /// has signalled. Should a wake fail, for want of stack or memory, the lock is free all the same; whom it was for
    /// may sleep until somebody locks and unlocks, or signals or waits on the condition.
    ///
    /// @throws IllegalMonitorStateException if this thread does not hold it; it is left as it was
    @Override
    public void unlock() {
        if (owner != Thread.currentThread().threadId()) {
            throw new IllegalMonitorStateException("unlock by a thread that does not hold it: " + this);
        }
        PCondition condition = signalled;
        if (condition != null) {
            unlockAndWake(condition);
            return;
        }
        owner = NOBODY; // before the release: after it this field is the next owner's
        released(word.getAndAdd(-PMutexRules.LOCKED));
    }

    /// A wake that fails is left to whoever signals or waits next.
    private void unlockAndWake(PCondition condition) {
        condition.beginWaking();
        signalled = null;
        owner = NOBODY; // as above
        try {
            released(word.getAndAdd(-PMutexRules.LOCKED));
            condition.wake();
        } catch (Throwable e) {
            condition.waking = PCondition.FAILED; // no call: the stack may be at its end
            throw e;
        }
    }

    /// @param s what the release has found
    private void released(int s) {
        int now = s - PMutexRules.LOCKED;
        if (now != left && left != NO_GUESS && PMutexRules.isOpen(now)) {
            left = now;
        }
        if (PMutexRules.mustWake(s)) {
            Wakes.one(word);
        }
    }

    /// Leaves the wake of a signal to the unlock.
    ///
    /// @return false if it cannot be left to it: signals of another condition are already
    boolean wakesAtUnlock(PCondition condition) {
        if (signalled == null) {
            signalled = condition;
        }
        return signalled == condition;
    }

    /// A fresh [PCondition] for threads of this JVM. One in memory that other processes map is made by
    /// [PCondition#shared].
    ///
    /// @return a condition of this lock
    @Override
    public Condition newCondition() {
        return new PCondition(this);
    }

    boolean isShared() {
        return rules.equals(PMutexRules.SHARED);
    }

    boolean isAlone() {
        return alone;
    }

    /// Whether any thread holds the lock, in this process or another; out of date as soon as it is told.
    ///
    /// @return whether it was held
    public boolean isLocked() {
        return PMutexRules.isLocked(word.get());
    }

    /// Whether this thread has acquired the lock through this object and not let go of it.
    ///
    /// @return whether this thread holds it
    public boolean isHeldByCurrentThread() {
        return owner == Thread.currentThread().threadId();
    }

    /// About how many threads sleep until they get the lock; those that came just now, and still look, do not count.
    ///
    /// @return an estimate, too high if a process that shares the lock was killed while it waited
    public int waiters() {
        return PMutexRules.count(word.get());
    }

    /// The state, for people: out of date as soon as it is told.
    @Override
    public String toString() {
        int s = word.get();
        long holder = owner;
        int waiters = PMutexRules.count(s);
        return "PMutex["
                + (!PMutexRules.isLocked(s) ? "free" : holder == NOBODY ? "held" : "held by thread #" + holder)
                + (waiters == 0 ? "]" : ", waiters=" + waiters + "]");
    }

    private int guess() {
        int guess = left;
        return guess != NO_GUESS ? guess : word.get();
    }

    /// @param s what the word is, or a guess. A wrong one takes the cache line from the owner all the same, so who only
    ///     tries looks first
    private boolean take(int s) {
        while (PMutexRules.isOpen(s)) {
            int witness = word.compareAndExchange(s, rules.take(s));
            if (witness == s) {
                if (s != 0) {
                    checkOverdue();
                }
                return true;
            }
            s = witness;
        }
        return false;
    }

    private void lockUninterruptibly() {
        requireNotMine();
        try {
            lockSlowly(Segments.FOREVER, false);
        } catch (InterruptedException e) {
            throw new AssertionError("an uninterruptible wait was interrupted", e);
        }
    }

    private boolean lockSlowly(long deadline, boolean interruptible) throws InterruptedException {
        if (!PMutexSlowPath.lock(word, rules, pace, deadline, interruptible)) {
            return false;
        }
        checkOverdue();
        return true;
    }

    private void acquired() {
        owner = Thread.currentThread().threadId();
        pace.acquired();
    }

    private void requireNotMine() {
        if (isHeldByCurrentThread()) {
            throw new IllegalMonitorStateException("not reentrant: this thread holds it already: " + this);
        }
    }

    /// At every 64th contended acquisition, lest the clock be read each time: if a woken thread has not run for long,
    /// the next unlock shall wake another. Without it single waits of 70 to 90 ms were seen.
    private void checkOverdue() {
        if (++contended % OVERDUE_EVERY == 0) {
            long now = System.nanoTime();
            if (rules.isOverdue(overdue, now)) {
                overdue = now;
                rules.distrustWoken(word);
            }
        }
    }

    // ---- without an object

    /// [#lock()] on a word in memory, without an object and without an owner: a second `lock` by the thread that holds
    /// it waits for itself for ever.
    ///
    /// ```java
    /// PMutex.lock(futex, segment, offset);
    /// try {
    ///     // one thread at a time
    /// } finally {
    ///     PMutex.unlock(futex, segment, offset);
    /// }
    /// ```
    ///
    /// @param futex [Futex#local()] or [Futex#shared()], on which all users of the word agree
    /// @param segment the memory that holds the word, writable
    /// @param offset where in `segment`, in bytes
    public static void lock(Futex futex, MemorySegment segment, long offset) {
        if (!tryLock(futex, segment, offset)) {
            try {
                lockSlowly(futex, segment, offset, Segments.FOREVER, false);
            } catch (InterruptedException e) {
                throw new AssertionError("an uninterruptible wait was interrupted", e);
            }
        }
    }

    /// [#lockInterruptibly()] on a word in memory, as [#lock(Futex, MemorySegment, long)].
    ///
    /// @param futex [Futex#local()] or [Futex#shared()], on which all users of the word agree
    /// @param segment the memory that holds the word, writable
    /// @param offset where in `segment`, in bytes
    /// @throws InterruptedException if the thread was interrupted before, even if the lock is free, or while it waited
    public static void lockInterruptibly(Futex futex, MemorySegment segment, long offset) throws InterruptedException {
        requirePlace(futex, segment, offset);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (!tryLock(futex, segment, offset)) {
            lockSlowly(futex, segment, offset, Segments.FOREVER, true);
        }
    }

    /// [#tryLock()] on a word in memory, as [#lock(Futex, MemorySegment, long)].
    ///
    /// @param futex [Futex#local()] or [Futex#shared()], on which all users of the word agree
    /// @param segment the memory that holds the word, writable
    /// @param offset where in `segment`, in bytes
    /// @return whether this thread has acquired it
    public static boolean tryLock(Futex futex, MemorySegment segment, long offset) {
        requirePlace(futex, segment, offset);
        for (; ; ) {
            int s = (int) INT.getVolatile(segment, offset);
            if (s == 0) {
                if (INT.compareAndSet(segment, offset, 0, PMutexRules.LOCKED)) {
                    return true;
                }
            } else if (!PMutexRules.isOpen(s)) {
                return false;
            } else {
                PMutexRules rules = PMutexRules.of(futex.isShared());
                if (INT.compareAndSet(segment, offset, s, rules.take(s))) {
                    checkOverdue(rules, segment, offset);
                    return true;
                }
            }
        }
    }

    /// [#tryLock(long, TimeUnit)] on a word in memory, as [#lock(Futex, MemorySegment, long)].
    ///
    /// @param futex [Futex#local()] or [Futex#shared()], on which all users of the word agree
    /// @param segment the memory that holds the word, writable
    /// @param offset where in `segment`, in bytes
    /// @param time how long; zero or less is one try
    /// @param unit of `time`
    /// @return whether this thread has acquired it; false never before the time is over
    /// @throws InterruptedException if the thread was interrupted before, even if the lock is free, or while it waited
    public static boolean tryLock(Futex futex, MemorySegment segment, long offset, long time, TimeUnit unit)
            throws InterruptedException {
        requirePlace(futex, segment, offset);
        Objects.requireNonNull(unit, "unit");
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return tryLock(futex, segment, offset)
                || (time > 0 && lockSlowly(futex, segment, offset, Segments.deadline(time, unit), true));
    }

    /// [#unlock()] on a word in memory: by any thread, which ought to be the one that locked it.
    ///
    /// @param futex [Futex#local()] or [Futex#shared()], on which all users of the word agree
    /// @param segment the memory that holds the word, writable
    /// @param offset where in `segment`, in bytes
    /// @throws IllegalMonitorStateException if nobody holds it; it is left as it was. Two threads that both unlock what
    ///     one of them has locked may escape this check, and break the lock
    public static void unlock(Futex futex, MemorySegment segment, long offset) {
        requirePlace(futex, segment, offset);
        // Looked at first: subtracting from a free word would turn its flags and its count into something else.
        if (!PMutexRules.isLocked((int) INT.getVolatile(segment, offset))) {
            throw new IllegalMonitorStateException("unlock of a mutex that nobody holds");
        }
        int s = (int) INT.getAndAdd(segment, offset, -PMutexRules.LOCKED);
        if (PMutexRules.mustWake(s)) {
            Wakes.one(futex, segment, offset);
        }
    }

    private static boolean lockSlowly(
            Futex futex, MemorySegment segment, long offset, long deadline, boolean interruptible)
            throws InterruptedException {
        PMutexRules rules = PMutexRules.of(futex.isShared());
        if (!PMutexCursor.lock(futex, segment, offset, rules, deadline, interruptible)) {
            return false;
        }
        checkOverdue(rules, segment, offset);
        return true;
    }

    private static void checkOverdue(PMutexRules rules, MemorySegment segment, long offset) {
        if (PMutexCursor.isOverdue(segment.address() + offset, rules)) {
            var unused = (int) INT.getAndBitwiseAnd(segment, offset, ~PMutexRules.WOKEN);
        }
    }

    private static void requirePlace(Futex futex, MemorySegment segment, long offset) {
        Objects.requireNonNull(futex, "futex");
        Segments.requireWritable(segment, offset, LAYOUT_BYTES);
    }
}
