package io.futex.sync;

import io.futex.FutexWord;
import io.futex.WaitResult;
import io.futex.internal.Segments;
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
///   does, and not Go's way (done all the same) or Rust's (poisoned).
/// - **A body must not call the same Once**: it would wait for itself. The call throws [IllegalStateException] if it
///   comes through the same object, by the thread that runs the body. Through another object over the same memory it
///   cannot be known, and hangs; the timed forms end that.
/// - **[#run(Runnable)] is not interruptible**, as class initialization, Go's and Rust's are not: who needs the outcome
///   to go on has nothing to do without it. The other forms are there for those who do. An interrupt during the body is
///   the body's affair.
///
/// Virtual threads may use it: waiting does not block their carrier.
///
/// ## Layout
/// 4 bytes, 4-aligned, one int in native byte order; zero-filled memory has not been run.
///
/// | value | meaning |
/// |---|---|
/// | 0 | not run yet |
/// | 1 | a body is running |
/// | 3 | a body is running, and somebody sleeps until it ends, or is about to |
/// | 4 | done |
///
/// What a C program does with a word of [#shared] scope, all with atomic operations of sequential consistency:
///
/// ```c
/// for (;;) {
///     int s = *word;
///     if (s == 4) return;
///     if (s == 0) {
///         if (cas(word, 0, 1)) {
///             body();
///             if (exchange(word, 4) == 3) futex_wake(word, INT_MAX);   // or 0 for 4 if the body has failed
///             return;
///         }
///     } else if (s == 3 || cas(word, 1, 3)) {
///         futex_wait(word, 3);                                         // not FUTEX_PRIVATE_FLAG
///     }
/// }
/// ```
///
/// ## When a process is killed
/// - while it runs the body: the word says so for ever, and nobody else runs it; the timed forms give up.
/// - between the end of the body and the wake: who slept by then sleeps on. Who comes later is served.
public final class Once {
    /// How many bytes a once takes in memory of the caller.
    public static final long LAYOUT_BYTES = 4;

    private static final int NEW = 0;
    private static final int RUNNING = 1;
    /// Only ever beside [#RUNNING]: the end of the body must wake.
    private static final int WAITERS = 2;
    private static final int DONE = 4;

    private static final long NOBODY = 0;

    private final FutexWord word;

    /// Who runs a body through this object, by thread id. Plain: a thread finds its own id only if it has put it there
    /// itself, and whatever else it may see is not its own.
    private long runner = NOBODY;

    /// Whether the word has been seen to say so, which it then does for good. Volatile: who finds it set has not read
    /// the word, so this field must itself order what the body wrote, from the body's end to the reader of the word,
    /// who has written it, and on to the reader of the field. On x86 and s390 such a read costs no more than a plain
    /// one.
    private volatile boolean seenDone;

    /// Whether a wake has failed, for want of stack or of memory, and is still to be made, by whoever comes next.
    private volatile boolean owesWake;

    /// One that has not been run, for threads of this JVM.
    public Once() {
        this(FutexWord.local(NEW));
    }

    Once(FutexWord word) {
        this.word = word;
    }

    /// One for threads of this JVM in memory of the caller, which is left as it is; zero-filled it has not been run.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @return a view of what is there
    public static Once local(MemorySegment segment, long offset) {
        Segments.requireWritable(segment, offset, LAYOUT_BYTES);
        return new Once(FutexWord.local(segment, offset));
    }

    /// One for all processes that map the memory, which is left as it is; zero-filled it has not been run. What a
    /// killed process leaves behind is said above.
    ///
    /// @param segment the memory
    /// @param offset where in `segment` the [#LAYOUT_BYTES] begin
    /// @return a view of what is there
    public static Once shared(MemorySegment segment, long offset) {
        Segments.requireWritable(segment, offset, LAYOUT_BYTES);
        return new Once(FutexWord.shared(segment, offset));
    }

    /// A supplier that asks another one at the first call and gives out its value, which may be null, ever after. If
    /// the other throws, so does the call, and the next call asks again.
    ///
    /// @param supplier asked until it has returned once, by one thread at a time
    /// @param <T> of the value
    /// @return a thread-safe supplier of the one value
    public static <T> Supplier<T> supplier(Supplier<? extends T> supplier) {
        return new Memo<>(supplier);
    }

    /// Runs the body, unless one has been run; while another thread runs one, waits for its end. An interrupt does not
    /// end the wait; the status is kept.
    ///
    /// @param body runs in this thread, or not at all
    /// @throws IllegalStateException if this thread is running a body of this object already
    public void run(Runnable body) {
        Objects.requireNonNull(body, "body");
        if (!isDone()) {
            var unused = runUninterruptibly(body, Segments.FOREVER);
        }
    }

    /// Runs the body, unless one has been run; while another thread runs one, waits for its end, unless interrupted.
    ///
    /// @param body runs in this thread, or not at all
    /// @throws InterruptedException if the thread was interrupted before, even if there is nothing left to run, or
    ///     while it waited for another; the status is cleared
    /// @throws IllegalStateException if this thread is running a body of this object already
    public void runInterruptibly(Runnable body) throws InterruptedException {
        Objects.requireNonNull(body, "body");
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (!isDone()) {
            var unused = run(body, Segments.FOREVER, true);
        }
    }

    /// Runs the body, unless one has been run; while another thread runs one, waits for its end, up to a time. The time
    /// does not limit the body itself.
    ///
    /// @param body runs in this thread, or not at all
    /// @param timeout how long to wait for another; zero or less does not wait
    /// @param unit of `timeout`
    /// @return whether a body has been run, this one or another; false if another was still running
    /// @throws InterruptedException if the thread was interrupted before, even if there is nothing left to run, or
    ///     while it waited for another; the status is cleared
    /// @throws IllegalStateException if this thread is running a body of this object already
    public boolean run(Runnable body, long timeout, TimeUnit unit) throws InterruptedException {
        Objects.requireNonNull(body, "body");
        Objects.requireNonNull(unit, "unit");
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return isDone() || run(body, deadline(timeout, unit), true);
    }

    /// As [#run(Runnable, long, TimeUnit)], but an interrupt does not end the wait; the status is kept.
    ///
    /// @param body runs in this thread, or not at all
    /// @param timeout how long to wait for another; zero or less does not wait
    /// @param unit of `timeout`
    /// @return whether a body has been run, this one or another; false if another was still running
    /// @throws IllegalStateException if this thread is running a body of this object already
    public boolean runUninterruptibly(Runnable body, long timeout, TimeUnit unit) {
        Objects.requireNonNull(body, "body");
        Objects.requireNonNull(unit, "unit");
        return isDone() || runUninterruptibly(body, deadline(timeout, unit));
    }

    /// Whether a body has been run. If so, everything it did is visible.
    ///
    /// @return whether there is nothing left to run
    public boolean isDone() {
        if (seenDone) {
            return true;
        }
        if (word.getAcquire() != DONE) {
            return false;
        }
        seenDone = true;
        if (owesWake) { // after the write: see wakeAll
            wakeAll();
        }
        return true;
    }

    /// The state, for people: out of date as soon as it is told.
    @Override
    public String toString() {
        int s = word.get();
        return s == NEW ? "Once[new]" : s == DONE ? "Once[done]" : "Once[running]";
    }

    private static long deadline(long timeout, TimeUnit unit) {
        return timeout <= 0 ? Long.MIN_VALUE : Segments.deadline(timeout, unit);
    }

    private boolean runUninterruptibly(Runnable body, long deadline) {
        try {
            return run(body, deadline, false);
        } catch (InterruptedException e) {
            throw new AssertionError("an uninterruptible wait was interrupted", e);
        }
    }

    private boolean run(Runnable body, long deadline, boolean interruptible) throws InterruptedException {
        boolean timedOut = false;
        for (; ; ) {
            int s = word.get();
            if (s == DONE) {
                return true;
            }
            if (s == NEW) {
                if (word.compareAndSet(NEW, RUNNING)) {
                    runHere(body);
                    return true;
                }
                continue;
            }
            if (runner == Thread.currentThread().threadId()) {
                throw new IllegalStateException("the body of a Once calls the same Once, and would wait for itself");
            }
            if (timedOut || deadline == Long.MIN_VALUE) {
                return false;
            }
            // Stays behind if we give up, which costs one needless wake.
            if ((s & WAITERS) == 0 && !word.compareAndSet(s, s | WAITERS)) {
                continue;
            }
            WaitResult result = interruptible
                    ? word.awaitUntil(s | WAITERS, deadline)
                    : word.awaitUntilUninterruptibly(s | WAITERS, deadline);
            timedOut = result == WaitResult.TIMED_OUT;
        }
    }

    private void runHere(Runnable body) {
        int end = NEW;
        runner = Thread.currentThread().threadId();
        try {
            body.run();
            end = DONE;
        } finally {
            runner = NOBODY; // before the release: after it this field is the next runner's
            // After a body that threw, all are woken too: one of them runs its own, the others announce themselves
            // anew. Were only one woken, it could give up, and nobody would know of the others.
            if ((word.getAndSet(end) & WAITERS) != 0 || owesWake) {
                wakeAll();
            }
        }
    }

    private void wakeAll() {
        owesWake = false;
        try {
            Wakes.all(word);
        } catch (Throwable e) {
            // In this order, so that whoever sets seenDone at the same time and does not see the first is overwritten.
            owesWake = true;
            seenDone = false;
            throw e;
        }
    }

    /// The value is written before the word says that it is there, and read after.
    private static final class Memo<T> implements Supplier<T>, Runnable {
        private final Once once = new Once();

        private @Nullable Supplier<? extends T> source;

        private @Nullable T value;

        Memo(Supplier<? extends T> source) {
            this.source = Objects.requireNonNull(source, "supplier");
        }

        @Override
        @SuppressWarnings("NullAway") // null is a value like others here
        public T get() {
            once.run(this);
            return value;
        }

        @Override
        @SuppressWarnings("NullAway") // there is a source until it has returned once
        public void run() {
            value = source.get();
            source = null; // with all that it holds on to
        }

        @Override
        public String toString() {
            return "Once.supplier[" + (once.isDone() ? value : "not asked yet") + "]";
        }
    }
}
