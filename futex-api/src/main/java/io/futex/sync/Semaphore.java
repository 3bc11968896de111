package io.futex.sync;

import io.futex.FutexWord;
import io.futex.WaitResult;
import io.futex.internal.Segments;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
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
/// Everything before a `release` happens-before the return of an `acquire` that takes its permits. Virtual threads may
/// use it: waiting does not block their carrier. Who finds no permit looks for one for some 100 microseconds before it
/// sleeps, if that has paid of late.
///
/// The thread that acquires may close the memory at once, though the `release` that let it in has not returned yet;
/// within the JVM, that is: a C program must keep it mapped until its own `release` has ended. To use the memory for
/// something else it must wait for that, too: a `release` may still write.
///
/// ## Layout
/// 12 bytes, 4-aligned, three ints in native byte order; zero-filled memory has no permits.
///
/// | offset | word | meaning |
/// |---|---|---|
/// | 0 | permits | bits 0–30: how many there are; threads that want one sleep here, while it is 0 |
/// | | | bit 31: a woken thread is on its way, nobody else needs to be woken; only ever set in [#local] scope |
/// | 4 | waiters | bits 0–30: threads that want one permit, and sleep or are about to |
/// | | | bit 31: a thread that wants several permits sleeps, or is about to: the next release wakes all of these |
/// | 8 | bulk | counted up before those who want several permits are woken, who sleep here |
///
/// What a C program does with words of [#shared] scope, all with atomic operations of sequential consistency:
///
/// ```c
/// // release n
/// int p = *permits;
/// do if (p > INT_MAX - n) fail();                            // lest the sum becomes a flag
/// while (!cas(permits, &p, p + n));                          // cas puts what it found into p
/// int w = *waiters;
/// if (w & INT_MAX) futex_wake(permits, n);                   // not FUTEX_PRIVATE_FLAG
/// if (w < 0 && fetch_and(waiters, INT_MAX) < 0) { fetch_add(bulk, 1); futex_wake(bulk, INT_MAX); }
/// // acquire 1
/// for (int counted = 0;;) {
///     int p = *permits;
///     if (p > 0) {
///         if (cas(permits, &p, p - 1)) { if (counted) fetch_sub(waiters, 1); return; }
///     } else if (!counted) {
///         counted = 1; fetch_add(waiters, 1);                // and look again
///     } else {
///         futex_wait(permits, p);
///     }
/// }
/// // acquire n
/// for (;;) {
///     int b = *bulk;
///     if (*waiters >= 0) fetch_or(waiters, INT_MIN);
///     int p = *permits;
///     if (p < n) futex_wait(bulk, b);
///     else if (cas(permits, &p, p - n)) return;
/// }
/// ```
///
/// Who gives up waiting for one permit takes itself from *waiters* while *permits* is 0, and takes a permit if it is
/// not: the wake of its release may have gone to who gives up, while another sleeps. Who must not take one subtracts
/// itself, and then wakes as many as there are permits.
///
/// ## When a process is killed
/// - while it holds permits: they are gone, until somebody releases as many.
/// - while it waits: *waiters* stays one too high for good, or bit 31 there until the next release. Releases make wakes
///   that are perhaps needless; none is lost.
/// - in the middle of a release, or when it has just been woken: a waiter may sleep on though there is a permit for
///   it, which goes to whoever comes. A release wakes as many as it adds, so the next one heals a single sleeper, while
///   of several one more sleeps than should until fewer wait; if it wants several permits, until the first release
///   after another such waiter has come.
public final class Semaphore {
    /// How many bytes a semaphore takes in memory of the caller.
    public static final long LAYOUT_BYTES = 12;

    private static final int WAITERS_OFFSET = 4;
    private static final int BULK_OFFSET = 8;

    /// For [#empty]: more than one permit has been seen, or the semaphore is shared. Should its file have been
    /// truncated, a look throws [InternalError], while a step that the JVM's interpreter makes there ends the JVM, as
    /// of JDK 25.
    private static final int NO_GUESS = -1;

    private final FutexWord permits;
    private final FutexWord waiters;
    private final FutexWord bulk;
    private final SemaphoreRules rules;
    private final PermitPace pace = new PermitPace();

    /// What [#permits] most probably is while the only permit is out, as long as there has been one only. Then
    /// `acquire` and `release` need not look before they change it: the load would wait for the step before it, in all
    /// a quarter of what they take. A higher number is too hard to guess where several threads change it. Plain: a
    /// wrong guess costs one failed step.
    private int empty;

    /// A semaphore for threads of this JVM.
    ///
    /// @param permits how many there are at first
    /// @throws IllegalArgumentException if `permits` is negative
    public Semaphore(int permits) {
        this(
                FutexWord.local(requireNotNegative(permits)),
                FutexWord.local(0),
                FutexWord.local(0),
                SemaphoreRules.LOCAL);
    }

    Semaphore(FutexWord permits, FutexWord waiters, FutexWord bulk, SemaphoreRules rules) {
        this.permits = permits;
        this.waiters = waiters;
        this.bulk = bulk;
        this.rules = rules;
        this.empty = rules.elides() ? 0 : NO_GUESS;
    }

    /// A semaphore for threads of this JVM in memory of the caller, which is left as it is; zero-filled it has no
    /// permits, so whoever made the memory releases the first ones.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @return a view of the semaphore there
    public static Semaphore local(MemorySegment segment, long offset) {
        Segments.requireWritable(segment, offset, LAYOUT_BYTES);
        return new Semaphore(
                FutexWord.local(segment, offset),
                FutexWord.local(segment, offset + WAITERS_OFFSET),
                FutexWord.local(segment, offset + BULK_OFFSET),
                SemaphoreRules.LOCAL);
    }

    /// A semaphore for all processes that map the memory, which is left as it is; zero-filled it has no permits, so
    /// whoever made the memory releases the first ones. What a killed process leaves behind is said above.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @return a view of the semaphore there
    public static Semaphore shared(MemorySegment segment, long offset) {
        Segments.requireWritable(segment, offset, LAYOUT_BYTES);
        return new Semaphore(
                FutexWord.shared(segment, offset),
                FutexWord.shared(segment, offset + WAITERS_OFFSET),
                FutexWord.shared(segment, offset + BULK_OFFSET),
                SemaphoreRules.SHARED);
    }

    // ---- acquiring

    /// Acquires one permit, waiting as long as it takes, unless interrupted.
    ///
    /// @throws InterruptedException if the thread was interrupted before, even if there is a permit, or while it
    ///     waited; the status is cleared
    public void acquire() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (!takeGuessed()) {
            acquire(1);
        }
    }

    /// Acquires several permits at once, waiting as long as it takes, unless interrupted.
    ///
    /// @param n how many; 0 are always there
    /// @throws InterruptedException if the thread was interrupted before, even if there are enough, or while it waited;
    ///     the status is cleared
    /// @throws IllegalArgumentException if `n` is negative
    public void acquire(int n) throws InterruptedException {
        requireNotNegative(n);
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (!take(n)) {
            var unused = acquireSlowly(n, Segments.FOREVER, true);
        }
    }

    /// Acquires one permit, waiting as long as it takes. An interrupt does not end that; the status is kept.
    public void acquireUninterruptibly() {
        if (!takeGuessed()) {
            acquireUninterruptibly(1);
        }
    }

    /// Acquires several permits at once, waiting as long as it takes. An interrupt does not end that; the status is
    /// kept.
    ///
    /// @param n how many; 0 are always there
    /// @throws IllegalArgumentException if `n` is negative
    public void acquireUninterruptibly(int n) {
        requireNotNegative(n);
        if (!take(n)) {
            var unused = acquireUninterruptibly(n, Segments.FOREVER);
        }
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
    /// @throws InterruptedException if the thread was interrupted before, even if there is a permit, or while it
    ///     waited; the status is cleared
    public boolean tryAcquire(long timeout, TimeUnit unit) throws InterruptedException {
        return tryAcquire(1, timeout, unit);
    }

    /// Acquires several permits at once, waiting up to a time, unless interrupted.
    ///
    /// @param n how many; 0 are always there
    /// @param timeout how long; zero or less is one try
    /// @param unit of `timeout`
    /// @return whether this thread has acquired them; false never before the time is over
    /// @throws InterruptedException if the thread was interrupted before, even if there are enough, or while it waited;
    ///     the status is cleared
    /// @throws IllegalArgumentException if `n` is negative
    public boolean tryAcquire(int n, long timeout, TimeUnit unit) throws InterruptedException {
        requireNotNegative(n);
        Objects.requireNonNull(unit, "unit");
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return take(n) || (timeout > 0 && acquireSlowly(n, Segments.deadline(timeout, unit), true));
    }

    /// As [#tryAcquire(long, TimeUnit)], but an interrupt does not end it; the status is kept.
    ///
    /// @param timeout how long; zero or less is one try
    /// @param unit of `timeout`
    /// @return whether this thread has acquired it; false never before the time is over
    public boolean tryAcquireUninterruptibly(long timeout, TimeUnit unit) {
        return tryAcquireUninterruptibly(1, timeout, unit);
    }

    /// As [#tryAcquire(int, long, TimeUnit)], but an interrupt does not end it; the status is kept.
    ///
    /// @param n how many; 0 are always there
    /// @param timeout how long; zero or less is one try
    /// @param unit of `timeout`
    /// @return whether this thread has acquired them; false never before the time is over
    /// @throws IllegalArgumentException if `n` is negative
    public boolean tryAcquireUninterruptibly(int n, long timeout, TimeUnit unit) {
        requireNotNegative(n);
        Objects.requireNonNull(unit, "unit");
        return take(n) || (timeout > 0 && acquireUninterruptibly(n, Segments.deadline(timeout, unit)));
    }

    /// Acquires all the permits that there are.
    ///
    /// @return how many this thread has acquired, perhaps 0
    public int drainPermits() {
        for (; ; ) {
            int p = permits.get();
            int count = SemaphoreRules.count(p);
            if (count == 0 || permits.compareAndSet(p, p - count)) {
                return count;
            }
        }
    }

    // ---- releasing

    /// Adds one permit, and wakes a thread that waits for it. Makes no system call if nobody waits, or if one that was
    /// woken is on its way; but one in vain, perhaps, after somebody has waited for several permits.
    ///
    /// @throws Error if there are 2 147 483 647 already; the number is left as it was
    public void release() {
        int guess = empty;
        if (guess != NO_GUESS && permits.compareAndSet(guess, guess + 1)) { // as in takeGuessed
            wakeWaiters(guess, 1);
        } else {
            release(1);
        }
    }

    /// Adds several permits, and wakes threads that wait for them. Makes no system call if nobody waits, except as
    /// [#release()] does.
    ///
    /// @param n how many
    /// @throws IllegalArgumentException if `n` is negative
    /// @throws Error if there would be more than 2 147 483 647, as `java.util.concurrent` does; the number is left as
    ///     it was
    public void release(int n) {
        if (requireNotNegative(n) == 0) {
            return;
        }
        int lost = 0;
        int p = permits.get();
        for (; ; ) {
            int count = SemaphoreRules.count(p);
            if (count + n < 0) {
                throw new Error("Maximum permit count exceeded: there are " + count + ", adding " + n);
            }
            int witness = permits.compareAndExchange(p, p + n);
            if (witness == p) {
                learn(p);
                wakeWaiters(p, n);
                return;
            }
            p = lookAgain(witness, lost++);
        }
    }

    /// How many permits there are; out of date as soon as it is told.
    ///
    /// @return the number
    public int availablePermits() {
        return SemaphoreRules.count(permits.get());
    }

    /// The state, for people: out of date as soon as it is told.
    @Override
    public String toString() {
        int w = waiters.get();
        return "Semaphore[permits=" + availablePermits()
                + (rules.counted(w) == 0 ? "" : ", waiters=" + rules.counted(w))
                + ((w & SemaphoreRules.SEVERAL) == 0 ? "]" : ", waiters for several]");
    }

    // ---- inside

    private static int requireNotNegative(int n) {
        if (n < 0) {
            throw new IllegalArgumentException("a number of permits is not negative, as " + n + " is");
        }
        return n;
    }

    /// One permit, by one step and without a loop. Values that a loop or a rare call needs later the compiler puts on
    /// the stack before the step, which waits until the processor has stored them: 2 of 11 ns, in every second process.
    private boolean takeGuessed() {
        int guess = empty;
        if (guess != NO_GUESS && permits.compareAndSet(guess + 1, guess)) {
            pace.take();
            return true;
        }
        return false;
    }

    private boolean take(int n) {
        int p = permits.get();
        int lost = 0;
        while (SemaphoreRules.count(p) >= n) {
            int witness = permits.compareAndExchange(p, p - n);
            if (witness == p) {
                learn(p - n);
                pace.take();
                return true;
            }
            p = SemaphoreRules.count(witness) >= n ? lookAgain(witness, lost++) : witness;
        }
        return false;
    }

    /// Another thread has been faster at a step. As long as a single permit is guessed it takes turns with us, and what
    /// we have found is what it has left; with more both go on at once.
    private int lookAgain(int witness, int lost) {
        if (empty != NO_GUESS || !rules.spins()) {
            return witness;
        }
        Pause.afterLostStep(lost);
        return permits.get();
    }

    /// @param left the number without what was taken or released
    private void learn(int left) {
        if (left != empty && empty != NO_GUESS) {
            empty = SemaphoreRules.count(left) == 0 ? left : NO_GUESS;
        }
    }

    /// The permits are there, in the order of all volatile accesses, before we look whether anybody waits for them; who
    /// waits has announced it before it looked whether there are any. So one of the two sees the other.
    ///
    /// @param before what the release has found in the word
    private void wakeWaiters(int before, int n) {
        try {
            int w = waiters.get();
            if (w != 0) {
                wakeWaiters(before, n, w);
            }
        } catch (IllegalStateException closed) {
            // Who has taken the permits has closed the memory, knowing that nobody else waits: see Wakes.
        }
    }

    private void wakeWaiters(int before, int n, int w) {
        // On every release, not only on the one from 0 to 1: the first two of two releases in a row wake one each.
        // All who sleep here want one permit, so none of these wakes goes to somebody who cannot use it.
        boolean relies = (before & SemaphoreRules.WOKEN) != 0 && n == 1 && rules.elides();
        if (rules.counted(w) != 0 && !relies) {
            wake(n);
        }
        if ((w & SemaphoreRules.SEVERAL) != 0) {
            wakeWhoWantSeveral();
        }
    }

    /// They judge for themselves. Whoever has set the flag has read the number that counts up before, and looks at the
    /// permits after: so it sees ours, or finds another number, or is asleep on this one when we wake. Nobody looks for
    /// the flag between our two steps in vain: who was there for it wakes after the second, and sees later permits too.
    private void wakeWhoWantSeveral() {
        try {
            if ((waiters.getAndBitwiseAnd(~SemaphoreRules.SEVERAL) & SemaphoreRules.SEVERAL) != 0) {
                var unusedLook = bulk.get(); // for a file that ends before this word: see NO_GUESS
                var unused = bulk.getAndAdd(1);
                Wakes.all(bulk);
            }
        } catch (Throwable e) {
            // A later release shall wake them. By a step that whoever has set the flag has made already: see Wakes.
            var unused = waiters.getAndBitwiseOr(SemaphoreRules.SEVERAL);
            throw e;
        }
    }

    /// Several are woken at once, whoever is on its way: to leave that to one who comes would be slower. One is woken
    /// unless the permit has gone to somebody who was awake, or another release has been faster.
    private void wake(int n) {
        if (n > 1 || !rules.elides()) {
            permits.wake(n);
            return;
        }
        for (; ; ) {
            int p = permits.get();
            if (SemaphoreRules.count(p) == 0 || (p & SemaphoreRules.WOKEN) != 0) {
                return;
            }
            if (permits.compareAndSet(p, p | SemaphoreRules.WOKEN)) {
                Wakes.oneFor(SemaphoreRules.WOKEN, permits);
                return;
            }
        }
    }

    private boolean acquireUninterruptibly(int n, long deadline) {
        try {
            return acquireSlowly(n, deadline, false);
        } catch (InterruptedException e) {
            throw new AssertionError("an uninterruptible wait was interrupted", e);
        }
    }

    private boolean acquireSlowly(int n, long deadline, boolean interruptible) throws InterruptedException {
        return n == 1 ? acquireOne(deadline, interruptible) : acquireSeveral(n, deadline, interruptible);
    }

    /// Sleeps on the number itself. A wake that comes while we give up is not lost: the wait then ends as woken, and
    /// the permit is taken; or as interrupted, and the engine has passed the wake on.
    private boolean acquireOne(long deadline, boolean interruptible) throws InterruptedException {
        int longest = Thread.currentThread().isVirtual() ? PermitPace.WOKEN_LONGEST : PermitPace.ARRIVING_LONGEST;
        int first = rules.spins() ? pace.arriving(longest) : PermitPace.NEVER;
        int before = first == PermitPace.CLOSE ? pace.watch() : 0;
        int pause = first;
        boolean counted = false;
        boolean timedOut = false;
        try {
            for (; ; ) {
                int p = permits.get();
                if (SemaphoreRules.count(p) > 0) {
                    if (permits.compareAndSet(p, counted ? rules.takeCounted(p) : p - 1)) {
                        if (counted) {
                            counted = false; // also when the next line throws
                            passOnOrGiveBack(rules.passOn(p));
                        } else {
                            if (first != PermitPace.NEVER) {
                                pace.looked(first, before, true);
                            }
                            pace.take();
                        }
                        return true;
                    }
                    continue;
                }
                if (deadline != Segments.FOREVER && (timedOut || rules.isOver(deadline))) {
                    if (!counted) {
                        if (first != PermitPace.NEVER) {
                            pace.looked(first, before, false);
                        }
                        return false;
                    }
                    int left = rules.giveUp(p);
                    if (left == p || permits.compareAndSet(p, left)) {
                        counted = false; // also when the next line throws
                        passOn(0);
                        return false;
                    }
                    continue;
                }
                if (pause <= longest && PermitPace.fits(pause, deadline)) {
                    Pause.spin(pause);
                    pause <<= 1;
                    continue;
                }
                if (!counted) {
                    waiters.getAndAdd(1);
                    counted = true;
                    if (first != PermitPace.NEVER) {
                        pace.looked(first, before, false);
                    }
                    continue; // whoever has not seen us has left its permit before we look
                }
                int value = rules.sleep(p);
                if (value != p && !permits.compareAndSet(p, value)) {
                    continue;
                }
                timedOut = sleep(permits, value, deadline, interruptible);
                if (rules.spins()) {
                    pause = pace.woken();
                    longest = PermitPace.WOKEN_LONGEST;
                }
            }
        } catch (Throwable e) {
            // Interrupted, or the arena was closed, or the system refused: whatever it is, nobody shall wait for us.
            if (counted) {
                leaveFailed(e);
            }
            throw e;
        }
    }

    /// A counted thread is one no longer.
    ///
    /// @param count how many of the others must be woken, if there are others
    private void passOn(int count) {
        if (rules.counted(waiters.getAndAdd(-1)) > 1 && count > 0) {
            Wakes.some(permits, count);
        }
    }

    private void passOnOrGiveBack(int count) {
        try {
            passOn(count);
        } catch (Throwable e) {
            try {
                release(1); // nobody releases what an `acquire` that throws has taken
            } catch (RuntimeException | Error failed) {
                Wakes.alsoFailed(e, failed);
            }
            throw e;
        }
    }

    private void leaveFailed(Throwable reason) {
        try {
            int p;
            int left;
            do {
                p = permits.get();
                left = rules.leave(p);
            } while (left != p && !permits.compareAndSet(p, left));
            passOn(rules.leaveTo(p));
        } catch (RuntimeException gone) {
            Wakes.alsoFailed(reason, gone);
        }
    }

    /// Sleeps on a word of its own: a wake on the number would otherwise reach one who wants more than there are, while
    /// one who wants a single permit sleeps on. Every release wakes all who sleep here, so no wake is spent on one that
    /// gives up.
    private boolean acquireSeveral(int n, long deadline, boolean interruptible) throws InterruptedException {
        for (; ; ) {
            int b = bulk.get();
            if ((waiters.get() & SemaphoreRules.SEVERAL) == 0) {
                var unused = waiters.getAndBitwiseOr(SemaphoreRules.SEVERAL);
            }
            if (take(n)) {
                return true;
            }
            // By the clock too: where others take and release fast, the word never is what it was a moment ago, and who
            // finds it changed does not look at the time.
            if ((deadline != Segments.FOREVER && rules.isOver(deadline)) || sleep(bulk, b, deadline, interruptible)) {
                return take(n);
            }
        }
    }

    private static boolean sleep(FutexWord word, int value, long deadline, boolean interruptible)
            throws InterruptedException {
        WaitResult result =
                interruptible ? word.awaitUntil(value, deadline) : word.awaitUntilUninterruptibly(value, deadline);
        return result == WaitResult.TIMED_OUT;
    }
}
