package io.futex.sync;

import io.futex.Futex;
import io.futex.internal.Deadline;
import io.futex.memory.Words;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Runs an action once, however many threads ask for it: Go's `sync.Once`, Rust's `std::sync::Once`.
///
/// ```java
/// private final Once opened = new Once();
///
/// void use() {
///     opened.run(this::open);       // the first runs it, who comes meanwhile waits for its end
///     ...                           // open() has been run, and everything it did is visible
/// }
/// ```
///
/// Every `run` that returns (or returns `true`) returns after one body has ended normally, and everything that body did
/// happens-before the return. Which body: the one of the call that came first. Once done, `run` is a read of a field,
/// which remembers that the word said so: memory that is used for another once needs a new object.
///
/// - **A body that throws has not run.** The exception goes to the caller whose body it was; the next caller, one that
///   waits already or one to come, runs its own. This is what [java.util.concurrent.ConcurrentHashMap#computeIfAbsent]
///   does, and not Go's way (done all the same) or Rust's (poisoned). Nor has one after which the call throws, for
///   want of stack: the next call through this object runs its own, and releases who waits.
/// - **A body must not call the same Once**: it would wait for itself. Each of the calls throws [IllegalStateException]
///   if it comes through the same object, by the thread that runs the body. Through another object over the same memory
///   it cannot be known, and hangs; the timed forms end that.
/// - **[#run(Runnable)] is not interruptible**, as class initialization, Go's and Rust's are not: who needs the outcome
///   to go on has nothing to do without it. The other forms are there for those who do. An interrupt during the body is
///   the body's affair.
///
/// What all synchronizers have in common, stands at [io.futex.sync].
public final class Once extends Synchronizer {
    /// How many bytes a once takes in memory of the caller.
    public static final long LAYOUT_BYTES = 4;

    private static final int NEW = 0;
    private static final int RUNNING = 1;
    /// Only ever beside [#RUNNING]: the end of the body must wake.
    private static final int WAITERS = 2;
    private static final int DONE = 4;

    private static final long NOBODY = 0;

    /// Who runs a body through this object, by thread id. Plain: a thread finds its own id only if it has put it there
    /// itself, and whatever else it may see is not its own.
    private long runner = NOBODY;

    /// Whether the word has been seen to say so, which it then does for good. Volatile: who finds it set has not read
    /// the word, so it is this field that passes on what the body wrote.
    private volatile boolean seenDone;

    /// Whether a runner could not take its mark off the word, for want of stack: whoever comes next is the runner.
    private volatile boolean abandoned;

    /// One that has not been run, for threads of this JVM.
    public Once() {
        super(Words.fresh(Integer.BYTES));
    }

    Once(Words words, long at) {
        super(words, at);
    }

    /// One for threads of this JVM in memory of the caller, which is left as it is; zero-filled it has not been run.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @return a view of what is there
    public static Once local(MemorySegment segment, long offset) {
        return new Once(in(Futex.local(), segment, offset, LAYOUT_BYTES), offset);
    }

    /// One for all processes that map the memory, which is left as it is; zero-filled it has not been run.
    public static Once shared(MemorySegment segment, long offset) {
        return new Once(in(Futex.shared(), segment, offset, LAYOUT_BYTES), offset);
    }

    /// A supplier that asks another one at the first call and gives out its value, which may be null, ever after. If
    /// the other throws, so does the call, and the next call asks again.
    ///
    /// @param supplier asked until it has returned once, by one thread at a time
    /// @param <T> of the value
    /// @return a thread-safe supplier of the one value
    public static <T> Supplier<T> supplier(Supplier<? extends T> supplier) {
        return new Memo<>(new Once(), supplier);
    }

    /// Runs the body, unless one has been run; while another thread runs one, waits for its end. An interrupt does not
    /// end the wait; the status is kept.
    ///
    /// @param body runs in this thread, or not at all
    public void run(Runnable body) {
        Objects.requireNonNull(body, "body");
        if (!isDone()) {
            var unused = run(body, Deadline.FOREVER, DEFERRED);
        }
    }

    /// As [#run(Runnable)], unless interrupted.
    ///
    /// @param body runs in this thread, or not at all
    /// @throws InterruptedException if the thread was interrupted before, even if there is nothing left to run, or
    ///     while it waited for another; the status is cleared
    public void runInterruptibly(Runnable body) throws InterruptedException {
        Objects.requireNonNull(body, "body");
        OBEYED.check();
        if (!isDone()) {
            var unused = run(body, Deadline.FOREVER, OBEYED);
        }
    }

    /// As [#runInterruptibly(Runnable)], but waits for another up to a time, which does not limit the body itself.
    ///
    /// @param body runs in this thread, or not at all
    /// @param timeout how long to wait for another; zero or less does not wait
    /// @param unit of `timeout`
    /// @return whether a body has been run, this one or another; false if another was still running
    /// @throws InterruptedException if the thread was interrupted before, even if there is nothing left to run, or
    ///     while it waited for another; the status is cleared
    public boolean run(Runnable body, long timeout, TimeUnit unit) throws InterruptedException {
        Objects.requireNonNull(body, "body");
        Objects.requireNonNull(unit, "unit");
        OBEYED.check();
        return isDone() || run(body, deadline(timeout, unit), OBEYED);
    }

    /// As [#run(Runnable, long, TimeUnit)], but an interrupt does not end the wait; the status is kept.
    public boolean runUninterruptibly(Runnable body, long timeout, TimeUnit unit) {
        Objects.requireNonNull(body, "body");
        Objects.requireNonNull(unit, "unit");
        return isDone() || run(body, deadline(timeout, unit), DEFERRED);
    }

    /// Whether a body has been run. If so, everything it did is visible.
    ///
    /// @return whether there is nothing left to run
    public boolean isDone() {
        if (seenDone) {
            return true;
        }
        if (words.getAcquire(at) != DONE) {
            return false;
        }
        seenDone = true;
        return true;
    }

    /// Whether anybody sleeps until a body ends; how many, the word does not say.
    ///
    /// @return 0, or [Futex#UNKNOWN] if somebody does, or did and has given up
    public int waiters() {
        return (words.get(at) & WAITERS) != 0 ? Futex.UNKNOWN : 0;
    }

    /// The state, for people: out of date as soon as it is told.
    @Override
    public String toString() {
        return describe("Once", () -> {
            int s = words.get(at);
            return s == NEW ? "new" : s == DONE ? "done" : "running";
        });
    }

    private <X extends Exception> boolean run(Runnable body, long deadline, Interrupts<X> interrupts) throws X {
        long me = Thread.currentThread().threadId();
        boolean timedOut = deadline == Deadline.PAST;
        for (; ; ) {
            int s = words.get(at);
            if (s == DONE) {
                return true;
            }
            if (s == NEW || abandoned) {
                if (runHere(body, me, s)) {
                    return true;
                }
                continue;
            }
            if (runner == me) {
                throw new IllegalStateException("the body of a Once calls the same Once, and would wait for itself");
            }
            if (timedOut) {
                return false;
            }
            // Stays behind if we give up, which costs one needless wake.
            if ((s & WAITERS) != 0 || words.compareAndSet(at, s, s | WAITERS)) {
                timedOut = sleep(0, s | WAITERS, deadline, interrupts);
            }
        }
    }

    /// From the first step on no call but those whose failure is caught: the stack may end in any of them.
    ///
    /// @return whether this body has been run; false if another thread has come first
    private boolean runHere(Runnable body, long me, int s) {
        if (!(s == NEW ? words.compareAndSet(at, NEW, RUNNING) : takeOver())) {
            return false;
        }
        int end = NEW;
        int found = NEW;
        try {
            try {
                runner = me;
                body.run();
                end = DONE;
            } finally {
                runner = NOBODY; // before the release: after it this field is the next runner's
                found = words.getAndSet(at, end);
            }
        } finally {
            if (found == NEW) {
                abandoned = true; // the step has thrown
            }
            // After a body that threw, all are woken too: one of them runs its own, the others announce themselves
            // anew. Were only one woken, it could give up, and nobody would know of the others.
            if ((found & WAITERS) != 0) {
                var unused = words.wake(at, Integer.MAX_VALUE);
            }
        }
        return true;
    }

    /// One of those who come after a runner that has left without a word.
    private synchronized boolean takeOver() {
        boolean taken = abandoned;
        abandoned = false;
        return taken;
    }

    /// The value is written before the word says that it is there, and read after.
    static final class Memo<T> implements Supplier<T>, Runnable {
        private final Once once;

        private @Nullable Supplier<? extends T> source;

        private @Nullable T value;

        Memo(Once once, Supplier<? extends T> source) {
            this.once = once;
            this.source = Objects.requireNonNull(source, "supplier");
        }

        @Override
        @SuppressWarnings("NullAway") // null is a value like others here
        public T get() {
            once.run(this);
            return value;
        }

        @Override
        public void run() {
            if (source != null) { // else it has ended once, and its call could not say so
                value = source.get();
                source = null; // with all that it holds on to
            }
        }

        @Override
        public String toString() {
            return "Once.supplier[" + (once.isDone() ? value : "not asked yet") + "]";
        }
    }
}
