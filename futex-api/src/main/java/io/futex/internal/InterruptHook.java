package io.futex.internal;

import io.futex.spi.FutexBackend;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.channels.Selector;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Lets `Thread.interrupt()` end a native wait, which by itself it does not.
///
/// `wakeup()` cannot know whether the waiter has reached the kernel yet: a wake in between is not remembered. So it
/// repeats the wake until the waiter has left:
///
/// ```
/// waiter                            interrupter
/// epoch odd, begin()
/// is the flag set? no
///                                   flag set; wakeup(): epoch odd, wake -> finds nobody
/// kernel: sleeps
///                                   epoch still odd, wake -> finds the waiter
/// wakes, sees the flag, epoch even
///                                   epoch has changed: done
/// ```
///
/// The JVM calls `wakeup()` after it has let go of the thread's interrupt lock, so the call may come late, in the
/// middle of another wait of the same thread. That one then ends for no reason, as any wait may. The owner's interrupt
/// status would tell, but only by a method that its class may override.
final class InterruptHook extends SilentSelector implements Runnable {
    /// How long the interrupting thread itself repeats the wake; a waiter that a debugger has stopped must not hang it.
    private static final long PATIENCE_NANOS = 100_000;

    // How often the helper repeats it: rarely in the end, since a waiter may never leave, such as one that slept on a
    // page of a file that was truncated.
    private static final long SHORTEST_PERIOD_MILLIS = 1;
    private static final long LONGEST_PERIOD_MILLIS = 100;

    private final Thread owner;
    private final int bit;

    /// Odd while the owner is in an interruptible native wait; counts up by 1 on entry and on exit.
    private volatile int epoch;

    /// The owner's own copy of the epoch.
    private int turns;

    // What the owner waits on: written while the epoch is even, valid for an interrupter that has seen the same odd
    // epoch before and after it read them. An address and not a segment, since the arena may be confined to the owner;
    // a wake reads nothing there.
    private @Nullable FutexBackend backend;
    private long address;
    private boolean shared;

    // What the helper does for this waiter, guarded by this object: one task, whoever has interrupted it how often.

    private boolean isHelped;
    private int helpedEpoch;
    private long period;

    InterruptHook(Thread owner, int bit) {
        this.owner = owner;
        this.bit = bit;
    }

    /// The owner begins to wait.
    void enter(FutexBackend backend, long address, boolean shared) {
        this.backend = backend;
        this.address = address;
        this.shared = shared;
        turns = (turns + 1) | 1; // odd even if the last leave failed half-way
        epoch = turns;
        begin();
    }

    /// The owner has left the kernel for good; acknowledges every interrupter.
    void leave() {
        turns = (turns | 1) + 1;
        epoch = turns;
        // The even epoch before the fields of the next wait, else an interrupter could mix the words of two waits.
        VarHandle.storeStoreFence();
        end();
    }

    /// Called by the JVM on the interrupting thread.
    @Override
    public Selector wakeup() {
        if (isCurrent(owner)) {
            return this; // begin() found the flag set already; the owner looks at it before it sleeps
        }
        int seen = epoch;
        long start = System.nanoTime();
        for (int pauses = 1; disturb(seen); pauses *= 2) {
            if (System.nanoTime() - start > PATIENCE_NANOS) {
                help(seen);
                break;
            }
            for (int i = 0; i < pauses; i++) {
                Thread.onSpinWait();
            }
        }
        return this;
    }

    /// Wakes the owner once if it is still in the same wait.
    ///
    /// @return whether to look again
    private boolean disturb(int seen) {
        if ((seen & 1) == 0) {
            return false;
        }
        FutexBackend backend = this.backend;
        long address = this.address;
        boolean shared = this.shared;
        VarHandle.acquireFence(); // the fields before the second look at the epoch
        if (epoch != seen || backend == null) {
            return false;
        }
        // All who have our bit: the kernel gives no way to name a thread, and the others take it as spurious.
        backend.wake(MemorySegment.ofAddress(address), 0, shared, bit, Integer.MAX_VALUE);
        return true;
    }

    /// Leaves the rest to the helper, a thread of the JDK for delayed tasks. A late interrupter may have seen an
    /// earlier wait than the one that is helped.
    private synchronized void help(int seen) {
        if (isHelped && seen - helpedEpoch <= 0) {
            return;
        }
        helpedEpoch = seen;
        period = SHORTEST_PERIOD_MILLIS;
        if (!isHelped) {
            schedule();
        }
    }

    private void schedule() {
        CompletableFuture.delayedExecutor(period, TimeUnit.MILLISECONDS, Runnable::run)
                .execute(this);
        isHelped = true;
    }

    /// Called by the helper.
    @Override
    public synchronized void run() {
        isHelped = false;
        if (disturb(helpedEpoch)) {
            period = Math.min(2 * period, LONGEST_PERIOD_MILLIS);
            schedule();
        }
    }
}
