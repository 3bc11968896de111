package io.futex.internal;

import io.futex.spi.AsyncWaits;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/// What is known to be wrong, each in the place of one call: see [PollerScheduleTest]. Loaded by a [PollerLoader].
final class PollerMistakes {
    private static final Set<RingWait> WITHDRAWN = new HashSet<>();
    private static AsyncWaits.Sink sink;

    private PollerMistakes() {}

    /// Whoever has withdrawn is told so, though a wake came first.
    static void swallow(RingWait wait, Outcome how) {
        wait.end(WITHDRAWN.remove(wait) && how == Outcome.WOKEN ? Outcome.EARLY : how);
    }

    static void leave(Poller poller, RingWait wait) {
        WITHDRAWN.add(wait);
        poller.leave(wait);
    }

    /// The number is free before the system has said how the wait has ended.
    static boolean recycle(AsyncWaits waits, long id) {
        boolean taken = waits.cancel(id);
        if (taken) {
            sink.ended(id, Outcome.EARLY);
        }
        return taken;
    }

    static boolean run(AsyncWaits waits, long nanos, AsyncWaits.Sink poller) {
        sink = poller;
        return waits.run(nanos, poller);
    }

    /// What finds no room is dropped.
    static boolean drop(AsyncWaits waits, long id, long address, int expected, int mask) {
        boolean unused = waits.offer(id, address, expected, mask);
        return true;
    }

    /// Nobody may come any more, and whoever has just come is forgotten.
    static boolean closeAnyway(AtomicReference<Object> arrivals, Object expected, Object over) {
        arrivals.set(over);
        return true;
    }

    /// It sleeps without having looked again.
    static Object sleepAtOnce(AtomicReference<Object> stack) {
        return null;
    }

    /// A wake is not made up for, or not passed on.
    static int wakeNobody(FutexBackend backend, MemorySegment base, long offset, boolean shared, int mask, int count) {
        return 0;
    }
}
