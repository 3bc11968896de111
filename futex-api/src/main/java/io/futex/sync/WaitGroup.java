package io.futex.sync;

import io.futex.FutexWord;
import io.futex.WaitResult;
import io.futex.internal.Segments;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Waits for a group of tasks to finish: Go's `sync.WaitGroup`. Unlike a [java.util.concurrent.CountDownLatch] its
/// count goes up as well as down, and it may be used again.
///
/// ```java
/// WaitGroup group = new WaitGroup();
/// for (Runnable task : tasks) {
///     group.go(task);          // add(1), run in a virtual thread, done()
/// }
/// group.await();
/// ```
///
/// Everything that a task did before its `done()` happens-before the return of an `await` that saw the count at zero.
/// An `await` returns if the count was zero at some moment between its call and its return: a waiter whose thread is
/// slow to wake up returns even if the group has been used again by then. Call [#add] before the task that will call
/// [#done] is started, as [#go] does, else an `await` may come too early.
///
/// ## Layout
/// 8 bytes, 4-aligned, two ints in native byte order; zero-filled memory is an empty group.
///
/// | offset | word | bits | meaning |
/// |---|---|---|---|
/// | 0 | state | 0–28 | the count; while *ending* is set, the low 29 bits of the generation that ends |
/// | 0 | state | 29 | *parity* of the generation (undefined to others while *ending* is set) |
/// | 0 | state | 30 | *ending*: the count is zero, and whoever comes first counts the generation up |
/// | 0 | state | 31 | *waiters*: somebody waits, so the end of this round must change the generation |
/// | 4 | generation | all | counts the rounds that ended with waiters; they sleep on it |
///
/// A C program waits thus: read the generation; read the state; return if its count is zero or *ending* is set; set
/// *waiters* by compare-and-exchange; FUTEX_WAIT (not private) on the generation; return if it has changed, else start
/// over with the same generation. It counts up and down by compare-and-exchange of the state as long as neither
/// *ending* is set nor the count reaches zero with *waiters* set; the step for that is in the source, in `end` and
/// `settle`.
///
/// A process that is killed between `add` and `done` leaves the count up for ever. One that is killed in the middle of
/// `done`, after the count reached zero and before the wake, may leave waiters asleep until a later round ends with
/// waiters.
///
/// Thread-safe. The last thread to return from `await` may close the memory of the group at once, though the `done`
/// that released it has not returned yet.
public final class WaitGroup {
    /// How many bytes a group takes in memory of the caller.
    public static final long LAYOUT_BYTES = 8;

    private static final int GENERATION_OFFSET = 4;

    private static final int COUNT = (1 << 29) - 1;
    private static final int PARITY = 1 << 29;
    private static final int ENDING = 1 << 30;
    private static final int WAITERS = 1 << 31;

    private final FutexWord state;
    private final FutexWord generation;

    /// An empty group for threads of this JVM.
    public WaitGroup() {
        this(FutexWord.local(0), FutexWord.local(0));
    }

    WaitGroup(FutexWord state, FutexWord generation) {
        this.state = state;
        this.generation = generation;
    }

    /// A group for threads of this JVM in memory of the caller, which is left as it is; zero-filled it is empty.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @return a view of the group there
    public static WaitGroup local(MemorySegment segment, long offset) {
        Segments.requireWritable(segment, offset, LAYOUT_BYTES);
        return new WaitGroup(FutexWord.local(segment, offset), FutexWord.local(segment, offset + GENERATION_OFFSET));
    }

    /// A group for all processes that map the memory, which is left as it is; zero-filled it is empty.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @return a view of the group there
    public static WaitGroup shared(MemorySegment segment, long offset) {
        Segments.requireWritable(segment, offset, LAYOUT_BYTES);
        return new WaitGroup(FutexWord.shared(segment, offset), FutexWord.shared(segment, offset + GENERATION_OFFSET));
    }

    /// Counts up by `delta`, or down if it is negative; at zero everybody who waits is released.
    ///
    /// @param delta how many tasks begin, or minus how many have ended
    /// @throws IllegalStateException if the count would fall below zero or exceed 536 870 911; it is left as it was
    public void add(int delta) {
        for (; ; ) {
            int s = state.get();
            if ((s & ENDING) != 0) {
                settle();
                continue;
            }
            long count = (long) (s & COUNT) + delta;
            if (count < 0 || count > COUNT) {
                throw new IllegalStateException("the count is " + (s & COUNT) + "; adding " + delta
                        + (count < 0 ? " makes it negative" : " exceeds " + COUNT));
            }
            if (count != 0 || (s & WAITERS) == 0) {
                if (state.compareAndSet(s, (s & ~COUNT) | (int) count)) {
                    return;
                }
            } else {
                int round = generation.get();
                if (parity(round) == (s & PARITY) && end(s, round)) {
                    return;
                }
            }
        }
    }

    /// A task has ended: `add(-1)`.
    ///
    /// @throws IllegalStateException if the count is zero already; it is left so
    public void done() {
        add(-1);
    }

    /// Waits until the count is zero.
    ///
    /// @throws InterruptedException if the thread was interrupted before or during the wait
    public void await() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        await(Segments.FOREVER, true);
    }

    /// Waits until the count is zero, or the time is over.
    ///
    /// @param timeout how long; zero or less looks at the count once
    /// @param unit of `timeout`
    /// @return whether the count was zero
    /// @throws InterruptedException if the thread was interrupted before or during the wait
    public boolean await(long timeout, TimeUnit unit) throws InterruptedException {
        Objects.requireNonNull(unit, "unit");
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return isZero() || (timeout > 0 && await(Segments.deadline(timeout, unit), true));
    }

    /// Waits until the count is zero. An interrupt does not end it; the status is kept.
    public void awaitUninterruptibly() {
        awaitUninterruptibly(Segments.FOREVER);
    }

    /// Waits until the count is zero, or the time is over. An interrupt does not end it; the status is kept.
    ///
    /// @param timeout how long; zero or less looks at the count once
    /// @param unit of `timeout`
    /// @return whether the count was zero
    public boolean awaitUninterruptibly(long timeout, TimeUnit unit) {
        Objects.requireNonNull(unit, "unit");
        return isZero() || (timeout > 0 && awaitUninterruptibly(Segments.deadline(timeout, unit)));
    }

    /// Runs a task of this group in a new virtual thread. It is done also when it throws.
    ///
    /// @param task what to run
    public void go(Runnable task) {
        go(Thread::startVirtualThread, task);
    }

    /// Runs a task of this group in threads of the caller's choice: a pool, or `Thread.ofPlatform()::start`. It is done
    /// also when it throws, or when the executor refuses it, whose exception is then thrown here.
    ///
    /// @param executor runs the task
    /// @param task what to run
    public void go(Executor executor, Runnable task) {
        Objects.requireNonNull(executor, "executor");
        Member member = new Member(Objects.requireNonNull(task, "task"));
        add(1);
        try {
            executor.execute(member);
        } catch (Throwable e) {
            member.leave(); // refused; or it ran right here, threw, and has left already
            throw e;
        }
    }

    /// How many tasks have not ended; out of date as soon as it is told.
    ///
    /// @return the count
    public int count() {
        int s = state.get();
        return (s & ENDING) != 0 ? 0 : s & COUNT;
    }

    /// The state, for people.
    @Override
    public String toString() {
        return "WaitGroup[count=" + count() + ((state.get() & WAITERS) != 0 ? ", waiters]" : "]");
    }

    private boolean isZero() {
        return count() == 0;
    }

    private boolean awaitUninterruptibly(long deadline) {
        try {
            return await(deadline, false);
        } catch (InterruptedException e) {
            throw new AssertionError("an uninterruptible wait was interrupted", e);
        }
    }

    private boolean await(long deadline, boolean interruptible) throws InterruptedException {
        // First of all: the generation changes only while the count is zero, so any change from here on means that the
        // count was zero during this call, even if it is not any more.
        int round = generation.get();
        boolean timedOut = false;
        while (generation.get() == round) {
            int s = state.get();
            if ((s & ENDING) != 0) {
                settle(); // who began it may have been killed, and others sleep
                return true;
            }
            if ((s & COUNT) == 0) {
                return true;
            }
            if (timedOut) {
                return false;
            }
            // With this bit the end of the round changes the generation. It may stay behind when we time out, which
            // costs one needless change.
            if ((s & WAITERS) == 0 && !state.compareAndSet(s, s | WAITERS)) {
                continue;
            }
            WaitResult result = interruptible
                    ? generation.awaitUntil(round, deadline)
                    : generation.awaitUntilUninterruptibly(round, deadline);
            timedOut = result == WaitResult.TIMED_OUT;
        }
        return true;
    }

    /// Begins the end of a round that has waiters: the count is zero from here on. Two words must change, and nobody
    /// may start the next round in between, or its waiters would be released by the end of this one. So the state
    /// first says that the round is ending, which round it is, and that everybody who comes along finishes the job.
    private boolean end(int s, int round) {
        if (!state.compareAndSet(s, ENDING | (s & PARITY) | (round & COUNT))) {
            return false;
        }
        try {
            settle();
        } catch (IllegalStateException closed) {
            // Another thread finished the job, and a waiter whom that released has closed the memory: nothing is left.
        }
        return true;
    }

    /// Finishes the end of a round: generation first, then the state, by as many threads as want to.
    ///
    /// The state names the generation that ends, so a thread that was stopped anywhere in here for however many rounds
    /// finds its compare-and-set failing, and does no harm to a later round.
    private void settle() {
        for (; ; ) {
            int s = state.get();
            if ((s & ENDING) == 0) {
                return;
            }
            int current = generation.get();
            int ahead = (current - s) & COUNT;
            if (ahead == 0) {
                if (generation.compareAndSet(current, current + 1)) {
                    state.compareAndSet(s, PARITY & ~s);
                    wakeAll();
                    return;
                }
            } else if (ahead == 1) {
                if (state.compareAndSet(s, PARITY & ~s)) {
                    wakeAll(); // who counted it up may have been killed before its wake
                }
            } else {
                // Whoever began this end had read the generation rounds ago, between which the state came to look the
                // same again. Nobody counts up a generation that is misnamed, so the name can be put right.
                state.compareAndSet(s, ENDING | (s & PARITY) | (current & COUNT));
            }
        }
    }

    /// If that fails, for want of stack or of memory, the next round shall end as one with waiters.
    private void wakeAll() {
        try {
            generation.wakeAll();
        } catch (Throwable e) {
            Wakes.change(state, 0, WAITERS);
            throw e;
        }
    }

    private static int parity(int generation) {
        return (generation & 1) == 0 ? 0 : PARITY;
    }

    /// A task that leaves the group exactly once, whatever becomes of it.
    private final class Member implements Runnable {
        private final Runnable task;
        private final AtomicBoolean left = new AtomicBoolean();

        Member(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            try {
                task.run();
            } finally {
                leave();
            }
        }

        void leave() {
            if (left.compareAndSet(false, true)) {
                done();
            }
        }
    }
}
