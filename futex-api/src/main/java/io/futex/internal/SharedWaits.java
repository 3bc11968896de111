package io.futex.internal;

import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Who waits in the system's queues for virtual threads, whose words other processes wake through the system: one
/// [Poller] for all where the system can do that, else a pool of threads with one native wait each, and beyond those
/// [Polling]. Nothing of it is there before it is needed.
///
/// With `-Dio.futex.async=pool` there is no poller, with `polling` no pool either: for tests.
final class SharedWaits {
    private static final String ASYNC = "io.futex.async";
    private static final String POOL = "pool";
    private static final String POLLING = "polling";
    private static final long STACK_BYTES = 1 << 20;

    private final FutexBackend backend;

    /// Null before it is needed, or when it has ended.
    private volatile @Nullable Poller poller;

    /// Why there can be no poller; null if there can, as far as is known.
    private volatile @Nullable String noPoller;

    /// How the poller waits; null before there was one.
    private volatile @Nullable String system;

    private volatile @Nullable PooledWaits pool;
    private final boolean polls;

    SharedWaits(FutexBackend backend) {
        this.backend = backend;
        String asked = System.getProperty(ASYNC, "");
        polls = asked.equals(POLLING);
        noPoller = polls || asked.equals(POOL) ? "-D" + ASYNC + "=" + asked : null;
    }

    /// Waits once, for the calling virtual thread.
    ///
    /// @return as [NativeWaiter#await]: `WOKEN` for a wake that was perhaps consumed, or for no reason; `EARLY` only if
    ///     `interruptible`, for an interrupt, whose status is cleared
    Outcome await(MemorySegment base, long offset, int expected, long deadline, boolean interruptible, Engine engine) {
        Outcome outcome = null;
        if (noPoller == null) {
            outcome = poll(base, offset, expected, deadline, interruptible, engine);
        }
        if (outcome == null && !polls) {
            outcome = pool().await(base, offset, expected, deadline, interruptible, engine);
        }
        if (outcome == Outcome.FAILED) {
            outcome = NativeWaiter.reason(backend, base, offset, expected, true, FutexBackend.ALL, deadline);
            if (outcome == Outcome.EARLY) { // nothing is wrong with the word: the system had no memory for the wait
                outcome = null;
            }
        }
        return outcome != null ? outcome : Polling.await(null, base, offset, expected, deadline, interruptible, engine);
    }

    private @Nullable Outcome poll(
            MemorySegment base, long offset, int expected, long deadline, boolean interruptible, Engine engine) {
        for (Poller current = poller; ; current = next(current)) {
            if (current != null) {
                RingWait wait = new RingWait(current, base, offset, expected);
                if (current.arrive(wait)) {
                    return wait.await(deadline, interruptible, engine);
                }
            }
            if (noPoller != null) {
                return null;
            }
        }
    }

    /// Another poller than one that has ended.
    private synchronized @Nullable Poller next(@Nullable Poller ended) {
        if (noPoller != null) {
            return null;
        }
        if (poller == ended) {
            Poller made = new Poller(backend, this);
            Thread thread = new Thread(null, made, "futex-poller", STACK_BYTES, false); // inherits nothing
            thread.setDaemon(true);
            try {
                thread.start();
            } catch (OutOfMemoryError e) {
                noPoller = e.toString();
                return null;
            }
            poller = made;
        }
        return poller;
    }

    private PooledWaits pool() {
        PooledWaits made = pool;
        return made != null ? made : makePool();
    }

    private synchronized PooledWaits makePool() {
        PooledWaits made = pool;
        if (made == null) {
            made = new PooledWaits(backend);
            pool = made;
        }
        return made;
    }

    boolean onlyLooks() {
        return polls;
    }

    // ---- by the poller

    void opened(String how) {
        system = how;
    }

    void failed(String why) {
        noPoller = why;
        poller = null;
    }

    /// For people; empty before it is known.
    String description() {
        String why = noPoller;
        String how = system;
        if (why != null) {
            String looks = "a look every millisecond";
            how = (polls ? looks : "up to " + pool().most() + " threads, beyond those " + looks) + ", since " + why;
        }
        return how == null ? "" : "; for virtual threads by " + how;
    }
}
