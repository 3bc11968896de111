package io.futex.sync;

import io.futex.FutexWord;
import io.futex.WaitResult;
import io.futex.internal.Segments;
import java.lang.foreign.MemorySegment;
import java.util.Date;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;

/// A condition of a [PMutex]: a place to wait, without the lock, for something that another thread brings about with
/// the lock.
///
/// ```java
/// PMutex mutex = new PMutex();
/// Condition notEmpty = mutex.newCondition();
///
/// mutex.lock();                            mutex.lock();
/// try {                                    try {
///     while (queue.isEmpty()) {                queue.add(item);
///         notEmpty.await();                    notEmpty.signal();
///     }                                    } finally {
///     item = queue.remove();                   mutex.unlock();
/// } finally {                              }
///     mutex.unlock();
/// }
/// ```
///
/// It is a [Condition] that behaves as those of [java.util.concurrent.locks.ReentrantLock] do (interrupts, time, memory
/// effects), but for this:
///
/// - **Await in a loop.** A wait may end as if signalled although no signal was for it. That is rare, but for one: a
///   wait that ends by time or interrupt, and during which there were signals for others, ends as if signalled too.
/// - **No order.** A signal reaches one of those that wait, not the one that has waited for longest. It is never lost
///   to one that begins to wait after it.
///
/// Every method needs the lock, held through the object that this condition was made with, else it throws
/// [IllegalMonitorStateException] and does nothing. Waiting lets go of the lock, and has it again whenever it ends, by
/// whatever reason. A thread that is signalled and interrupted at about the same time returns as signalled, with its
/// interrupt status set; one that throws has taken no signal from anybody. Virtual threads may use it: waiting does not
/// block their carrier. It allocates nothing in a platform thread. As a rule a signal for nobody only reads.
///
/// Where neither the mutex nor the condition lies in memory of the caller, it is as a rule the unlock that wakes, or
/// the wait that lets go of the lock: whom a signal is for then finds the lock free. Elsewhere, and for the second of
/// two conditions that are signalled at once, the signal wakes, and that thread has to wait for the lock.
///
/// ## Layout
/// 8 bytes, 4-aligned, two ints in native byte order; zero-filled memory is a condition that nobody waits for. It
/// belongs to one mutex, whose word may lie anywhere. Both words are written only by who holds that mutex.
///
/// | offset | word | bits | meaning |
/// |---|---|---|---|
/// | 0 | sequence | all | counts the signals that somebody waited for; waiters sleep on it |
/// | 4 | counts | 0–21 | *waiting*: threads between the beginning of a wait and its end, the lock regained |
/// | 4 | counts | 22–31 | *signalled*: to how many of them, or more, a signal has been sent; 1023 is 1023 or more |
///
/// What a C program does with words of [#shared] scope:
///
/// ```c
/// // wait, with the mutex locked; true if signalled
/// unsigned ticket = sequence;
/// if ((counts & 0x3FFFFF) == 0x3FFFFF) error();                            // else it becomes a signal
/// counts += 1;
/// mutex_unlock();
/// while (atomic_load(&sequence) == ticket && !timed_out)
///     timed_out = futex_wait(&sequence, ticket, deadline) == ETIMEDOUT;    // not FUTEX_PRIVATE_FLAG
/// mutex_lock();
/// counts -= 1;
/// if (sequence == ticket) return false;
/// if (counts >> 22) counts -= 1 << 22;
/// return true;
///
/// // signal, with the mutex locked
/// unsigned waiting = counts & 0x3FFFFF, signalled = counts >> 22;
/// if (signalled < waiting) {
///     if (signalled < 1023) counts += 1 << 22;
///     atomic_store(&sequence, sequence + 1);
///     futex_wake(&sequence, 1);
/// }
///
/// // signal all, with the mutex locked
/// if (signalled < waiting) {
///     counts = waiting | min(waiting, 1023) << 22;
///     atomic_store(&sequence, sequence + 1);
///     futex_wake(&sequence, INT_MAX);
/// }
/// ```
///
/// A thread that is stopped between letting go of the lock and falling asleep, or after it was woken, for as long as
/// 2^32 signals take that have each been for a waiter, and for not one more or less, misses them.
///
/// ## When a process is killed
/// - while it waits: *waiting* stays one too high for good. Signals that nobody waits for then make a needless system
///   call; none is lost.
/// - after a signal has chosen it and before it has the lock: that signal is lost with it. Whoever cannot accept that
///   signals all.
/// - while it holds the lock: see [PMutex].
public final class PCondition implements Condition {
    /// How many bytes a condition takes in memory of the caller.
    public static final long LAYOUT_BYTES = 8;

    private static final int COUNTS_OFFSET = 4;
    private static final int SIGNALLED_SHIFT = 22;
    private static final int ONE_SIGNALLED = 1 << SIGNALLED_SHIFT;
    private static final int WAITING = ONE_SIGNALLED - 1;
    private static final int MOST_SIGNALLED = (1 << (Integer.SIZE - SIGNALLED_SHIFT)) - 1;

    /// No point in time: a wait that does not end by the clock on the wall.
    private static final long NO_DATE = Long.MAX_VALUE;

    private static final int ALL = Integer.MAX_VALUE;

    /// No unlock has wakes to make, or it has made them.
    private static final int IDLE = 0;
    /// Who has let go of the lock is about to wake.
    private static final int WAKING = 1;
    /// That has failed.
    static final int FAILED = 2;

    private final FutexWord sequence;
    private final FutexWord counts;
    private final PMutex mutex;
    private final boolean wakesAtUnlock;

    /// The owner's: how many wakes the unlock has to make.
    private int signals;

    /// The owner's: while an unlock is not known to have woken, how many wakes it has to make.
    private int unhelped;

    /// Written by the owner, but while it is `WAKING` by the one who wakes.
    volatile int waking = IDLE;

    /// A condition for threads of this JVM, as [PMutex#newCondition] makes it.
    ///
    /// @param mutex the lock that who waits or signals must hold
    public PCondition(PMutex mutex) {
        this(FutexWord.local(0), FutexWord.local(0), mutex);
    }

    /// Over words that only this object knows.
    PCondition(FutexWord sequence, FutexWord counts, PMutex mutex) {
        this(sequence, counts, mutex, mutex.isAlone());
    }

    private PCondition(FutexWord sequence, FutexWord counts, PMutex mutex, boolean wakesAtUnlock) {
        this.sequence = sequence;
        this.counts = counts;
        this.mutex = Objects.requireNonNull(mutex, "mutex");
        this.wakesAtUnlock = wakesAtUnlock;
    }

    /// A condition for threads of this JVM in memory of the caller, which is left as it is; zero-filled nobody waits
    /// for it.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @param mutex the lock that who waits or signals must hold
    /// @return a view of the condition there
    public static PCondition local(MemorySegment segment, long offset, PMutex mutex) {
        Segments.requireWritable(segment, offset, LAYOUT_BYTES);
        return new PCondition(
                FutexWord.local(segment, offset), FutexWord.local(segment, offset + COUNTS_OFFSET), mutex, false);
    }

    /// A condition for all processes that map the memory, which is left as it is; zero-filled nobody waits for it. What
    /// a killed process leaves behind is said above.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @param mutex the lock that who waits or signals must hold, the same in all processes
    /// @return a view of the condition there
    /// @throws IllegalArgumentException also if the mutex is not a shared one
    public static PCondition shared(MemorySegment segment, long offset, PMutex mutex) {
        Segments.requireWritable(segment, offset, LAYOUT_BYTES);
        if (!mutex.isShared()) {
            throw new IllegalArgumentException("a shared condition needs a shared mutex; this one is local");
        }
        return new PCondition(
                FutexWord.shared(segment, offset), FutexWord.shared(segment, offset + COUNTS_OFFSET), mutex, false);
    }

    // ---- waiting

    /// Waits until signalled, or interrupted, without the lock.
    ///
    /// @throws InterruptedException if the thread was interrupted before or during the wait; the status is cleared, and
    ///     the lock is held
    /// @throws IllegalMonitorStateException if this thread does not hold the lock
    @Override
    public void await() throws InterruptedException {
        throwIfInterrupted();
        waitForSignal(Segments.FOREVER, NO_DATE, true);
    }

    /// Waits until signalled, without the lock. An interrupt does not end it; the status is kept.
    ///
    /// @throws IllegalMonitorStateException if this thread does not hold the lock
    @Override
    public void awaitUninterruptibly() {
        waitUninterruptibly(Segments.FOREVER);
    }

    /// Waits until signalled, or interrupted, or the time is over, without the lock. An interrupt does not end it; the
    /// status is kept.
    ///
    /// @param time how long; zero or less lets go of the lock and takes it again
    /// @param unit of `time`
    /// @return false if the time is over, never before; true if signalled, or if others were meanwhile
    /// @throws IllegalMonitorStateException if this thread does not hold the lock
    public boolean awaitUninterruptibly(long time, TimeUnit unit) {
        Objects.requireNonNull(unit, "unit");
        return waitUninterruptibly(deadline(System.nanoTime(), unit.toNanos(time)));
    }

    /// Waits until signalled, or interrupted, or the time is over, without the lock.
    ///
    /// @param nanosTimeout how long; zero or less lets go of the lock and takes it again
    /// @return about how much of the time is left, the lock regained; zero or less if the time is over
    /// @throws InterruptedException if the thread was interrupted before or during the wait; the status is cleared, and
    ///     the lock is held
    /// @throws IllegalMonitorStateException if this thread does not hold the lock
    @Override
    public long awaitNanos(long nanosTimeout) throws InterruptedException {
        throwIfInterrupted();
        long start = System.nanoTime();
        waitForSignal(deadline(start, nanosTimeout), NO_DATE, true);
        long left = nanosTimeout - (System.nanoTime() - start);
        return left <= nanosTimeout ? left : Long.MIN_VALUE;
    }

    /// Waits until signalled, or interrupted, or the time is over, without the lock.
    ///
    /// @param time how long; zero or less lets go of the lock and takes it again
    /// @param unit of `time`
    /// @return false if the time is over, never before; true if signalled, or if others were meanwhile
    /// @throws InterruptedException if the thread was interrupted before or during the wait; the status is cleared, and
    ///     the lock is held
    /// @throws IllegalMonitorStateException if this thread does not hold the lock
    @Override
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        Objects.requireNonNull(unit, "unit");
        throwIfInterrupted();
        return waitForSignal(deadline(System.nanoTime(), unit.toNanos(time)), NO_DATE, true);
    }

    /// Waits until signalled, or interrupted, or the clock on the wall shows a time, without the lock. A clock that is
    /// put back meanwhile prolongs the wait; one that is put forward does not shorten it.
    ///
    /// @param deadline until when; one that has passed lets go of the lock and takes it again
    /// @return false if the time has come, never before; true if signalled, or if others were meanwhile
    /// @throws InterruptedException if the thread was interrupted before or during the wait; the status is cleared, and
    ///     the lock is held
    /// @throws IllegalMonitorStateException if this thread does not hold the lock
    @Override
    @SuppressWarnings("JavaUtilDate") // the interface has it
    public boolean awaitUntil(Date deadline) throws InterruptedException {
        long date = deadline.getTime();
        throwIfInterrupted();
        return waitForSignal(deadlineOf(date), date, true);
    }

    // ---- signalling

    /// Ends the wait of one thread that waits, if any does; it returns once it has the lock.
    ///
    /// @throws IllegalMonitorStateException if this thread does not hold the lock
    @Override
    public void signal() {
        requireMine();
        int c = counts.getPlain();
        int signalled = signalled(c);
        if (mustHelp(c)) {
            help(c);
        }
        if (signalled < waiting(c)) {
            signal(1, signalled < MOST_SIGNALLED ? c + ONE_SIGNALLED : c);
        }
    }

    /// Ends the waits of all threads that wait; each returns once it has the lock.
    ///
    /// @throws IllegalMonitorStateException if this thread does not hold the lock
    @Override
    public void signalAll() {
        requireMine();
        int c = counts.getPlain();
        if (mustHelp(c)) {
            help(c);
        }
        int waiting = waiting(c);
        if (signalled(c) < waiting) {
            signal(ALL, waiting | Math.min(waiting, MOST_SIGNALLED) << SIGNALLED_SHIFT);
        }
    }

    /// The state, for people: out of date as soon as it is told.
    @Override
    public String toString() {
        int c = counts.getOpaque();
        return "PCondition[waiting=" + waiting(c) + ", signalled=" + signalled(c) + "]";
    }

    /// A change of the sequence ends waits that have begun and not fallen asleep yet: they find another number than
    /// they remember. Who sleeps already needs a wake, and it must come while nobody who began to wait after the signal
    /// is asleep to catch it: systems do not always choose who came first.
    ///
    /// Within the lock nobody is. But a woken thread that gets our processor finds the lock held, and has to give way:
    /// six switches of threads for a round trip instead of two. So the unlock wakes, after it has let go of the lock,
    /// and whoever begins to wait meanwhile makes the same wakes first: see [#help]. Those of the unlock are then for
    /// nobody, or end a wait for no reason.
    ///
    /// That takes a lock and a condition that others know only by this object: another object over their words would
    /// not know what to wake at its unlock, nor what to help with. And in shared memory a process that is killed
    /// between its unlock and its wake would leave sleepers whom no later signal wakes.
    ///
    /// @param count for how many, or `ALL`
    /// @param after what the counts then are
    private void signal(int count, int after) {
        boolean atUnlock = wakesAtUnlock && waking == IDLE && mutex.wakesAtUnlock(this);
        if (atUnlock) {
            signals = count > ALL - signals ? ALL : signals + count; // first: if what follows fails, it is for nobody
        }
        sequence.set(sequence.getPlain() + 1);
        if (!atUnlock) {
            var unused = sequence.wake(count);
        }
        counts.setPlain(after); // last: the next signal shall not rely on one that has failed
    }

    /// The unlock begins, with the lock still held.
    void beginWaking() {
        unhelped = signals;
        waking = WAKING;
        signals = 0;
    }

    /// The unlock wakes, without the lock, whom nobody has woken for it. Who reads 0 does so after those wakes.
    void wake() {
        var unused = sequence.wake(unhelped);
        waking = IDLE;
    }

    /// Whether a signal must not rely on the wakes of an unlock: they have failed, or they are all that is left to rely
    /// on and may fail, of which only who unlocks would hear.
    private boolean mustHelp(int c) {
        int state = waking;
        return state == FAILED || (state == WAKING && signalled(c) >= waiting(c));
    }

    /// With the lock: makes the wakes of an unlock that is not known to have made them.
    private void help(int c) {
        if (unhelped > 0 && waiting(c) > 0) {
            var unused = sequence.wake(unhelped);
        }
        unhelped = 0;
        if (waking == FAILED) {
            waking = IDLE; // where it is WAKING, that is for the one who wakes to say
        }
    }

    // ---- the wait

    private boolean waitUninterruptibly(long deadline) {
        try {
            return waitForSignal(deadline, NO_DATE, false);
        } catch (InterruptedException e) {
            throw new AssertionError("an uninterruptible wait was interrupted", e);
        }
    }

    /// Whatever ends the sleep, a changed sequence counts as a signal: it may have been the reason, and nobody can tell
    /// afterwards which sleeper the wake was for. So no signal is ever swallowed, and who returns owes nothing.
    private boolean waitForSignal(long deadline, long date, boolean interruptible) throws InterruptedException {
        requireMine();
        int ticket = enter();
        InterruptedException interrupt = null;
        try {
            mutex.unlock();
            sleep(ticket, deadline, date, interruptible);
        } catch (InterruptedException e) {
            interrupt = e;
        } catch (Throwable e) {
            abandon(ticket, e);
            throw e;
        }
        boolean signalled = returnWithLock(ticket);
        if (interrupt != null) {
            if (!signalled) {
                throw interrupt;
            }
            Thread.currentThread().interrupt();
        }
        return signalled;
    }

    /// Returns once the sequence is another, or the time is over. A signal between the read and the sleep changes the
    /// word, so the sleep does not begin.
    private void sleep(int ticket, long deadline, long date, boolean interruptible) throws InterruptedException {
        long until = deadline;
        while (sequence.get() == ticket) {
            WaitResult result = interruptible
                    ? sequence.awaitUntil(ticket, until)
                    : sequence.awaitUntilUninterruptibly(ticket, until);
            if (result == WaitResult.TIMED_OUT) {
                if (date == NO_DATE || System.currentTimeMillis() >= date) {
                    return;
                }
                until = deadlineOf(date); // the two clocks disagree
            }
        }
    }

    /// With the lock: a wait begins.
    private int enter() {
        int c = counts.getPlain();
        if (waiting(c) == WAITING) {
            throw new IllegalStateException("4 194 303 threads wait already");
        }
        if (waking != IDLE) {
            help(c);
        }
        counts.setPlain(c + 1);
        return sequence.getPlain();
    }

    @SuppressWarnings("LockNotBeforeTry") // the caller's lock, given back to it
    private boolean returnWithLock(int ticket) {
        if (wakesAtUnlock) {
            mutex.lock();
        } else {
            mutex.lockAfterSignal();
        }
        return leave(ticket);
    }

    /// With the lock: a wait ends.
    ///
    /// @return whether it was signalled
    private boolean leave(int ticket) {
        // Of those that a signal may have been for, one less is on its way. An unsignalled one changes nothing there:
        // since it came there was no signal at all, so the ones on record are for others that still wait.
        int c = counts.getPlain() - 1;
        boolean signalled = sequence.getPlain() != ticket;
        counts.setPlain(signalled && signalled(c) > 0 ? c - ONE_SIGNALLED : c);
        return signalled;
    }

    /// The sleep failed, or letting go of the lock: at its end, the wake of another, or before it had begun. The arena
    /// was closed, or the system refused, or the stack has ended. If a signal has reached us, it must go on.
    private void abandon(int ticket, Throwable reason) {
        try {
            if (mutex.isHeldByCurrentThread() ? leave(ticket) : returnWithLock(ticket)) {
                signalAll(); // not one, which might be somebody who has come after the signal
            }
        } catch (RuntimeException gone) {
            Wakes.alsoFailed(reason, gone);
        }
    }

    private void requireMine() {
        if (!mutex.isHeldByCurrentThread()) {
            throw new IllegalMonitorStateException("this thread does not hold the lock: " + mutex);
        }
    }

    private static void throwIfInterrupted() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
    }

    // ---- time

    private static long deadline(long start, long nanos) {
        long deadline = start + Math.max(0, nanos);
        return deadline < start ? Segments.FOREVER : deadline;
    }

    private static long deadlineOf(long date) {
        long now = System.currentTimeMillis();
        return deadline(System.nanoTime(), date <= now ? 0 : TimeUnit.MILLISECONDS.toNanos(date - now));
    }

    // ---- the counts

    private static int waiting(int counts) {
        return counts & WAITING;
    }

    private static int signalled(int counts) {
        return counts >>> SIGNALLED_SHIFT;
    }
}
