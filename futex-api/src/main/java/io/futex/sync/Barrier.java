package io.futex.sync;

import io.futex.Futex;
import io.futex.internal.Deadline;
import io.futex.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// A place where a fixed number of threads, the *parties*, wait for each other, as often as they like.
///
/// ```java
/// Barrier barrier = new Barrier(4);
/// // in each of 4 threads
/// for (int step = 0; step < steps; step++) {
///     compute(step);
///     if (barrier.await() == 0) {
///         report(step);            // one of the four: the leader, who came last
///     }
/// }
/// ```
///
/// It behaves as [java.util.concurrent.CyclicBarrier] does. Each time the last of the parties arrives, all of them
/// return, and a new *generation* begins. If one of those that wait is interrupted, or its time is over, or it cannot
/// go on waiting, the barrier is *broken*: that thread throws [InterruptedException], [TimeoutException], or what has
/// stopped it (a [io.futex.FutexException], say), all others of its generation, and all that come later,
/// [BrokenBarrierException], until a [#reset]. Either all threads of a generation pass or none does.
///
/// Everything that a thread did before its `await` happens-before the return of every other `await` of the same
/// generation.
///
/// More threads than parties may use a barrier; any of them make up a generation.
///
/// What all synchronizers have in common, stands at [io.futex.sync].
public final class Barrier extends Generations {
    /// How many bytes a barrier takes in memory of the caller.
    public static final long LAYOUT_BYTES = 8;

    private static final int MOST_PARTIES = 1 << 16;

    /// A barrier for threads of this JVM.
    ///
    /// @param parties how many threads wait for each other, 1 to 65 536
    public Barrier(int parties) {
        this(parties, null);
    }

    /// A barrier for threads of this JVM with an action, which the leader runs before it and the others return. What
    /// the action throws, the leader throws, and the barrier is broken. Until it returns nothing else happens at the
    /// barrier: time that is over and interrupts are too late, who comes waits, and so does a [#reset]; one by the
    /// action itself does nothing.
    ///
    /// @param parties how many threads wait for each other, 1 to 65 536
    /// @param action what the leader runs, or null
    public Barrier(int parties, @Nullable Runnable action) {
        boolean spins = requireParties(parties) <= Paced.PROCESSORS;
        Words.Place place = Words.fresh((int) LAYOUT_BYTES);
        this(place.words(), place.offset(), parties, action, spins);
    }

    Barrier(Words words, long at, int parties, @Nullable Runnable action, boolean spins) {
        super(words, at, parties, action, spins);
    }

    /// A barrier for threads of this JVM in memory of the caller, which is left as it is but for the number of parties
    /// if nobody has said it yet; zero-filled nobody has arrived.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @param parties how many threads wait for each other, 1 to 65 536
    /// @return a view of the barrier there
    /// @throws IllegalStateException if the barrier there has another number of parties
    public static Barrier local(MemorySegment segment, long offset, int parties) {
        return view(Futex.local(), segment, offset, parties);
    }

    /// A barrier for all processes that map the memory, which is left as it is but for the number of parties if nobody
    /// has said it yet; zero-filled nobody has arrived.
    ///
    /// @param parties how many threads, of all processes, wait for each other, 1 to 65 536
    /// @throws IllegalStateException if the barrier there has another number of parties
    public static Barrier shared(MemorySegment segment, long offset, int parties) {
        return view(Futex.shared(), segment, offset, parties);
    }

    private static Barrier view(Futex futex, MemorySegment segment, long offset, int parties) {
        Words words = in(futex, segment, offset, LAYOUT_BYTES);
        int found = words.compareAndExchange(offset, 0, requireParties(parties));
        if (found != 0 && found != parties) {
            throw new IllegalStateException("the barrier there has " + found + " parties, not " + parties);
        }
        return new Barrier(words, offset, parties, null, parties <= Paced.PROCESSORS);
    }

    private static int requireParties(int parties) {
        if (parties < 1 || parties > MOST_PARTIES) {
            throw new IllegalArgumentException("a barrier has 1 to 65536 parties, not " + parties);
        }
        return parties;
    }

    // ---- waiting

    /// Arrives, and waits until all parties have.
    ///
    /// @return how many were missing: 0 for exactly one thread of the generation, the last, who is its leader; parties
    ///     - 1 for the first
    /// @throws InterruptedException if the thread was interrupted before or during the wait, which breaks the barrier;
    ///     the status is cleared
    /// @throws BrokenBarrierException if the barrier is broken, or is broken or reset during the wait
    public int await() throws InterruptedException, BrokenBarrierException {
        return awaitOthers(OBEYED);
    }

    /// Arrives, and waits until all parties have, or the time is over.
    ///
    /// @param timeout how long; with zero or less only the last one passes, and any other breaks the barrier
    /// @param unit of `timeout`
    /// @return how many were missing, as for [#await()]
    /// @throws InterruptedException if the thread was interrupted before or during the wait, which breaks the barrier;
    ///     the status is cleared
    /// @throws BrokenBarrierException if the barrier is broken, or is broken or reset during the wait
    /// @throws TimeoutException if the time is over, never before, which breaks the barrier
    public int await(long timeout, TimeUnit unit)
            throws InterruptedException, BrokenBarrierException, TimeoutException {
        return awaitOthers(deadline(timeout, unit), OBEYED);
    }

    /// As [#await()], but an interrupt does not end it; the status is kept.
    public int awaitUninterruptibly() throws BrokenBarrierException {
        return awaitOthers(DEFERRED);
    }

    /// As [#await(long, TimeUnit)], but an interrupt does not end it; the status is kept.
    public int awaitUninterruptibly(long timeout, TimeUnit unit) throws BrokenBarrierException, TimeoutException {
        return awaitOthers(deadline(timeout, unit), DEFERRED);
    }

    private <X extends Exception> int awaitOthers(Interrupts<X> interrupts) throws X, BrokenBarrierException {
        try {
            return awaitOthers(Deadline.FOREVER, interrupts);
        } catch (TimeoutException e) {
            throw new AssertionError("a wait without end timed out", e);
        }
    }

    // ---- looking and mending

    /// Makes a new generation. Threads that wait throw [BrokenBarrierException]; a broken barrier is whole again.
    ///
    /// It does not wait for them. Who comes while some of them have not left yet waits for that first, as part of its
    /// `await`.
    public void reset() {
        renew();
    }

    /// Whether the barrier is broken, so that nobody passes until a [#reset].
    ///
    /// @return whether a thread that waited was interrupted, ran out of time or failed since the last reset
    public boolean isBroken() {
        return isBroken(words.get(at + STATE));
    }

    /// How many threads wait for each other.
    ///
    /// @return the number that the barrier was made with
    public int parties() {
        return parties;
    }

    /// How many threads have arrived and wait for the others; out of date as soon as it is told.
    ///
    /// @return less than the parties; 0 if the barrier is broken
    public int waiters() {
        return waiting(words.get(at + STATE));
    }

    /// The state, for people: out of date as soon as it is told.
    @Override
    public String toString() {
        return describe("Barrier", () -> "parties=" + parties + (isBroken() ? ", broken" : ", waiters=" + waiters()));
    }
}
