package io.futex.internal;

import io.futex.Capability;
import io.futex.Futex;
import io.futex.memory.MemoryChecks;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/// A system that waits and wakes within the process and tells nothing, as Windows does: not whom a wake woke, not
/// whether the word had another value, and timers that are early.
final class TacitBackend implements FutexBackend {
    final AtomicInteger waits = new AtomicInteger();
    final AtomicInteger wakes = new AtomicInteger();
    private final Map<Long, Queue<Sleeper>> sleepers = new HashMap<>();

    @Override
    public String name() {
        return "tacit";
    }

    @Override
    public Set<Capability> capabilities(boolean shared) {
        return Set.of();
    }

    @Override
    public boolean tellsWakeOfOne() {
        return false;
    }

    @Override
    public Outcome await(MemorySegment base, long offset, int expected, boolean shared, int mask, long deadline) {
        waits.incrementAndGet();
        boolean interrupted = Thread.interrupted(); // a native wait takes no notice
        long address = base.address() + offset;
        Sleeper sleeper = new Sleeper(Thread.currentThread());
        synchronized (this) {
            if (MemoryChecks.read(base, offset) != expected) {
                restore(interrupted);
                return Outcome.WOKEN;
            }
            sleepers.computeIfAbsent(address, key -> new ArrayDeque<>()).add(sleeper);
        }
        long early = deadline == FOREVER ? FOREVER : deadline - 50_000;
        while (!sleeper.woken && !Deadline.isOver(early)) {
            if (early == FOREVER) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, early - System.nanoTime());
            }
            interrupted |= Thread.interrupted();
        }
        restore(interrupted);
        synchronized (this) {
            Queue<Sleeper> queue = sleepers.get(address);
            if (queue == null || !queue.remove(sleeper)) {
                return Outcome.WOKEN;
            }
            if (queue.isEmpty()) {
                sleepers.remove(address);
            }
        }
        return Deadline.isOver(deadline) ? Outcome.TIMED_OUT : Outcome.EARLY;
    }

    private static void restore(boolean interrupted) {
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public int wake(MemorySegment base, long offset, boolean shared, int mask, int count) {
        wakes.incrementAndGet();
        synchronized (this) {
            Queue<Sleeper> queue = sleepers.get(base.address() + offset);
            if (queue != null) {
                Iterator<Sleeper> each = queue.iterator();
                for (int left = count == 1 ? 1 : Integer.MAX_VALUE; left > 0 && each.hasNext(); left--) {
                    Sleeper sleeper = each.next();
                    each.remove();
                    sleeper.woken = true;
                    LockSupport.unpark(sleeper.thread);
                }
                if (queue.isEmpty()) {
                    sleepers.remove(base.address() + offset);
                }
            }
        }
        return Futex.UNKNOWN;
    }

    private static final class Sleeper {
        final Thread thread;
        volatile boolean woken;

        Sleeper(Thread thread) {
            this.thread = thread;
        }
    }
}
