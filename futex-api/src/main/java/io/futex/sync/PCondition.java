package io.futex.sync;

import io.futex.Futex;
import io.futex.internal.Deadline;
import io.futex.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.Date;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;

/// A condition of a [PMutex]: a place to wait, without the lock, for something that another thread brings about with
/// the lock.
///
/// ```java
/// PMutex mutex = new PMutex();
/// PCondition notEmpty = new PCondition(mutex);
///
/// mutex.lock();                                      mutex.lock();
/// try {                                              try {
///     notEmpty.await(() -> !queue.isEmpty());            queue.add(item);
///     item = queue.remove();                             notEmpty.signal();
/// } finally {                                        } finally {
///     mutex.unlock();                                    mutex.unlock();
/// }                                                  }
/// ```
///
/// It is a [Condition] that behaves as those of [java.util.concurrent.locks.ReentrantLock] do (interrupts, time, memory
/// effects), but for this:
///
/// - **Await in a loop**, or with the condition itself, as above. One signal ends one wait. But a wait may end as if
///   signalled although no signal was for it; that is rare.
/// - **No order.** A signal reaches one of those that wait, not the one that has waited for longest. It is never lost
///   to one that begins to wait after it.
///
/// Every method needs the lock, held through the object that this condition was made with, else it throws
/// [IllegalMonitorStateException] and does nothing. Waiting lets go of the lock, and has it again whenever it ends, by
/// whatever reason. A thread that is signalled and interrupted at about the same time returns as signalled, with its
/// interrupt status set; one that throws [InterruptedException] has its status cleared, and has taken no signal from
/// anybody. As a rule a signal for nobody only reads. Memory of the caller may be closed once every call has returned,
/// those of the mutex included.
///
/// Where neither the mutex nor the condition lies in memory of the caller, it is as a rule the unlock that wakes, or
/// the wait that lets go of the lock: whom a signal is for then finds the lock free. Elsewhere, and for the second of
/// two conditions that are signalled at once, the signal wakes, and that thread has to wait for the lock. Waiters that
/// poll (virtual threads on shared words, say) all look at each signal, one after the other, with the lock.
///
/// What all synchronizers have in common, stands at [io.futex.sync].
public final class PCondition extends Signals implements Condition {
    /// How many bytes a condition takes in memory of the caller.
    public static final long LAYOUT_BYTES = 16;

    /// A condition for threads of this JVM, as [PMutex#newCondition] makes it.
    ///
    /// @param mutex the lock that who waits or signals must hold
    public PCondition(PMutex mutex) {
        Words.Place place = Words.fresh((int) LAYOUT_BYTES);
        this(place.words(), place.offset(), mutex, mutex.alone);
    }

    PCondition(Words words, long at, PMutex mutex, boolean alone) {
        super(words, at, mutex, alone);
    }

    /// A condition for threads of this JVM in memory of the caller, which is left as it is; zero-filled nobody waits
    /// for it.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @param mutex the lock that who waits or signals must hold
    /// @return a view of the condition there
    public static PCondition local(MemorySegment segment, long offset, PMutex mutex) {
        Words words = in(Futex.local(), segment, offset, LAYOUT_BYTES);
        return new PCondition(words, offset, Objects.requireNonNull(mutex, "mutex"), false);
    }

    /// A condition for all processes that map the memory, which is left as it is; zero-filled nobody waits for it.
    ///
    /// @param mutex the lock that who waits or signals must hold, the same in all processes
    /// @throws IllegalArgumentException also if the mutex is not a shared one
    public static PCondition shared(MemorySegment segment, long offset, PMutex mutex) {
        Words words = in(Futex.shared(), segment, offset, LAYOUT_BYTES);
        if (!mutex.isShared()) {
            throw new IllegalArgumentException("a shared condition needs a shared mutex; this one is local");
        }
        return new PCondition(words, offset, mutex, false);
    }

    // ---- waiting

    /// Waits until signalled, or interrupted, without the lock.
    ///
    /// @throws InterruptedException if the thread was interrupted before or during the wait
    @Override
    public void await() throws InterruptedException {
        var unused = waitForSignal(Deadline.FOREVER, OBEYED);
    }

    /// As [#await()], but an interrupt does not end it; the status is kept.
    @Override
    public void awaitUninterruptibly() {
        var unused = waitForSignal(Deadline.FOREVER, DEFERRED);
    }

    /// As [#await(long, TimeUnit)], but an interrupt does not end it; the status is kept.
    public boolean awaitUninterruptibly(long time, TimeUnit unit) {
        return waitForSignal(deadline(time, unit), DEFERRED);
    }

    /// Waits until signalled, or interrupted, or the time is over, without the lock.
    ///
    /// @param nanosTimeout how long; zero or less lets go of the lock and takes it again
    /// @return about how much of the time is left, the lock regained; zero or less if the time is over
    /// @throws InterruptedException if the thread was interrupted before or during the wait
    @Override
    public long awaitNanos(long nanosTimeout) throws InterruptedException {
        long start = System.nanoTime();
        var unused = waitForSignal(deadline(nanosTimeout, TimeUnit.NANOSECONDS), OBEYED);
        long left = nanosTimeout - (System.nanoTime() - start);
        return left <= nanosTimeout ? left : Long.MIN_VALUE;
    }

    /// Waits until signalled, or interrupted, or the time is over, without the lock.
    ///
    /// @param time how long; zero or less lets go of the lock and takes it again
    /// @param unit of `time`
    /// @return false if the time is over, never before; true if signalled
    /// @throws InterruptedException if the thread was interrupted before or during the wait
    @Override
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
        return waitForSignal(deadline(time, unit), OBEYED);
    }

    /// Waits until signalled, or interrupted, or the clock on the wall shows a time, without the lock. A clock that is
    /// put back meanwhile prolongs the wait; one that is put forward does not shorten it.
    ///
    /// @param deadline until when; one that has passed lets go of the lock and takes it again
    /// @return false if the time has come, never before; true if signalled
    /// @throws InterruptedException if the thread was interrupted before or during the wait
    @Override
    @SuppressWarnings("JavaUtilDate") // the interface has it
    public boolean awaitUntil(Date deadline) throws InterruptedException {
        long date = deadline.getTime();
        boolean signalled;
        do {
            long now = System.currentTimeMillis();
            signalled = await(date <= now ? 0 : date - now, TimeUnit.MILLISECONDS);
        } while (!signalled && System.currentTimeMillis() < date); // the two clocks disagree
        return signalled;
    }

    // ---- waiting for what the signals are about

    /// Waits until something holds, or interrupted: `while (!ready.getAsBoolean()) await();`. What `ready` throws is
    /// thrown, the lock held.
    ///
    /// @param ready looks, with the lock held; not called again once it is true
    /// @throws InterruptedException if the thread was interrupted when it had to wait, or while it did
    public void await(BooleanSupplier ready) throws InterruptedException {
        var unused = waitUntil(ready, Deadline.FOREVER, OBEYED);
    }

    /// As [#await(BooleanSupplier)], or until the time is over.
    ///
    /// @param ready looks, with the lock held; also once the time is over
    /// @param time how long; with zero or less it looks twice
    /// @param unit of `time`
    /// @return what `ready` was last; false never before the time is over
    /// @throws InterruptedException if the thread was interrupted when it had to wait, or while it did
    public boolean await(BooleanSupplier ready, long time, TimeUnit unit) throws InterruptedException {
        return waitUntil(ready, deadline(time, unit), OBEYED);
    }

    /// As [#await(BooleanSupplier)], but an interrupt does not end it; the status is kept.
    public void awaitUninterruptibly(BooleanSupplier ready) {
        var unused = waitUntil(ready, Deadline.FOREVER, DEFERRED);
    }

    /// As [#await(BooleanSupplier, long, TimeUnit)], but an interrupt does not end it; the status is kept.
    public boolean awaitUninterruptibly(BooleanSupplier ready, long time, TimeUnit unit) {
        return waitUntil(ready, deadline(time, unit), DEFERRED);
    }

    // ---- signalling

    /// Ends the wait of one thread that waits, if any does; it returns once it has the lock.
    @Override
    public void signal() {
        if (mayBeSignalled()) {
            send(1, 1);
        }
    }

    /// Ends the waits of all threads that wait; each returns once it has the lock.
    @Override
    public void signalAll() {
        if (mayBeSignalled()) {
            send(waiting() - signalled(), ALL);
        }
    }

    /// How many threads wait, including those that a signal has reached and that want the lock again.
    ///
    /// @return exact for who holds the lock, else an estimate; too high if a process that shares the condition was
    ///     killed while it waited
    public int waiters() {
        return waiting();
    }

    /// The state, for people: out of date as soon as it is told.
    @Override
    public String toString() {
        return describe("PCondition", () -> "waiting=" + waiting() + ", signalled=" + signalled());
    }

    // ---- the wait

    private <X extends Exception> boolean waitUntil(BooleanSupplier ready, long deadline, Interrupts<X> interrupts)
            throws X {
        requireMine();
        while (!ready.getAsBoolean()) {
            if (!waitForSignal(deadline, interrupts)) {
                return ready.getAsBoolean();
            }
        }
        return true;
    }

    /// Who is woken, or finds another sequence than it remembers, looks with the lock whether there is a signal for it.
    ///
    /// Whatever has ended the sleep, a signal that can be taken is: it may have been the reason, and nobody can tell
    /// afterwards which sleeper the wake was for. So no signal is ever swallowed, and who returns owes nothing.
    ///
    /// @return false if the time is over
    private <X extends Exception> boolean waitForSignal(long deadline, Interrupts<X> interrupts) throws X {
        interrupts.check();
        requireMine();
        int ticket = enter();
        InterruptedException interrupt = null;
        boolean over = false;
        try {
            for (int seen = ticket; !over && !ends(ticket); seen = sequence()) {
                mutex.unlock();
                try {
                    over = awaitChange(seen, deadline, interrupts.endWaits());
                } catch (InterruptedException e) {
                    interrupt = e;
                    over = true;
                }
                lockAgain();
            }
        } catch (Throwable e) {
            abandon(ticket, e);
            throw e;
        }
        boolean signalled = leave(ticket);
        if (interrupt != null) {
            if (!signalled) {
                throw interrupts.thrown(interrupt);
            }
            Thread.currentThread().interrupt();
        }
        return signalled;
    }

    /// Returns once the sequence is another, or the time is over. A signal between the read and the sleep changes the
    /// word, so the sleep does not begin.
    ///
    /// @return whether the time is over
    private boolean awaitChange(int seen, long deadline, boolean interruptible) throws InterruptedException {
        while (words.get(at + SEQUENCE) == seen) {
            if (sleep(SEQUENCE, seen, deadline, interruptible)) {
                return true;
            }
        }
        return false;
    }

    /// The sleep failed, or letting go of the lock: at its end, the wake of another, or before it had begun. The arena
    /// was closed, or the system refused, or the stack has ended. If a signal has reached us, it must go on.
    private void abandon(int ticket, Throwable reason) {
        try {
            if (!mutex.isHeldByCurrentThread()) {
                lockAgain();
            }
            if (leave(ticket)) {
                signalAll(); // not one, which might be somebody who has come after the signal
            }
        } catch (RuntimeException gone) {
            alsoFailed(reason, gone);
        }
    }
}
