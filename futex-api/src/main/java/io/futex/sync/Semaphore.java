package io.futex.sync;

import io.futex.Futex;
import io.futex.internal.Deadline;
import io.futex.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/// A number of permits, to be acquired and released: [java.util.concurrent.Semaphore] on words off the heap, which
/// other processes can share.
///
/// ```java
/// Semaphore connections = new Semaphore(10);
/// connections.acquire();
/// try {
///     // at most ten threads at a time
/// } finally {
///     connections.release();
/// }
/// ```
///
/// It behaves as the semaphore of `java.util.concurrent` that is not fair: permits have no owner, any thread may
/// release any number, and a thread that comes may overtake those that wait. There is no order among those that wait
/// either. Who asks for several permits takes them all at once, and may wait for long while others take one by one;
/// unlike there it never holds up others for whom the permits suffice. The number of permits is never negative.
///
/// Everything before a `release` happens-before the return of an `acquire` that takes its permits. Who finds no permit
/// looks for one for some 200 microseconds before it sleeps, if that has paid of late.
///
/// What all synchronizers have in common, stands at [io.futex.sync].
public final class Semaphore extends Permits {
    /// How many bytes a semaphore takes in memory of the caller, at an address divisible by 8.
    public static final long LAYOUT_BYTES = 16;

    private static final int BULK = 8;
    private static final int LEAST = 12;

    /// A semaphore for threads of this JVM.
    ///
    /// @param permits how many there are at first
    /// @throws IllegalArgumentException if `permits` is negative
    public Semaphore(int permits) {
        requireNotNegative(permits);
        Words.Place place = Words.fresh((int) LAYOUT_BYTES);
        this(place.words(), place.offset(), PermitRules.LOCAL);
        words.compareAndSetLong(at, 0, permits);
    }

    Semaphore(Words words, long at, PermitRules rules) {
        super(words, at, rules, 0);
    }

    /// A semaphore for threads of this JVM in memory of the caller, which is left as it is; zero-filled it has no
    /// permits, so whoever made the memory releases the first ones.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @return a view of the semaphore there
    public static Semaphore local(MemorySegment segment, long offset) {
        return new Semaphore(inPairs(Futex.local(), segment, offset, LAYOUT_BYTES), offset, PermitRules.LOCAL);
    }

    /// A semaphore for all processes that map the memory, which is left as it is; zero-filled it has no permits, so
    /// whoever made the memory releases the first ones.
    public static Semaphore shared(MemorySegment segment, long offset) {
        return new Semaphore(inPairs(Futex.shared(), segment, offset, LAYOUT_BYTES), offset, PermitRules.SHARED);
    }

    // ---- acquiring

    /// Acquires one permit, waiting as long as it takes, unless interrupted.
    ///
    /// @throws InterruptedException if the thread was interrupted before or during the wait; the status is cleared
    public void acquire() throws InterruptedException {
        OBEYED.check();
        if (!takeGuessed()) {
            var unused = takeUntil(Deadline.FOREVER, OBEYED);
        }
    }

    /// Acquires several permits at once, waiting as long as it takes, unless interrupted.
    ///
    /// @param n how many; 0 are always there
    /// @throws InterruptedException if the thread was interrupted before or during the wait; the status is cleared
    /// @throws IllegalArgumentException if `n` is negative
    public void acquire(int n) throws InterruptedException {
        var unused = acquire(n, Deadline.FOREVER, OBEYED);
    }

    /// As [#acquire()], but an interrupt does not end it; the status is kept.
    public void acquireUninterruptibly() {
        if (!takeGuessed()) {
            var unused = takeUntil(Deadline.FOREVER, DEFERRED);
        }
    }

    /// As [#acquire(int)], but an interrupt does not end it; the status is kept.
    ///
    /// @throws IllegalArgumentException if `n` is negative
    public void acquireUninterruptibly(int n) {
        var unused = acquire(n, Deadline.FOREVER, DEFERRED);
    }

    /// Acquires one permit if there is one. It may overtake threads that wait.
    ///
    /// @return whether this thread has acquired it
    public boolean tryAcquire() {
        return take(1);
    }

    /// Acquires several permits at once if there are so many. It may overtake threads that wait.
    ///
    /// @param n how many; 0 are always there
    /// @return whether this thread has acquired them
    /// @throws IllegalArgumentException if `n` is negative
    public boolean tryAcquire(int n) {
        return take(requireNotNegative(n));
    }

    /// Acquires one permit, waiting up to a time, unless interrupted.
    ///
    /// @param timeout how long; zero or less is one try
    /// @param unit of `timeout`
    /// @return whether this thread has acquired it; false never before the time is over
    /// @throws InterruptedException if the thread was interrupted before or during the wait; the status is cleared
    public boolean tryAcquire(long timeout, TimeUnit unit) throws InterruptedException {
        return tryAcquire(1, timeout, unit);
    }

    /// Acquires several permits at once, waiting up to a time, unless interrupted.
    ///
    /// @param n how many; 0 are always there
    /// @param timeout how long; zero or less is one try
    /// @param unit of `timeout`
    /// @return whether this thread has acquired them; false never before the time is over
    /// @throws InterruptedException if the thread was interrupted before or during the wait; the status is cleared
    /// @throws IllegalArgumentException if `n` is negative
    public boolean tryAcquire(int n, long timeout, TimeUnit unit) throws InterruptedException {
        return acquire(n, deadline(timeout, unit), OBEYED);
    }

    /// As [#tryAcquire(long, TimeUnit)], but an interrupt does not end it; the status is kept.
    public boolean tryAcquireUninterruptibly(long timeout, TimeUnit unit) {
        return tryAcquireUninterruptibly(1, timeout, unit);
    }

    /// As [#tryAcquire(int, long, TimeUnit)], but an interrupt does not end it; the status is kept.
    ///
    /// @throws IllegalArgumentException if `n` is negative
    public boolean tryAcquireUninterruptibly(int n, long timeout, TimeUnit unit) {
        return acquire(n, deadline(timeout, unit), DEFERRED);
    }

    /// Acquires all the permits that there are.
    ///
    /// @return how many this thread has acquired, perhaps 0
    public int drainPermits() {
        return reduce(Integer.MAX_VALUE);
    }

    /// Takes permits away for good, as far as there are some.
    ///
    /// @param n how many at most
    /// @return how many, perhaps 0
    /// @throws IllegalArgumentException if `n` is negative
    public int reducePermits(int n) {
        return reduce(requireNotNegative(n));
    }

    // ---- releasing

    /// Adds one permit, and wakes a thread that waits for it. Makes no system call if nobody waits, or if one that was
    /// woken is on its way, or if all who wait want more than there are.
    ///
    /// @throws Error if there are 2 147 483 647 already; the number is left as it was
    public void release() {
        if (!giveGuessed()) {
            release(1);
        }
    }

    /// Adds several permits, and wakes threads that wait for them, as [#release()] does.
    ///
    /// @param n how many
    /// @throws IllegalArgumentException if `n` is negative
    /// @throws Error if there would be more than 2 147 483 647; the number is left as it was
    public void release(int n) {
        if (requireNotNegative(n) != 0) {
            long s = give(n);
            if ((s & PermitRules.SEVERAL) != 0 && PermitRules.permits(s) + n >= words.get(at + LEAST)) {
                wakeWhoWantSeveral();
            }
        }
    }

    /// How many permits there are; out of date as soon as it is told.
    ///
    /// @return the number
    public int availablePermits() {
        return PermitRules.permits(look());
    }

    /// About how many threads sleep until they get a permit; those that came just now, and still look, do not count.
    ///
    /// @return an estimate, too high if a process that shares the semaphore was killed while it waited;
    ///     [Futex#UNKNOWN] if some want several permits, who are not counted
    public int waiters() {
        long s = look();
        return (s & PermitRules.SEVERAL) != 0 ? Futex.UNKNOWN : PermitRules.sleepers(s);
    }

    /// The state, for people: out of date as soon as it is told.
    @Override
    public String toString() {
        return describe("Semaphore", () -> {
            long s = look();
            return "permits=" + PermitRules.permits(s)
                    + (PermitRules.sleepers(s) == 0 ? "" : ", waiters=" + PermitRules.sleepers(s))
                    + ((s & PermitRules.SEVERAL) == 0 ? "" : ", waiters for several");
        });
    }

    // ---- inside

    private static int requireNotNegative(int n) {
        if (n < 0) {
            throw new IllegalArgumentException("a number of permits is not negative, as " + n + " is");
        }
        return n;
    }

    private <X extends Exception> boolean acquire(int n, long deadline, Interrupts<X> interrupts) throws X {
        requireNotNegative(n);
        interrupts.check();
        return n == 1 ? takeUntil(deadline, interrupts) : acquireSeveral(n, deadline, interrupts);
    }

    /// Sleeps on a word of its own: a wake on the number would otherwise reach one who wants more than there are, while
    /// one who wants a single permit sleeps on. Every release that may suffice wakes all who sleep here, so no wake is
    /// spent on one that gives up.
    private <X extends Exception> boolean acquireSeveral(int n, long deadline, Interrupts<X> interrupts) throws X {
        boolean timedOut = deadline == Deadline.PAST;
        for (; ; ) {
            int b = words.get(at + BULK);
            if (take(n)) {
                return true;
            }
            // By the clock too: whoever finds the word changed, each time again, never comes to wait for its deadline.
            if (timedOut || (deadline != Deadline.FOREVER && rules.isOver(deadline))) {
                return false;
            }
            if (announce(n)) {
                timedOut = sleep(BULK, b, deadline, interrupts);
            }
        }
    }

    /// Says how much is wanted before it looks whether there is as much; who releases adds before it looks what is
    /// wanted. So one of the two sees the other. Whoever clears what is said here has the number on which we will sleep
    /// counted up after that, so it is not forgotten.
    ///
    /// @return whether there are not enough permits, and the next release that suffices will wake
    private boolean announce(int n) {
        int least = words.get(at + LEAST);
        while ((least == 0 || least > n) && !words.compareAndSet(at + LEAST, least, n)) {
            least = words.get(at + LEAST);
        }
        return flag(n);
    }

    /// @return whether there are less than so many permits, and the flag of those who want several is set
    private boolean flag(int n) {
        for (long s = look(); PermitRules.permits(s) < n; s = look()) {
            if ((s & PermitRules.SEVERAL) != 0 || words.compareAndSetLong(at, s, s | PermitRules.SEVERAL)) {
                return true;
            }
        }
        return false;
    }

    /// They judge for themselves. Who clears the flag has them all to wake: whoever has announced itself by then has
    /// read the number that counts up before, and so finds another, or is asleep on this one when we wake.
    private void wakeWhoWantSeveral() {
        long s = look();
        while ((s & PermitRules.SEVERAL) != 0 && !words.compareAndSetLong(at, s, s & ~PermitRules.SEVERAL)) {
            s = look();
        }
        if ((s & PermitRules.SEVERAL) != 0) {
            words.set(at + LEAST, 0);
            var unused = words.getAndAdd(at + BULK, 1);
            try {
                unused = words.wake(at + BULK, Integer.MAX_VALUE);
            } catch (Throwable e) {
                var unusedToo = flag(Integer.MAX_VALUE); // they sleep on, and the next release has them to wake
                throw e;
            }
        }
    }
}
