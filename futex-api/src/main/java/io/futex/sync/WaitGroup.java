package io.futex.sync;

import io.futex.Futex;
import io.futex.internal.Deadline;
import io.futex.memory.Words;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

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
/// A waiter whose thread is slow to wake up returns even if the group has been used again by then. Call [#add] before
/// the task that will call [#done] is started, as [#go] does, else an `await` may come too early.
///
/// What all synchronizers have in common, stands at [io.futex.sync].
public final class WaitGroup extends Synchronizer {
    /// How many bytes a group takes in memory of the caller.
    public static final long LAYOUT_BYTES = 8;

    private static final int COUNT = (1 << 29) - 1;
    private static final long WAITERS = 1L << 31;
    private static final int GENERATION_SHIFT = 32;

    /// From the state to its upper half.
    static final int GENERATION = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? Integer.BYTES : 0;

    /// An empty group for threads of this JVM.
    public WaitGroup() {
        super(Words.fresh((int) LAYOUT_BYTES));
    }

    WaitGroup(Words words, long at) {
        super(words, at);
    }

    /// A group for threads of this JVM in memory of the caller, which is left as it is; zero-filled it is empty.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @return a view of the group there
    public static WaitGroup local(MemorySegment segment, long offset) {
        return new WaitGroup(inPairs(Futex.local(), segment, offset, LAYOUT_BYTES), offset);
    }

    /// A group for all processes that map the memory, which is left as it is; zero-filled it is empty.
    public static WaitGroup shared(MemorySegment segment, long offset) {
        return new WaitGroup(inPairs(Futex.shared(), segment, offset, LAYOUT_BYTES), offset);
    }

    /// Counts up by `delta`, or down if it is negative; at zero everybody who waits is released.
    ///
    /// @param delta how many tasks begin, or minus how many have ended
    /// @throws IllegalStateException if the count would fall below zero or exceed 536 870 911; it is left as it was
    public void add(int delta) {
        if (step(delta)) {
            wakeAll();
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
        var unused = await(Deadline.FOREVER, OBEYED);
    }

    /// Waits until the count is zero, or the time is over.
    ///
    /// @param timeout how long; zero or less looks at the count once
    /// @param unit of `timeout`
    /// @return whether the count was zero
    /// @throws InterruptedException if the thread was interrupted before or during the wait
    public boolean await(long timeout, TimeUnit unit) throws InterruptedException {
        return await(deadline(timeout, unit), OBEYED);
    }

    /// As [#await()], but an interrupt does not end it; the status is kept.
    public void awaitUninterruptibly() {
        var unused = await(Deadline.FOREVER, DEFERRED);
    }

    /// As [#await(long, TimeUnit)], but an interrupt does not end it; the status is kept.
    public boolean awaitUninterruptibly(long timeout, TimeUnit unit) {
        return await(deadline(timeout, unit), DEFERRED);
    }

    /// Runs a task of this group in a new virtual thread. It is done also when it throws: the group hears nothing of
    /// that, the exception goes to the handler of uncaught exceptions.
    ///
    /// @param task what to run
    public void go(Runnable task) {
        go(Thread::startVirtualThread, task);
    }

    /// Runs a task of this group in threads of the caller's choice: a pool, or `Thread.ofPlatform()::start`. It is done
    /// also when it throws: the executor sees the exception, and most hand it to the handler of uncaught ones; one that
    /// runs the task in this call throws it here. It is done, too, if the executor refuses it, and throws that here.
    ///
    /// @param executor runs the task
    /// @param task what to run
    public void go(Executor executor, Runnable task) {
        Objects.requireNonNull(executor, "executor");
        Member member = new Member(Objects.requireNonNull(task, "task"));
        member.setJoined(true);
        try {
            executor.execute(member);
        } catch (Throwable e) {
            member.setJoined(false); // refused; or it ran right here, threw, and has left already
            throw e;
        }
    }

    /// How many tasks have not ended; out of date as soon as it is told.
    ///
    /// @return the count
    public int count() {
        return count(words.getLong(at));
    }

    /// Whether anybody sleeps until the count is zero; how many, the group does not know.
    ///
    /// @return 0, or [Futex#UNKNOWN] if somebody does, or did and has given up
    public int waiters() {
        return hasWaiters(words.getLong(at)) ? Futex.UNKNOWN : 0;
    }

    /// The state, for people: out of date as soon as it is told.
    @Override
    public String toString() {
        return describe("WaitGroup", () -> {
            long s = words.getLong(at);
            return "count=" + count(s) + (hasWaiters(s) ? ", waiters" : "");
        });
    }

    private static int count(long s) {
        return (int) s & COUNT;
    }

    private static boolean hasWaiters(long s) {
        return (s & WAITERS) != 0;
    }

    private static int generation(long s) {
        return (int) (s >>> GENERATION_SHIFT);
    }

    /// @return whether this ends a round with waiters
    private boolean step(int delta) {
        for (; ; ) {
            long s = words.getLong(at);
            long count = (long) count(s) + delta;
            if (count < 0 || count > COUNT) {
                throw new IllegalStateException("the count is " + count(s) + "; adding " + delta
                        + (count < 0 ? " makes it negative" : " exceeds " + COUNT));
            }
            boolean ends = count == 0 && hasWaiters(s);
            if (words.compareAndSetLong(at, s, ends ? (long) (generation(s) + 1) << GENERATION_SHIFT : s + delta)) {
                return ends;
            }
        }
    }

    private void wakeAll() {
        var unused = words.wake(at + GENERATION, Integer.MAX_VALUE);
    }

    /// The generation changes only when the count comes to zero, so any change after the first look means that it was
    /// zero during this call, even if it is not any more.
    private <X extends Exception> boolean await(long deadline, Interrupts<X> interrupts) throws X {
        interrupts.check();
        long s = words.getLong(at);
        int round = generation(s);
        boolean timedOut = deadline == Deadline.PAST;
        while (count(s) != 0 && generation(s) == round) {
            if (timedOut) {
                return false;
            }
            // With this bit the end of the round changes the generation. It may stay behind when we time out, which
            // costs one needless change.
            if (hasWaiters(s) || words.compareAndSetLong(at, s, s | WAITERS)) {
                timedOut = sleep(GENERATION, round, deadline, interrupts);
            }
            s = words.getLong(at);
        }
        return true;
    }

    /// A task that joins the group, and leaves it exactly once, whatever becomes of it.
    private final class Member implements Runnable {
        private final Runnable task;

        /// Guarded by this.
        private boolean joined;

        Member(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            try {
                task.run();
            } finally {
                setJoined(false);
            }
        }

        /// One method for both, so that who has had the stack to join also has it to leave: a task that runs in the
        /// depth of `go` may fail to, and then `go` does it.
        void setJoined(boolean value) {
            boolean ends = false;
            synchronized (this) {
                if (joined != value) {
                    ends = step(value ? 1 : -1);
                    joined = value;
                }
            }
            if (ends) {
                wakeAll();
            }
        }
    }
}
