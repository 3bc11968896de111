package io.futex.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.IntBinaryOperator;

/// Runs threads one at a time, and before each access to a [ModelWords] lets the next one be drawn by lot: a lottery of
/// interleavings that a seed brings back.
///
/// Lincheck tries interleavings in the order of how many switches they have, and an algorithm on one word has mistakes
/// that take six. A lottery over accesses to the word alone finds those within some thousand runs.
public final class ModelScheduler {
    /// All threads that are left sleep: a wake was lost.
    public static final class Hang extends Error {
        private static final long serialVersionUID = 1;

        Hang(String message) {
            super(message);
        }
    }

    private static final class Runner {
        final Thread thread;
        BooleanSupplier ready = () -> true;
        boolean done;

        Runner(Thread thread) {
            this.thread = thread;
        }
    }

    private final SplittableRandom random;
    private final boolean anyOrder;
    private final IntBinaryOperator choice;
    private final List<Runner> runners = new ArrayList<>();

    // Handed from thread to thread with the turn; its write and read order everything else here.
    private volatile Runner turn;
    private volatile Throwable failure;

    /// A lottery in which a wake is for whoever has slept for longest, and with every other seed for anybody: systems
    /// keep the order of arrival as a rule, and none promises it.
    public ModelScheduler(long seed) {
        this(seed, (seed & 1) != 0);
    }

    private ModelScheduler(long seed, boolean anyOrder) {
        random = new SplittableRandom(seed);
        this.anyOrder = anyOrder;
        choice = (able, self) -> random.nextInt(able);
    }

    /// No lottery: the next of these interleavings. A wake is for whoever has slept for longest.
    public ModelScheduler(Interleavings interleavings) {
        random = new SplittableRandom(0);
        anyOrder = false;
        choice = interleavings::choose;
    }

    /// A lottery in which a wake is for whoever has slept for longest, for a mistake that hardly shows otherwise.
    public static ModelScheduler inOrder(long seed) {
        return new ModelScheduler(seed, false);
    }

    /// A lottery in which a wake is for any sleeper, for a mistake that does not show otherwise.
    public static ModelScheduler inAnyOrder(long seed) {
        return new ModelScheduler(seed, true);
    }

    /// Runs all tasks to their end, each in a thread of its own.
    ///
    /// @throws Hang if none of those left can go on
    public void run(Runnable... tasks) {
        for (Runnable task : tasks) {
            runners.add(new Runner(Thread.ofVirtual().unstarted(() -> run(task))));
        }
        for (Runner runner : runners) {
            runner.thread.start();
        }
        pass(null);
        for (Runner runner : runners) {
            try {
                runner.thread.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        if (failure instanceof Error error) {
            throw error;
        } else if (failure instanceof RuntimeException exception) {
            throw exception;
        }
    }

    private void run(Runnable task) {
        Runner self = self();
        try {
            awaitTurn(self);
            task.run();
        } catch (Throwable e) {
            if (failure == null) {
                failure = e;
            }
        }
        self.done = true;
        pass(self);
    }

    /// A moment at which other threads may come first.
    public void step() {
        Runner self = self();
        pass(self);
        awaitTurn(self);
    }

    /// Others go on until the condition holds.
    public void block(BooleanSupplier ready) {
        Runner self = self();
        self.ready = ready;
        pass(self);
        awaitTurn(self);
        self.ready = () -> true;
    }

    /// Whom a wake is for.
    ///
    /// @param count how many sleep
    /// @return how many others have slept for longer
    int drawSleeper(int count) {
        return anyOrder && count > 0 ? random.nextInt(count) : 0;
    }

    private Runner self() {
        for (Runner runner : runners) {
            if (runner.thread.equals(Thread.currentThread())) {
                return runner;
            }
        }
        throw new IllegalStateException("not a thread of this scheduler: " + Thread.currentThread());
    }

    private void pass(Runner self) {
        List<Runner> able = new ArrayList<>();
        boolean allDone = true;
        for (Runner runner : runners) {
            allDone &= runner.done;
            if (!runner.done && (failure != null || runner.ready.getAsBoolean())) {
                able.add(runner);
            }
        }
        if (allDone) {
            return;
        }
        if (able.isEmpty()) {
            failure = new Hang("all threads that are left sleep");
            pass(self);
            return;
        }
        Runner next = able.get(choice.applyAsInt(able.size(), able.indexOf(self)));
        turn = next;
        if (next != self) {
            LockSupport.unpark(next.thread);
        }
    }

    /// Does not look at the interrupt status, with which a park returns at once: a virtual thread would keep its
    /// carrier, perhaps from the one whose turn it is.
    private void awaitTurn(Runner self) {
        boolean interrupted = false;
        while (turn != self) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw new Hang("another thread has failed");
        }
    }
}
