package io.futex.internal;

import io.futex.spi.AsyncWaits;
import io.futex.spi.BackendUnavailableException;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// One thread that waits on shared words for all virtual ones. It ends when nobody has waited for a second.
///
/// Waiters leave their waits, and the wish to end them, on two stacks, and kick the thread only if it says that it
/// sleeps:
///
/// ```
/// waiter                             poller
/// push           (full fence)        sleeping = true    (full fence)
/// sleeping?  true -> false: kick     both stacks empty?  sleep
/// ```
///
/// Each writes one and then reads the other: so either the poller sees the wait, or the waiter sees that it sleeps.
///
/// A wait that was withdrawn stays until the system says how it ended: cancelled, or woken just before. To cancel one,
/// the system walks over all that are newer, so where there are many, cancelling thousands would take minutes. There
/// the poller wakes the word, for one who has the poller's bit, which is quick. If that wakes nobody, another wake has
/// ended this wait. If it wakes one, nobody knows which wake has ended this wait: ours, or ours was for another sleeper
/// and a later one came before this wait was cancelled, which it has consumed. So it is passed on, at worst for no
/// reason.
final class Poller implements Runnable, AsyncWaits.Sink {
    /// The bit that no interrupter of platform threads looks for.
    private static final int MASK = NativeWaiter.UNINTERRUPTIBLE;

    private static final long IDLE_NANOS = 1_000_000_000;

    /// Until a system without memory is asked again.
    private static final long SHORTLY_NANOS = 1_000_000;

    /// From here on, a wake is quicker than a cancellation.
    private static final int MANY = 1024;

    /// So many waits are withdrawn before those are told that have ended.
    private static final int PORTION = 64;

    private static final int FEW = 64;

    private final FutexBackend backend;
    private final SharedWaits owner;

    /// In the place of arrivals: none is taken any more.
    private final RingWait over = new RingWait(this, MemorySegment.NULL, 0, 0);

    private final AtomicReference<@Nullable RingWait> arrivals = new AtomicReference<>();
    private final AtomicReference<@Nullable RingWait> leavers = new AtomicReference<>();
    private final AtomicBoolean sleeping = new AtomicBoolean();

    /// Null before it sleeps for the first time.
    private volatile @Nullable AsyncWaits system;

    // Of the thread.

    /// Taken from the stack, in the order in which they came, and not offered yet.
    private @Nullable RingWait incoming;

    /// Those which the system has, by number, and the numbers that are free.
    private RingWait[] waits = new RingWait[FEW];

    private int[] free = new int[FEW];
    private int frees;
    private int outstanding;

    /// Withdrawn, and nothing done about it yet.
    private final ArrayDeque<RingWait> leaving = new ArrayDeque<>();

    /// To cancel, if they have not ended meanwhile.
    private final ArrayDeque<RingWait> doomed = new ArrayDeque<>();

    Poller(FutexBackend backend, SharedWaits owner) {
        this.backend = backend;
        this.owner = owner;
    }

    // ---- by waiters

    /// Takes a wait; its waiter is to [#kick].
    ///
    /// @return false if this poller has ended
    boolean arrive(RingWait wait) {
        RingWait top;
        do {
            top = arrivals.get();
            if (top == over) {
                return false;
            }
            wait.next = top;
        } while (!arrivals.compareAndSet(top, wait));
        return true;
    }

    /// Lets a wait end, that has arrived.
    void leave(RingWait wait) {
        RingWait top;
        do {
            top = leavers.get();
            wait.nextLeaver = top;
        } while (!leavers.compareAndSet(top, wait));
        kick();
    }

    /// After a push.
    void kick() {
        AsyncWaits waits;
        if (sleeping.get() && (waits = system) != null && sleeping.compareAndSet(true, false)) {
            try {
                waits.kick();
            } catch (RuntimeException | Error e) {
                sleeping.set(true); // no stack; the next one shall kick
                throw e;
            }
        }
    }

    // ---- the thread

    @Override
    public void run() {
        String failure;
        try (AsyncWaits waits = backend.openAsync(true)) {
            owner.opened(waits.description());
            system = waits;
            serve(waits);
            return;
        } catch (BackendUnavailableException e) {
            failure = String.valueOf(e.getMessage());
        } catch (RuntimeException | Error e) { // such as a seccomp filter that was installed meanwhile
            failure = e.toString();
        }
        owner.failed(failure);
        fail();
    }

    private void serve(AsyncWaits waits) {
        for (long busy = System.nanoTime(); ; ) {
            // In this order: who leaves has arrived before.
            RingWait withdrawn = leavers.getAndSet(null);
            take();
            offer(waits);
            cancel(waits);
            for (; withdrawn != null; withdrawn = withdrawn.nextLeaver) {
                leaving.addLast(withdrawn);
            }
            withdraw();
            boolean idle = outstanding == 0;
            long nanos = FutexBackend.FOREVER;
            if (!leaving.isEmpty() || !doomed.isEmpty()) {
                nanos = 0;
            } else if (idle) {
                nanos = busy + IDLE_NANOS - System.nanoTime();
                if (nanos <= 0) {
                    if (arrivals.compareAndSet(null, over)) {
                        return;
                    }
                    continue;
                }
            }
            if (nanos > 0) {
                sleeping.set(true);
                if (arrivals.get() != null || leavers.get() != null) {
                    nanos = 0;
                }
            }
            boolean allGiven = waits.run(nanos, this);
            sleeping.set(false);
            if (!allGiven) {
                LockSupport.parkNanos(this, SHORTLY_NANOS); // it has not slept
            }
            if (!idle) {
                busy = System.nanoTime();
            }
        }
    }

    /// Takes what has arrived, and turns it round.
    private void take() {
        for (RingWait wait = arrivals.getAndSet(null); wait != null; ) {
            RingWait below = wait.next;
            wait.next = incoming;
            incoming = wait;
            wait = below;
        }
    }

    private void offer(AsyncWaits waits) {
        for (RingWait wait = incoming; wait != null; wait = incoming) {
            int slot = slot();
            while (!waits.offer(slot, wait.address(), wait.expected, MASK)) {
                makeRoom(waits);
            }
            incoming = wait.next;
            wait.next = null;
            wait.slot = slot;
            this.waits[slot] = wait;
            outstanding++;
        }
    }

    private void withdraw() {
        for (int i = 0; i < PORTION && !leaving.isEmpty(); i++) {
            RingWait wait = leaving.removeFirst();
            if (wait.slot >= 0) {
                wait.isRoused = outstanding > MANY && backend.wake(wait.base, wait.offset, true, MASK, 1) > 0;
                doomed.addLast(wait);
            }
        }
    }

    private void cancel(AsyncWaits waits) {
        for (int before = 0;
                !doomed.isEmpty() && before != outstanding; ) { // it tells of a few that have ended at once
            before = outstanding;
            makeRoom(waits);
        }
        while (!doomed.isEmpty()) {
            RingWait wait = doomed.removeFirst();
            while (wait.slot >= 0 && !waits.cancel(wait.slot)) {
                makeRoom(waits);
            }
        }
    }

    private void makeRoom(AsyncWaits waits) {
        if (!waits.run(0, this)) {
            LockSupport.parkNanos(this, SHORTLY_NANOS);
        }
    }

    private int slot() {
        if (frees > 0) {
            return free[--frees];
        }
        if (outstanding == waits.length) {
            waits = Arrays.copyOf(waits, 2 * outstanding);
            free = Arrays.copyOf(free, 2 * outstanding);
        }
        return outstanding;
    }

    @Override
    public void ended(long id, Outcome outcome) {
        RingWait wait = waits[(int) id];
        waits[(int) id] = null;
        free[frees++] = (int) id;
        outstanding--;
        wait.slot = -1;
        if (wait.isRoused && outcome == Outcome.WOKEN) {
            int unused = backend.wake(wait.base, wait.offset, true, FutexBackend.ALL, 1);
            wait.end(Outcome.EARLY);
        } else {
            wait.end(outcome);
        }
    }

    /// There is no poller any more. What the system had may have consumed wakes, and some of it may lie in its queues
    /// for a while yet. So all who sleep on those words are woken, which empties the queues, and all waits end as if
    /// they had been: any wait may.
    private void fail() {
        for (RingWait wait = arrivals.getAndSet(over); wait != null; wait = wait.next) {
            end(wait, Outcome.EARLY);
        }
        for (RingWait wait = incoming; wait != null; wait = wait.next) {
            end(wait, Outcome.EARLY);
        }
        for (RingWait wait : waits) {
            if (wait != null) {
                int unused = backend.wake(wait.base, wait.offset, true, FutexBackend.ALL, Integer.MAX_VALUE);
            }
        }
        for (RingWait wait : waits) {
            if (wait != null) {
                end(wait, Outcome.WOKEN);
            }
        }
    }

    private static void end(RingWait wait, Outcome how) {
        try {
            wait.end(how);
        } catch (RuntimeException | Error e) {
            // the others shall hear of it all the same
        }
    }
}
