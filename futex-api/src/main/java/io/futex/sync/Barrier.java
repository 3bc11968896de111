package io.futex.sync;

import io.futex.FutexWord;
import io.futex.WaitResult;
import io.futex.internal.Segments;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

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
/// [BrokenBarrierException], until a [#reset]. Either all threads of a generation pass or none does. (There is no
/// barrier action: the leader knows that it is the leader.)
///
/// Everything that a thread did before its `await` happens-before the return of every other `await` of the same
/// generation.
///
/// More threads than parties may use a barrier; any of them make up a generation. Virtual threads may use it: waiting
/// does not block their carrier. It allocates nothing in a platform thread.
///
/// ## Layout
/// 16 bytes, 4-aligned, four ints in native byte order; zero-filled memory is a barrier without parties, whose first
/// user says how many there are.
///
/// | offset | word | bits | meaning |
/// |---|---|---|---|
/// | 0 | parties | all | how many, 1 to 65 536; 0: nobody has said yet. Written once, by compare-and-exchange |
/// | 4 | state | 0 to b-1 | how many have *arrived* in this generation, less than the parties |
/// | 4 | state | b to 30 | the *generation*, which comes round to 0 |
/// | 4 | state | 31 | *broken* |
/// | 8 | run | 0–11 | how many generations in a row were ended by a reset, the last time; 4095 is 4095 or more |
/// | 8 | run | 12–31 | the low bits of the last of these generations, or all of them; with bits 0–11 clear: none |
/// | 12 | marks | 0–11 | whether a reset ended the generation in bits 12–31 (bit 0, always) and each of 11 before it |
/// | 12 | marks | 12–31 | as in the run |
///
/// Where b is the number of bits that parties - 1 takes: 0 for one party, 1 for 2, 2 for 3 and 4, 3 for 5 to 8. All
/// waiters sleep on the state. What a C program does with words of [#shared] scope, all with atomic operations of
/// sequential consistency:
///
/// ```c
/// // returns 0 to the leader, a positive number to others, -1 if broken
/// int expected = 0;
/// if (!cas(&parties, expected, n) && parties != n) error();
/// unsigned s;
/// for (;;) {
///     s = state;
///     if (s >> 31) return -1;
///     if ((s & ((1 << b) - 1)) == n - 1) {                      // the last one
///         wipe(&run, s), wipe(&marks, s);
///         if (cas(&state, s, ((s >> b) + 1) << b & 0x7FFFFFFF)) {
///             futex_wake(&state, INT_MAX);
///             return 0;
///         }
///     } else if (cas(&state, s, s + 1)) break;
/// }
/// unsigned generation = s >> b, now;
/// while (((now = state) & 0x7FFFFFFF) >> b == generation) {
///     if (now >> 31) return -1;
///     if (futex_wait(&state, now, deadline) == ETIMEDOUT        // not FUTEX_PRIVATE_FLAG
///             && cas(&state, now, now | 1u << 31)) {
///         futex_wake(&state, INT_MAX);
///         return -1;
///     }
/// }
/// return was_reset(generation) ? -1 : n - 1 - (s & ((1 << b) - 1));
///
/// // logs of resets that were long ago are wiped, lest their generation comes round
/// int k = min(20, 31 - b);
/// void wipe(unsigned *log, unsigned s) {
///     unsigned old = *log;
///     if (state == s && old && (((s >> b) - (old >> 12)) & ((1u << k) - 1)) >= 1u << (k - 2)) cas(log, old, 0);
/// }
///
/// int distance(unsigned later, unsigned earlier) { return (int) ((later - earlier) << (32 - k)) >> (32 - k); }
///
/// bool was_reset(unsigned generation) {
///     unsigned r = run, m = marks, now = (state & 0x7FFFFFFF) >> b;
///     if (!r) return false;
///     if (((now - generation) & ((1u << (31 - b)) - 1)) >= 1u << (k - 2)) return true;
///     int before = distance(r >> 12, generation), length = r & 4095;
///     if (before < length) return before >= 0;
///     if (before == length && length < 4095) return false;
///     before = distance(m >> 12, generation);
///     return before > 11 || before >= 0 && m >> before & 1;
/// }
/// ```
///
/// A reset sets *broken* if anybody has arrived, writes run and marks, in this order, and only then moves the state on
/// to the next generation, without *broken*; it ends with a wake of all. If nobody has arrived it just clears *broken*.
///
/// Whoever finds its generation over learns from the logs how it ended. They know it for certain as long as there are
/// no more threads than parties; 4095 resets during a single wait are the limit. If there are more threads, one that
/// has not run while others have passed after it, more than 11 generations have ended, and a reset was among the last,
/// throws [BrokenBarrierException] though its generation has passed.
///
/// ## When a process is killed
/// - before it arrives: the others wait for it, until one of them is tired of it and breaks the barrier.
/// - while it waits: it has arrived, and the others may pass. The next generation waits for it as above.
/// - between the step that ends a generation and the wake: those asleep sleep on, until a later generation ends, or is
///   broken, or a [#reset].
/// - in the middle of a reset: the barrier may be left broken, and those asleep sleep on, until another [#reset].
///
/// Thread-safe. The last thread to return from `await` may close the memory of the barrier at once, though the leader
/// that released it has not returned yet.
public final class Barrier {
    /// How many bytes a barrier takes in memory of the caller.
    public static final long LAYOUT_BYTES = 16;

    private static final int STATE_OFFSET = 4;
    private static final int RUN_OFFSET = 8;
    private static final int MARKS_OFFSET = 12;
    private static final int MOST_PARTIES = 1 << 16;
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    // Looks before a thread sleeps, each after a pause in units of Thread.onSpinWait(): some 20 us in all.
    private static final int LOOKS = 40;
    private static final int PAUSE = 16;

    private final FutexWord state;
    private final FutexWord run;
    private final FutexWord marks;
    private final int parties;
    private final BarrierBits bits;
    private final boolean spins;

    /// Whether a wake has failed, for want of stack or of memory, and is still to be made, by whoever comes next.
    private volatile boolean owesWake;

    /// A barrier for threads of this JVM.
    ///
    /// @param parties how many threads wait for each other, 1 to 65 536
    public Barrier(int parties) {
        this(
                FutexWord.local(0),
                FutexWord.local(0),
                FutexWord.local(0),
                requireParties(parties),
                parties <= PROCESSORS);
    }

    Barrier(FutexWord state, FutexWord run, FutexWord marks, int parties, boolean spins) {
        this.state = state;
        this.run = run;
        this.marks = marks;
        this.parties = parties;
        this.spins = spins;
        this.bits = new BarrierBits(parties);
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
        Segments.requireWritable(segment, offset, LAYOUT_BYTES);
        agree(FutexWord.local(segment, offset), requireParties(parties));
        return new Barrier(
                FutexWord.local(segment, offset + STATE_OFFSET),
                FutexWord.local(segment, offset + RUN_OFFSET),
                FutexWord.local(segment, offset + MARKS_OFFSET),
                parties,
                parties <= PROCESSORS);
    }

    /// A barrier for all processes that map the memory, which is left as it is but for the number of parties if nobody
    /// has said it yet; zero-filled nobody has arrived. What a killed process leaves behind is said above.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @param parties how many threads, of all processes, wait for each other, 1 to 65 536
    /// @return a view of the barrier there
    /// @throws IllegalStateException if the barrier there has another number of parties
    public static Barrier shared(MemorySegment segment, long offset, int parties) {
        Segments.requireWritable(segment, offset, LAYOUT_BYTES);
        agree(FutexWord.shared(segment, offset), requireParties(parties));
        return new Barrier(
                FutexWord.shared(segment, offset + STATE_OFFSET),
                FutexWord.shared(segment, offset + RUN_OFFSET),
                FutexWord.shared(segment, offset + MARKS_OFFSET),
                parties,
                parties <= PROCESSORS);
    }

    private static int requireParties(int parties) {
        if (parties < 1 || parties > MOST_PARTIES) {
            throw new IllegalArgumentException("a barrier has 1 to 65536 parties, not " + parties);
        }
        return parties;
    }

    private static void agree(FutexWord word, int parties) {
        int found = word.compareAndExchange(0, parties);
        if (found != 0 && found != parties) {
            throw new IllegalStateException("the barrier there has " + found + " parties, not " + parties);
        }
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
        try {
            return await(Segments.FOREVER, true);
        } catch (TimeoutException e) {
            throw new AssertionError("a wait without end timed out", e);
        }
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
        return await(deadline(timeout, unit), true);
    }

    /// Arrives, and waits until all parties have. An interrupt does not end it; the status is kept.
    ///
    /// @return how many were missing, as for [#await()]
    /// @throws BrokenBarrierException if the barrier is broken, or is broken or reset during the wait
    public int awaitUninterruptibly() throws BrokenBarrierException {
        try {
            return await(Segments.FOREVER, false);
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("an uninterruptible wait without end was ended", e);
        }
    }

    /// Arrives, and waits until all parties have, or the time is over. An interrupt does not end it; the status is
    /// kept.
    ///
    /// @param timeout how long; with zero or less only the last one passes, and any other breaks the barrier
    /// @param unit of `timeout`
    /// @return how many were missing, as for [#await()]
    /// @throws BrokenBarrierException if the barrier is broken, or is broken or reset during the wait
    /// @throws TimeoutException if the time is over, never before, which breaks the barrier
    public int awaitUninterruptibly(long timeout, TimeUnit unit) throws BrokenBarrierException, TimeoutException {
        try {
            return await(deadline(timeout, unit), false);
        } catch (InterruptedException e) {
            throw new AssertionError("an uninterruptible wait was interrupted", e);
        }
    }

    // ---- looking and mending

    /// Makes a new generation. Threads that wait throw [BrokenBarrierException]; a broken barrier is whole again.
    ///
    /// While it runs, and threads wait, the barrier is broken: whoever comes throws as well, as often as it comes.
    public void reset() {
        for (; ; ) {
            int s = state.get();
            if (bits.arrived(s) == 0) {
                if (!BarrierBits.isBroken(s) || state.compareAndSet(s, s & ~BarrierBits.BROKEN)) {
                    break;
                }
            } else if (!BarrierBits.isBroken(s)) {
                // From here on nobody passes any more: the generation ends by a reset, and may be logged so.
                state.compareAndSet(s, s | BarrierBits.BROKEN);
            } else if (log(s) && state.compareAndSet(s, bits.next(s))) {
                break;
            }
        }
        // Also if there was nothing to do: who ended a generation may have been killed before its wake.
        wakeAll();
    }

    /// Whether the barrier is broken, so that nobody passes until a [#reset].
    ///
    /// @return whether a thread that waited was interrupted, ran out of time or failed since the last reset, or a reset
    ///     is just ending the wait of others
    public boolean isBroken() {
        return BarrierBits.isBroken(state.get());
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
        int s = state.get();
        return BarrierBits.isBroken(s) ? 0 : bits.arrived(s);
    }

    /// The state, for people: out of date as soon as it is told.
    @Override
    public String toString() {
        int s = state.get();
        return "Barrier[parties=" + parties
                + (BarrierBits.isBroken(s) ? ", broken]" : ", waiters=" + bits.arrived(s) + "]");
    }

    // ---- the steps

    private int await(long deadline, boolean interruptible)
            throws InterruptedException, BrokenBarrierException, TimeoutException {
        if (owesWake) {
            owesWake = false;
            wakeAll();
        }
        boolean interrupted = false;
        for (; ; ) {
            int s = state.get();
            // A broken barrier first, as CyclicBarrier has it: the interrupt is left for later.
            if (BarrierBits.isBroken(s) && !interrupted) {
                throw new BrokenBarrierException();
            }
            if (interrupted || (interruptible && Thread.interrupted())) {
                interrupted = true;
                if (BarrierBits.isBroken(s) || breakIt(s)) {
                    throw new InterruptedException();
                }
                continue;
            }
            int missing = bits.missing(s);
            if (missing == 0) {
                wipeStale(run, s);
                wipeStale(marks, s);
                // The leader's one step: the generation is over, and the next one has begun with nobody in it.
                if (state.compareAndSet(s, bits.next(s))) {
                    if (parties > 1) {
                        wakeAll();
                    }
                    return 0;
                }
            } else if (state.compareAndSet(s, s + 1)) {
                try {
                    awaitEnd(bits.generation(s), deadline, interruptible);
                } catch (RuntimeException | Error e) {
                    leaveFailed(bits.generation(s), e);
                    throw e;
                }
                return missing;
            }
        }
    }

    /// Waits for the end of the generation in which this thread has arrived.
    private void awaitEnd(int generation, long deadline, boolean interruptible)
            throws InterruptedException, BrokenBarrierException, TimeoutException {
        if (spins) {
            spin(generation, deadline);
        }
        boolean interrupted = false;
        boolean timedOut = false;
        try {
            for (; ; ) {
                int s = state.get();
                if (bits.generation(s) != generation) {
                    if (wasReset(generation)) {
                        throw new BrokenBarrierException();
                    }
                    return;
                }
                if (BarrierBits.isBroken(s)) {
                    throw new BrokenBarrierException();
                }
                if (interrupted || timedOut) {
                    if (breakIt(s)) {
                        if (interrupted) {
                            interrupted = false;
                            throw new InterruptedException();
                        }
                        throw new TimeoutException();
                    }
                    continue;
                }
                // Others that arrive change the word, and wake nobody. Who falls asleep on an old value is not let; who
                // sleeps already sleeps on, and is woken by whoever ends the generation or breaks it.
                try {
                    WaitResult result = interruptible
                            ? state.awaitUntil(s, deadline)
                            : state.awaitUntilUninterruptibly(s, deadline);
                    timedOut = result == WaitResult.TIMED_OUT;
                } catch (InterruptedException e) {
                    interrupted = true; // counts only if it comes before the end of the generation
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /// The arena was closed, or the system refused, or the stack or the memory is at its end: this thread has arrived,
    /// and nobody shall take it for one that waits.
    private void leaveFailed(int generation, Throwable reason) {
        try {
            int s;
            do {
                s = state.get();
            } while (bits.generation(s) == generation && !BarrierBits.isBroken(s) && !breakIt(s));
        } catch (RuntimeException | Error gone) {
            Wakes.alsoFailed(reason, gone);
        }
    }

    /// Looks for a while, since waking a sleeper takes longer than most others need to arrive. Not with more parties
    /// than processors, where one of those that are waited for could run instead.
    private void spin(int generation, long deadline) {
        if (Thread.currentThread().isVirtual()) {
            return;
        }
        for (int looks = 0; looks < LOOKS; looks++) {
            int s = state.get();
            if (BarrierBits.isBroken(s)
                    || bits.generation(s) != generation
                    || (deadline != Segments.FOREVER && System.nanoTime() >= deadline)) {
                return;
            }
            Pause.spin(PAUSE);
        }
    }

    private boolean breakIt(int s) {
        if (!state.compareAndSet(s, s | BarrierBits.BROKEN)) {
            return false;
        }
        wakeAll();
        return true;
    }

    // ---- the logs

    /// Logs the end of a broken generation by a reset.
    ///
    /// @return false if the state has changed
    private boolean log(int s) {
        int generation = bits.generation(s);
        int oldRun = run.get();
        int oldMarks = marks.get();
        // The state once more: while it is the same nobody else has logged a later generation, and if somebody does
        // from here on, the steps below fail.
        return state.get() == s
                && (bits.isRecorded(oldRun, generation) || run.compareAndSet(oldRun, bits.extend(oldRun, generation)))
                && (bits.isRecorded(oldMarks, generation)
                        || marks.compareAndSet(oldMarks, bits.mark(oldMarks, generation)));
    }

    private boolean wasReset(int generation) {
        for (; ; ) {
            int r = run.get();
            int m = marks.get();
            int now = state.get();
            if (run.get() == r && marks.get() == m) {
                return bits.wasReset(r, m, generation, now);
            }
        }
    }

    /// Generations come round, so a log must not stay until its generation looks like one to come. Each leader sees to
    /// that before its generation ends.
    private void wipeStale(FutexWord log, int s) {
        int old = log.get();
        // The state once more, after the log: a leader that is late, by a reset or more, would take a log of a later
        // generation than its own for a very old one, and who waits for that reset would pass alone. A reset from here
        // on changes the log before the state, so the step below fails.
        if (state.get() == s && bits.isStale(old, bits.generation(s))) {
            log.compareAndSet(old, 0);
        }
    }

    /// Wakes all after the last write to the state.
    private void wakeAll() {
        try {
            Wakes.all(state);
        } catch (Throwable e) {
            owesWake = true;
            throw e;
        }
    }

    private static long deadline(long timeout, TimeUnit unit) {
        Objects.requireNonNull(unit, "unit");
        return timeout <= 0 ? System.nanoTime() : Segments.deadline(timeout, unit);
    }
}
