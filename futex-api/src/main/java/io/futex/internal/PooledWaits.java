package io.futex.internal;

import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Platform threads that wait on shared words for virtual ones, each on one word at a time, by a native wait. As exact
/// as that and as quick as a ring, but a thread for each. They are made at need, and end when they had nothing to do
/// for a second.
final class PooledWaits {
    private static final String THREADS = "io.futex.pool.threads";
    private static final int MOST_THREADS = 64;
    private static final long STACK_BYTES = 1 << 20;
    private static final long IDLE_SECONDS = 1;

    /// Stands for any thread that owns no arena.
    private final Thread another = new Thread();

    private final FutexBackend backend;
    private final int most = Math.max(0, Integer.getInteger(THREADS, MOST_THREADS));
    private final AtomicInteger numbers = new AtomicInteger();
    private final @Nullable ThreadPoolExecutor threads;

    PooledWaits(FutexBackend backend) {
        this.backend = backend;
        threads = most == 0
                ? null
                : new ThreadPoolExecutor(
                        0,
                        most,
                        IDLE_SECONDS,
                        TimeUnit.SECONDS,
                        new SynchronousQueue<>(),
                        this::thread,
                        (wait, pool) -> ((PooledWait) wait).end(Outcome.EARLY));
    }

    private Thread thread(Runnable body) {
        String name = "futex-pool-" + numbers.incrementAndGet();
        Thread thread = new Thread(null, body, name, STACK_BYTES, false); // inherits nothing of its maker
        thread.setDaemon(true);
        return thread;
    }

    int most() {
        return most;
    }

    /// Waits by a thread of the pool.
    ///
    /// @return as of [DelegatedWait#await]; null if all are taken, or none can be had
    @Nullable
    Outcome await(MemorySegment base, long offset, int expected, long deadline, boolean interruptible, Engine engine) {
        ThreadPoolExecutor threads = this.threads;
        if (threads == null || !base.isAccessibleBy(another)) {
            return null;
        }
        PooledWait wait = new PooledWait(base, offset, expected, deadline);
        try {
            threads.execute(wait);
        } catch (OutOfMemoryError e) {
            return null; // no further thread
        }
        Outcome outcome = wait.await(Deadline.FOREVER, interruptible, engine); // the time is up to the native wait
        if (wait.failure instanceof Error error) {
            throw error;
        }
        if (wait.failure instanceof RuntimeException exception) {
            throw exception;
        }
        return outcome;
    }

    /// One wait. An interrupt of the virtual thread is handed on to the one of the pool, and ends its native wait as it
    /// does everywhere.
    private final class PooledWait extends DelegatedWait implements Runnable {
        private final long deadline;

        @Nullable
        Throwable failure;

        // Guarded by this object: whom to interrupt, which must not hit the next wait of the same thread.

        private @Nullable Thread runner;
        private boolean unwanted;

        PooledWait(MemorySegment base, long offset, int expected, long deadline) {
            super(base, offset, expected);
            this.deadline = deadline;
        }

        @Override
        public void run() {
            Outcome outcome = Outcome.WOKEN; // if it fails: perhaps
            try {
                outcome = begin()
                        ? NativeWaiter.current().await(backend, base, offset, expected, true, deadline, true)
                        : Outcome.EARLY;
            } catch (RuntimeException | Error e) {
                failure = e;
            } finally {
                finish();
                end(outcome);
            }
        }

        private synchronized boolean begin() {
            runner = Thread.currentThread();
            return !unwanted;
        }

        private synchronized void finish() {
            runner = null;
            boolean unused = Thread.interrupted();
        }

        @Override
        synchronized void withdraw() {
            unwanted = true;
            if (runner != null) {
                runner.interrupt();
            }
        }

        @Override
        synchronized String place() {
            return runner == null ? "on its way to the pool" : "asleep by " + runner.getName();
        }
    }
}
