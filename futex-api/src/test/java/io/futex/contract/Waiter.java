package io.futex.contract;

import io.futex.WaitResult;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/// A thread that makes one call, mostly a wait, and what came of it. A daemon, so that one which a lost wake has left
/// behind fails its test and not the build.
public final class Waiter {
    /// Within this time everything ends that ends at all. A watchdog: no test expects to come near it.
    public static final long WATCHDOG_NANOS = TimeUnit.SECONDS.toNanos(60);

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final Thread thread;
    private volatile boolean started;
    private volatile boolean interruptedAfter;
    private volatile Throwable thrown;
    private volatile Object result;

    private Waiter(boolean virtual, Call<?> call) {
        // At most 15 characters, so that the kernel shows the name of a platform thread unabridged: see Asleep.
        String name = (virtual ? "ftx-v" : "ftx-p") + NUMBERS.getAndIncrement();
        Runnable body = () -> {
            started = true;
            try {
                result = call.run();
            } catch (Throwable e) {
                thrown = e;
            }
            interruptedAfter = Thread.currentThread().isInterrupted();
        };
        thread = virtual
                ? Thread.ofVirtual().name(name).unstarted(body)
                : Thread.ofPlatform().name(name).daemon().unstarted(body);
    }

    /// Starts a platform thread.
    public static Waiter platform(Call<?> call) {
        return start(false, call);
    }

    /// Starts a virtual thread.
    public static Waiter virtual(Call<?> call) {
        return start(true, call);
    }

    /// Starts a thread of either kind.
    public static Waiter start(boolean virtual, Call<?> call) {
        Waiter waiter = new Waiter(virtual, call);
        waiter.thread.start();
        return waiter;
    }

    /// The thread itself.
    public Thread thread() {
        return thread;
    }

    /// Whether the call has returned or thrown.
    public boolean isDone() {
        return thread.getState() == Thread.State.TERMINATED;
    }

    /// Waits until the thread sleeps on the word, so that a wake from now on finds it.
    public Waiter awaitAsleep(MemorySegment word) {
        Await.until("asleep: " + thread.getName(), () -> {
            if (isDone()) {
                throw new AssertionError(thread.getName() + " did not sleep but ended with " + result, thrown);
            }
            return started && Asleep.on(thread, word);
        });
        return this;
    }

    /// Waits for the end of the thread, whatever came of it.
    public Waiter awaitDone() {
        try {
            if (!thread.join(java.time.Duration.ofNanos(WATCHDOG_NANOS))) {
                AssertionError hung = new AssertionError(thread.getName() + " still waits: a lost wake?");
                hung.setStackTrace(thread.getStackTrace());
                throw hung;
            }
        } catch (InterruptedException e) {
            throw new AssertionError("the watchdog of the test has struck", e);
        }
        return this;
    }

    /// Waits for the end of the thread, which must not have thrown.
    ///
    /// @return what the call returned
    public Object result() {
        awaitDone();
        if (thrown != null) {
            throw new AssertionError(thread.getName() + " threw", thrown);
        }
        return result;
    }

    /// As [#result] for a call that is a wait.
    public WaitResult waitResult() {
        return (WaitResult) result();
    }

    /// Waits for the end of the thread.
    ///
    /// @return what the call threw, or null
    public Throwable thrown() {
        awaitDone();
        return thrown;
    }

    /// Whether the thread had its interrupt status set when the call was over.
    public boolean interruptedAfter() {
        awaitDone();
        return interruptedAfter;
    }

    /// What a thread does.
    @FunctionalInterface
    public interface Call<T> {
        /// Makes the call.
        T run() throws Exception;
    }
}
