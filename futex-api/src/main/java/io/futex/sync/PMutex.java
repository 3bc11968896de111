package io.futex.sync;

import io.futex.Futex;
import io.futex.internal.Deadline;
import io.futex.memory.MemoryChecks;
import io.futex.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
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
/// hangs.
///
/// A contended `lock` looks at the word for up to 0.2 ms before it sleeps. The memory may be closed once every call has
/// returned, the `unlock` before the last `lock` included.
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
/// What all synchronizers have in common, stands at [io.futex.sync].
public final class PMutex extends Paced implements Lock {
    /// How many bytes a mutex takes in memory of the caller.
    public static final long LAYOUT_BYTES = 4;

    private static final long NOBODY = 0;

    /// For [#left]: the lock is shared. Should its file have been truncated, a look throws [InternalError], while a
    /// step that the JVM's interpreter makes there ends the JVM, as of JDK 25.
    private static final int NO_GUESS = -1;

    private static final int OVERDUE_EVERY = 64;

    /// From nanoseconds to a little more than milliseconds.
    private static final int MILLISECONDS_SHIFT = 20;

    /// How often, and for how long, to make room for whoever has signalled. It may be waking a thousand, whose turns
    /// take long.
    private static final int SIGNALLER_TURNS = 16;
    private static final long SIGNALLER_NANOS = 100_000;

    private final PMutexRules rules;

    /// Whether nobody else knows the word, by another object or by its place.
    final boolean alone;

    /// Who holds the lock, by thread id. Plain: a thread finds its own id only if it has put it there itself, and
    /// whatever else it may see is not its own. An id and not the thread: a reference costs the collector's barrier.
    private long owner = NOBODY;

    /// What an unlock has left, if that was open: most probably what the next `lock` finds, which so need not look. The
    /// load would wait for the step before it, in all a sixth of what lock and unlock take. Plain: a wrong guess costs
    /// one failed step.
    private int left;

    /// The owner's: when the overdue step was last taken, in milliseconds or so.
    private int overdue;

    /// The owner's: whose signals are to wake once the lock has been let go of.
    private @Nullable Signals signalled;

    /// A free lock for threads of this JVM.
    public PMutex() {
        Words.Place place = Words.fresh(Integer.BYTES);
        this(place.words(), place.offset(), PMutexRules.LOCAL, true);
    }

    PMutex(Words words, long at, PMutexRules rules, boolean alone) {
        super(words, at, true);
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
        return new PMutex(in(Futex.local(), segment, offset, LAYOUT_BYTES), offset, PMutexRules.LOCAL, false);
    }

    /// A lock for all processes that map the memory, which is left as it is; zero-filled it is free.
    public static PMutex shared(MemorySegment segment, long offset) {
        return new PMutex(in(Futex.shared(), segment, offset, LAYOUT_BYTES), offset, PMutexRules.SHARED, false);
    }

    /// Acquires the lock, waiting as long as it takes. An interrupt does not end that; the status is kept.
    ///
    /// @throws IllegalMonitorStateException if this thread holds it
    @Override
    public void lock() {
        if (!take(guess())) {
            requireNotMine();
            var unused = lockSlowly(Deadline.FOREVER, DEFERRED);
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
    /// @throws InterruptedException if the thread was interrupted before or during the wait; the status is cleared
    /// @throws IllegalMonitorStateException if this thread holds it
    @Override
    public void lockInterruptibly() throws InterruptedException {
        OBEYED.check();
        if (!take(guess())) {
            requireNotMine();
            var unused = lockSlowly(Deadline.FOREVER, OBEYED);
        }
        acquired();
    }

    /// Acquires the lock if it is free. It may overtake threads that wait, but for one that has waited for long: while
    /// the lock is reserved for that, this is false even in the moment between two owners.
    ///
    /// @return whether this thread has acquired it; false if it held it already
    @Override
    public boolean tryLock() {
        if (!take(words.get(at))) {
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
    /// @throws InterruptedException if the thread was interrupted before or during the wait; the status is cleared
    @Override
    public boolean tryLock(long time, TimeUnit unit) throws InterruptedException {
        Objects.requireNonNull(unit, "unit");
        OBEYED.check();
        boolean taken = take(words.get(at)) || (time > 0 && lockSlowly(deadline(time, unit), OBEYED));
        if (taken) {
            acquired();
        }
        return taken;
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
        Signals condition = signalled;
        if (condition == null) {
            released(letGo(null));
            return;
        }
        condition.beginWaking();
        int s = letGo(condition);
        try {
            released(s);
        } finally {
            condition.wake(); // if it fails, whoever signals or waits next makes it
        }
    }

    /// Should the step throw, for want of stack, the lock is held as before, and may be unlocked again.
    private int letGo(@Nullable Signals condition) {
        owner = NOBODY; // before the release: after it these fields are the next owner's
        if (condition != null) {
            signalled = null;
        }
        try {
            return words.getAndAdd(at, -PMutexRules.LOCKED);
        } catch (Throwable e) {
            owner = Thread.currentThread().threadId();
            signalled = condition;
            throw e;
        }
    }

    /// @param s what the release has found
    private void released(int s) {
        int now = s - PMutexRules.LOCKED;
        if (now != left && left != NO_GUESS && PMutexRules.isOpen(now)) {
            left = now;
        }
        if (PMutexRules.count(s) != 0 && (PMutexRules.mustWake(s) || owesWake())) {
            wake(rules, 1);
        }
    }

    /// Leaves the wake of a signal to the unlock.
    ///
    /// @return false if it cannot be left to it: signals of another condition are already
    boolean wakesAtUnlock(Signals condition) {
        if (signalled == null) {
            signalled = condition;
        }
        return condition.equals(signalled); // the same
    }

    /// A fresh [PCondition] for threads of this JVM. One in memory that other processes map is made by
    /// [PCondition#shared].
    ///
    /// @return a condition of this lock
    /// @throws UnsupportedOperationException if this lock is shared
    @Override
    public Condition newCondition() {
        if (isShared()) {
            throw new UnsupportedOperationException(
                    "a shared mutex makes no conditions; PCondition.shared makes one in shared memory");
        }
        return new PCondition(this);
    }

    boolean isShared() {
        return !rules.isLocal();
    }

    /// Whether any thread holds the lock, in this process or another; out of date as soon as it is told.
    ///
    /// @return whether it was held
    public boolean isLocked() {
        return PMutexRules.isLocked(words.get(at));
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
        return PMutexRules.count(words.get(at));
    }

    /// The state, for people: out of date as soon as it is told.
    @Override
    public String toString() {
        return describe("PMutex", () -> {
            int s = words.get(at);
            long holder = owner;
            int waiters = PMutexRules.count(s);
            return (!PMutexRules.isLocked(s) ? "free" : holder == NOBODY ? "held" : "held by thread #" + holder)
                    + (waiters == 0 ? "" : ", waiters=" + waiters);
        });
    }

    private int guess() {
        int guess = left;
        return guess != NO_GUESS ? guess : words.get(at);
    }

    /// @param s what the word is, or a guess. A wrong one takes the cache line from the owner all the same, so who only
    ///     tries looks first
    private boolean take(int s) {
        while (PMutexRules.isOpen(s)) {
            int witness = words.compareAndExchange(at, s, rules.take(s));
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

    private <X extends Exception> boolean lockSlowly(long deadline, Interrupts<X> interrupts) throws X {
        if (!SlowPath.enter(words, at, rules, this, deadline, interrupts)) {
            return false;
        }
        checkOverdue();
        return true;
    }

    private void acquired() {
        owner = Thread.currentThread().threadId();
        countEntry();
    }

    private void requireNotMine() {
        if (isHeldByCurrentThread()) {
            throw new IllegalMonitorStateException("not reentrant: this thread holds it already: " + this);
        }
    }

    /// At a contended acquisition, every 64th of all, lest the clock be read each time: if a woken thread has not run
    /// for long, the next unlock shall wake another. Without it single waits of 70 to 90 ms were seen.
    private void checkOverdue() {
        if (entered() % OVERDUE_EVERY == 0 && rules.isLocal()) {
            int now = (int) (System.nanoTime() >> MILLISECONDS_SHIFT);
            if (now != overdue) {
                overdue = now;
                distrustWoken(words, at);
            }
        }
    }

    private static void distrustWoken(Words words, long at) {
        if ((words.getOpaque(at) & PMutexRules.WOKEN) != 0) {
            var unused = words.getAndBitwiseAnd(at, ~PMutexRules.WOKEN);
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
            var unused = lockSlowly(futex, segment, offset, Deadline.FOREVER, DEFERRED);
        }
    }

    /// [#lockInterruptibly()] on a word in memory, as [#lock(Futex, MemorySegment, long)].
    ///
    /// @throws InterruptedException if the thread was interrupted before, even if the lock is free, or while it waited
    public static void lockInterruptibly(Futex futex, MemorySegment segment, long offset) throws InterruptedException {
        requirePlace(futex, segment, offset);
        OBEYED.check();
        if (!tryLock(futex, segment, offset)) {
            var unused = lockSlowly(futex, segment, offset, Deadline.FOREVER, OBEYED);
        }
    }

    /// [#tryLock()] on a word in memory, as [#lock(Futex, MemorySegment, long)].
    ///
    public static boolean tryLock(Futex futex, MemorySegment segment, long offset) {
        requirePlace(futex, segment, offset);
        for (; ; ) {
            int s = Words.get(segment, offset);
            if (!PMutexRules.isOpen(s)) {
                return false;
            }
            int next = s == 0
                    ? PMutexRules.LOCKED
                    : PMutexRules.of(futex.isShared()).take(s);
            if (Words.compareAndSet(segment, offset, s, next)) {
                if (s != 0) {
                    checkOverdue(futex, segment, offset);
                }
                return true;
            }
        }
    }

    /// [#tryLock(long, TimeUnit)] on a word in memory, as [#lock(Futex, MemorySegment, long)].
    ///
    /// @param time how long; zero or less is one try
    /// @param unit of `time`
    /// @return whether this thread has acquired it; false never before the time is over
    /// @throws InterruptedException if the thread was interrupted before, even if the lock is free, or while it waited
    public static boolean tryLock(Futex futex, MemorySegment segment, long offset, long time, TimeUnit unit)
            throws InterruptedException {
        requirePlace(futex, segment, offset);
        Objects.requireNonNull(unit, "unit");
        OBEYED.check();
        return tryLock(futex, segment, offset)
                || (time > 0 && lockSlowly(futex, segment, offset, deadline(time, unit), OBEYED));
    }

    /// [#unlock()] on a word in memory: by any thread, which ought to be the one that locked it.
    ///
    /// @throws IllegalMonitorStateException if nobody holds it; it is left as it was. Two threads that both unlock what
    ///     one of them has locked may escape this check, and break the lock
    public static void unlock(Futex futex, MemorySegment segment, long offset) {
        requirePlace(futex, segment, offset);
        // Looked at first: subtracting from a free word would turn its flags and its count into something else.
        if (!PMutexRules.isLocked(Words.get(segment, offset))) {
            throw new IllegalMonitorStateException("unlock of a mutex that nobody holds");
        }
        int s = Words.getAndAdd(segment, offset, -PMutexRules.LOCKED);
        if (PMutexRules.mustWake(s)) {
            Words.viewOf(futex, segment).wakeEntrants(offset, 1);
        }
    }

    private static <X extends Exception> boolean lockSlowly(
            Futex futex, MemorySegment segment, long offset, long deadline, Interrupts<X> interrupts) throws X {
        PMutexRules rules = PMutexRules.of(futex.isShared());
        if (!SlowPath.enter(Words.viewOf(futex, segment), offset, rules, null, deadline, interrupts)) {
            return false;
        }
        checkOverdue(futex, segment, offset);
        return true;
    }

    /// As for objects, but at random: there is no room to count and to note the time.
    private static void checkOverdue(Futex futex, MemorySegment segment, long offset) {
        if (!futex.isShared() && ThreadLocalRandom.current().nextInt(OVERDUE_EVERY) == 0) {
            distrustWoken(Words.viewOf(futex, segment), offset);
        }
    }

    private static void requirePlace(Futex futex, MemorySegment segment, long offset) {
        Objects.requireNonNull(futex, "futex");
        MemoryChecks.requireWritable(segment, offset, LAYOUT_BYTES);
    }
}
