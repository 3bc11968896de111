package io.futex.internal;

import io.futex.Capability;
import io.futex.WaitResult;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Words of this JVM. Every waiter comes through here, so waiters are counted, and wakes that nobody needs are elided.
///
/// Platform threads sleep in the backend's native wait; virtual threads, for which that would block their carrier, park
/// in the wait table. Where the system does not tell whether a wake woke anybody, platform threads are in the table
/// too, each asleep on a word of its own. Without a backend everybody parks, and this is the backend `portable`.
final class LocalEngine extends Engine {
    /// What the table can by itself.
    private static final Set<Capability> TABLE =
            Set.of(Capability.REPORTS_CHANGED, Capability.REPORTS_WOKEN_COUNT, Capability.WAKE_COUNT);

    private final WaitTable table;
    private final @Nullable FutexBackend backend;

    /// Null where the system tells of a wake of one whether it woke anybody.
    private final OwnWordWaiter.@Nullable PerThread ownWords;

    private LocalEngine(String name, @Nullable FutexBackend backend, WaitTable table) {
        super(name, false);
        this.table = table;
        this.backend = backend;
        this.ownWords = backend == null || backend.tellsWakeOfOne() ? null : new OwnWordWaiter.PerThread(backend);
    }

    static LocalEngine over(FutexBackend backend) {
        return over(backend, new WaitTable());
    }

    static LocalEngine over(FutexBackend backend, WaitTable table) {
        return new LocalEngine(backend.name(), backend, table);
    }

    static LocalEngine portable() {
        return portable(new WaitTable());
    }

    static LocalEngine portable(WaitTable table) {
        return new LocalEngine("portable", null, table);
    }

    @Override
    String description() {
        return backend == null ? "LockSupport and a table of waiters" : backend.description();
    }

    @Override
    Set<Capability> known() {
        if (backend == null) {
            return TABLE;
        }
        Set<Capability> all = new HashSet<>(backend.capabilities(false));
        if (ownWords != null) {
            all.addAll(TABLE);
        }
        return all;
    }

    @Override
    WaitResult await(MemorySegment base, long offset, int expected, long deadline, boolean interruptible)
            throws InterruptedException {
        int bucket = table.bucket(base, offset);
        FutexBackend backend = this.backend;
        if (backend == null || ownWords != null || Thread.currentThread().isVirtual()) {
            return park(bucket, base, offset, expected, deadline, interruptible);
        }
        Outcome outcome;
        table.enterNative(bucket);
        try {
            outcome = NativeWaiter.current().await(backend, base, offset, expected, false, deadline, interruptible);
        } finally {
            table.leaveNative(bucket);
        }
        if (!base.scope().isAlive()) {
            // Only FFM keeps the arena open. As of a parked waiter, the wake may have been for another word by now.
            if (outcome == Outcome.WOKEN) {
                awaken(base, offset, 1);
            }
            Segments.requireAccessible(base);
        }
        if (interruptible && Thread.interrupted()) {
            if (outcome == Outcome.WOKEN) {
                awaken(base, offset, 1); // by the interrupter or by a wake: nobody can tell, so it is passed on
            }
            throw new InterruptedException();
        }
        return Results.of(outcome);
    }

    private ParkedWaiter node() {
        OwnWordWaiter.PerThread ownWords = this.ownWords;
        return ownWords == null || Thread.currentThread().isVirtual() ? ParkedWaiter.current() : ownWords.get();
    }

    /// The way through the table; open to models, which have no virtual threads.
    WaitResult park(int bucket, MemorySegment base, long offset, int expected, long deadline, boolean interruptible)
            throws InterruptedException {
        WaitResult result;
        table.enterParked(bucket);
        try {
            result = node().await(table.parked(bucket), base, offset, expected, false, deadline, interruptible, this);
        } catch (InterruptedException e) {
            if (!base.scope().isAlive()) {
                Thread.currentThread().interrupt(); // the exception below does not speak of it
            }
            Segments.requireAccessible(base);
            throw e;
        } finally {
            table.leaveParked(bucket);
        }
        // Nothing has kept the arena of a parked waiter open. If it was closed, the wake may have been for a word that
        // has come to lie at the same address since.
        if (result == WaitResult.WOKEN && !base.scope().isAlive()) {
            awaken(base, offset, 1);
        }
        Segments.requireAccessible(base);
        return result;
    }

    @Override
    int awaken(MemorySegment base, long offset, int count) {
        int bucket = table.bucket(base, offset);
        long waiters = table.waiters(bucket);
        return waiters == 0 ? 0 : awaken(bucket, waiters, base, offset, count);
    }

    private int awaken(int bucket, long waiters, MemorySegment base, long offset, int count) {
        ParkedList parked = table.parked(bucket);
        FutexBackend backend = this.backend;
        long address = base.address() + offset;
        if (backend == null || !WaitTable.hasNative(waiters)) {
            return parked.wake(address, count);
        }
        if (!WaitTable.hasParked(waiters)) {
            return backend.wake(base, offset, false, FutexBackend.ALL, count);
        }
        // Both kinds, perhaps of other words of the bucket: what the first kind did not take goes to the second.
        if (parked.takeTurn()) {
            int woken = parked.wake(address, count);
            return woken == count
                    ? woken
                    : sum(woken, backend.wake(base, offset, false, FutexBackend.ALL, count - woken));
        }
        int woken = backend.wake(base, offset, false, FutexBackend.ALL, count);
        // Where the system does not tell, rather one too many is woken than one too few.
        return woken == count ? woken : sum(woken, parked.wake(address, count - Math.max(0, woken)));
    }

    private static int sum(int one, int other) {
        return one == UNKNOWN || other == UNKNOWN ? UNKNOWN : one + other;
    }
}
