package io.futex.internal;

import io.futex.Capability;
import io.futex.Futex;
import io.futex.FutexWait;
import io.futex.WaitResult;
import io.futex.memory.MemoryChecks;
import io.futex.memory.PerThread;
import io.futex.spi.FutexBackend;
import io.futex.spi.Outcome;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// All policy of waiting and waking, written once for every scope and system: argument checks, the look before the
/// sleep, who sleeps how, and what follows the sleep. The order is that of `java.util.concurrent`: bad arguments first,
/// then a pending interrupt, then the state, then time.
///
/// Of *local* words every waiter comes through here, so waiters are counted, and wakes that nobody needs are elided.
/// Platform threads sleep in the backend's native wait; virtual threads, for which that would block their carrier, park
/// in the wait table. Where the system does not tell whether a wake woke anybody, platform threads are in the table
/// too, each asleep on a word of its own. Without a backend everybody parks, and this is the backend `portable`.
///
/// *Shared* words are waited on and woken by other processes, whose waiters cannot be counted here: so every wake is a
/// system call. What waits for virtual threads there, see [SharedWaits]. Where the system has no wait across processes
/// everybody polls, and nobody needs to be woken.
public final class Engine implements Futex {
    /// What the table can by itself.
    private static final Set<Capability> TABLE = Set.of(
            Capability.REPORTS_CHANGED,
            Capability.REPORTS_WOKEN_COUNT,
            Capability.WAKE_COUNT,
            Capability.WAIT_ANY,
            Capability.ASYNC);

    private static final WaitTable NO_TABLE = new WaitTable(1);

    private final String name;
    private final boolean shared;
    private final @Nullable FutexBackend backend;

    /// Of local words.
    private final WaitTable table;

    /// Null where the system tells of a wake of one whether it woke anybody.
    private final @Nullable PerThread<OwnWordWaiter> ownWords;

    /// For waits on several shared words; null where the backend has none.
    private final @Nullable PerThread<Permit> permits;

    /// Whether platform threads poll.
    private final boolean polls;

    /// Of virtual threads on shared words that can be waited on.
    private final @Nullable SharedWaits delegated;

    private Engine(String name, boolean shared, @Nullable FutexBackend backend, WaitTable table, boolean polls) {
        this.name = name;
        this.shared = shared;
        this.backend = backend;
        this.table = table;
        this.ownWords = shared || backend == null || backend.tellsWakeOfOne() ? null : OwnWordWaiter.perThread(backend);
        this.permits = shared && !polls && backend != null ? Permit.perThread(backend) : null;
        this.polls = polls;
        this.delegated = shared && !polls && backend != null ? new SharedWaits(backend) : null;
    }

    static Engine local(FutexBackend backend) {
        return local(backend, new WaitTable());
    }

    static Engine local(FutexBackend backend, WaitTable table) {
        return new Engine(backend.name(), false, backend, table, false);
    }

    static Engine portable() {
        return portable(new WaitTable());
    }

    static Engine portable(WaitTable table) {
        return new Engine("portable", false, null, table, false);
    }

    static Engine shared(FutexBackend backend) {
        return backend.capabilities(true).contains(Capability.PROCESS_SHARED)
                ? new Engine(backend.name(), true, backend, NO_TABLE, false)
                : polling(backend);
    }

    /// Shared words without a wait across processes.
    ///
    /// @param backend waits for words of this process: polling threads sleep there between two looks, so that wakes
    ///     from this process, be it by native code, end the sleep at once; null to sleep without one
    static Engine polling(@Nullable FutexBackend backend) {
        return new Engine("polling", true, backend, NO_TABLE, true);
    }

    /// What reaches the system, for who wants no wait of it; null if nothing does.
    @Nullable
    FutexBackend system() {
        return backend;
    }

    // ---- waits

    @Override
    public WaitResult waitUntil(MemorySegment base, long offset, int expected, long deadlineNanos)
            throws InterruptedException {
        return waitUntil(base, offset, expected, deadlineNanos, true);
    }

    @Override
    public WaitResult waitUntilUninterruptibly(MemorySegment base, long offset, int expected, long deadlineNanos) {
        try {
            return waitUntil(base, offset, expected, deadlineNanos, false);
        } catch (InterruptedException e) {
            throw new AssertionError("an uninterruptible wait was interrupted", e);
        }
    }

    private WaitResult waitUntil(MemorySegment base, long offset, int expected, long deadline, boolean interruptible)
            throws InterruptedException {
        MemorySegment unused = MemoryChecks.requireWord(base, offset);
        if (interruptible && Thread.interrupted()) {
            throw new InterruptedException();
        }
        if (MemoryChecks.read(base, offset) != expected) {
            return WaitResult.CHANGED;
        }
        if (Deadline.isOver(deadline)) {
            return WaitResult.TIMED_OUT;
        }
        return Events.areWanted()
                ? WaitEvent.await(this, base, offset, expected, deadline, interruptible)
                : await(base, offset, expected, deadline, interruptible);
    }

    /// Sleeps on a checked word that held `expected` a moment ago, until the deadline.
    ///
    /// @throws InterruptedException only if `interruptible`; a wake that may have been absorbed has been passed on
    WaitResult await(MemorySegment base, long offset, int expected, long deadline, boolean interruptible)
            throws InterruptedException {
        FutexBackend backend = this.backend;
        boolean virtual = Thread.currentThread().isVirtual();
        Outcome outcome;
        if (shared) {
            if (delegated == null || backend == null) {
                outcome =
                        Polling.await(virtual ? null : backend, base, offset, expected, deadline, interruptible, this);
            } else if (virtual) {
                outcome = delegated.await(base, offset, expected, deadline, interruptible, this);
            } else {
                outcome = NativeWaiter.current().await(backend, base, offset, expected, true, deadline, interruptible);
            }
        } else if (backend == null || ownWords != null || virtual) {
            return park(base, offset, expected, false, deadline, interruptible);
        } else {
            int bucket = table.bucket(base, offset);
            table.add(bucket, WaitTable.ONE_NATIVE);
            try {
                outcome = NativeWaiter.current().await(backend, base, offset, expected, false, deadline, interruptible);
            } finally {
                table.add(bucket, -WaitTable.ONE_NATIVE);
            }
        }
        return afterSleep(outcome, false, base, offset, interruptible);
    }

    /// As [#await], in the table; open to models, which have no virtual threads, and to words of 64 bits.
    WaitResult park(MemorySegment base, long offset, long expected, boolean wide, long deadline, boolean interruptible)
            throws InterruptedException {
        int bucket = table.bucket(base, offset);
        Outcome outcome;
        table.add(bucket, WaitTable.ONE_PARKED);
        try {
            outcome = parkedWaiter()
                    .await(table.parked(bucket), base, offset, expected, wide, deadline, interruptible, this);
        } finally {
            table.add(bucket, -WaitTable.ONE_PARKED);
        }
        return afterSleep(outcome, true, base, offset, interruptible);
    }

    private ParkedWaiter parkedWaiter() {
        return ownWords == null || Thread.currentThread().isVirtual() ? ParkedWaiter.current() : ownWords.current();
    }

    // ---- waits on several words

    @Override
    public int waitAny(FutexWait[] waits) throws InterruptedException {
        return waitAny(waits, Deadline.FOREVER, true);
    }

    @Override
    public int waitAny(FutexWait[] waits, long timeout, TimeUnit unit) throws InterruptedException {
        return waitAny(waits, Deadline.after(timeout, unit), true);
    }

    @Override
    public int waitAnyUninterruptibly(FutexWait[] waits, long timeout, TimeUnit unit) {
        try {
            return waitAny(waits, Deadline.after(timeout, unit), false);
        } catch (InterruptedException e) {
            throw new AssertionError("an uninterruptible wait was interrupted", e);
        }
    }

    private int waitAny(FutexWait[] waits, long deadline, boolean interruptible) throws InterruptedException {
        if (waits.length == 0 || waits.length > MOST_WAITS) {
            throw new IllegalArgumentException("waits for 1 to " + MOST_WAITS + " words, not for " + waits.length);
        }
        for (FutexWait wait : waits) {
            MemorySegment unused = MemoryChecks.requireWord(wait.base(), wait.offset());
        }
        if (!waitsForAny()) {
            throw new UnsupportedOperationException(
                    "waitAny: " + this + " lacks the capability WAIT_ANY; it has " + capabilities());
        }
        if (interruptible && Thread.interrupted()) {
            throw new InterruptedException();
        }
        int changed = WaitAny.changed(waits);
        if (changed >= 0) {
            return changed;
        }
        if (Deadline.isOver(deadline)) {
            return WaitAny.NONE;
        }
        return Events.areWanted()
                ? WaitEvent.awaitAny(this, waits, deadline, interruptible)
                : awaitAny(waits, deadline, interruptible);
    }

    /// Sleeps on checked words, which held what is expected a moment ago.
    int awaitAny(FutexWait[] waits, long deadline, boolean interruptible) throws InterruptedException {
        FutexBackend backend = this.backend;
        if (permits == null || backend == null) {
            return WaitAny.park(this, table, parkedWaiter(), waits, deadline, interruptible);
        }
        return Thread.currentThread().isVirtual()
                ? WaitAny.poll(waits, deadline, interruptible, this)
                : WaitAny.sleep(backend, permits.current(), waits, deadline, interruptible);
    }

    private boolean waitsForAny() {
        return !shared || (backend != null && !polls && backend.waitsForAny());
    }

    /// What follows every sleep, however it was slept.
    ///
    /// @param outcome `EARLY` for an interrupt, whose status is cleared
    /// @param exact whether `WOKEN` means that a wake has claimed this very thread, so that an interrupt came too late.
    ///     Else an interrupter may have ended the sleep or a wake; nobody can tell, so the wake is passed on.
    WaitResult afterSleep(Outcome outcome, boolean exact, MemorySegment base, long offset, boolean interruptible)
            throws InterruptedException {
        boolean interrupted = outcome == Outcome.EARLY || (interruptible && !exact && Thread.interrupted());
        // Only FFM keeps an arena open, for the length of a call. If it was closed, the wake may have been for a word
        // that has come to lie at the same address since.
        boolean closed = !base.scope().isAlive();
        if (outcome == Outcome.WOKEN && (interrupted || closed) && !hasOnlyLooked()) {
            int unused = awaken(base, offset, 1, false);
        }
        if (closed) {
            if (interrupted) {
                Thread.currentThread().interrupt(); // the exception below does not speak of it
            }
            MemoryChecks.requireAccessible(base);
        }
        if (interrupted) {
            throw new InterruptedException();
        }
        return outcome == Outcome.WOKEN
                ? WaitResult.WOKEN
                : outcome == Outcome.CHANGED ? WaitResult.CHANGED : WaitResult.TIMED_OUT;
    }

    /// Whether the calling thread waits by looks alone, and so consumes no wake.
    private boolean hasOnlyLooked() {
        return shared
                && (backend == null
                        || (Thread.currentThread().isVirtual() && (delegated == null || delegated.onlyLooks())));
    }

    @Override
    public CompletableFuture<WaitResult> waitAsync(
            MemorySegment base, long offset, int expected, long timeout, TimeUnit unit) {
        long deadline = Deadline.after(timeout, unit);
        MemorySegment unused = MemoryChecks.requireWord(base, offset);
        if (MemoryChecks.read(base, offset) != expected) {
            return CompletableFuture.completedFuture(WaitResult.CHANGED);
        }
        if (Deadline.isOver(deadline)) {
            return CompletableFuture.completedFuture(WaitResult.TIMED_OUT);
        }
        return shared
                ? FutureWait.start(this, base, offset, expected, deadline)
                : FutureWaiter.start(this, table, base, offset, expected, deadline);
    }

    // ---- wakes

    @Override
    public int wake(MemorySegment base, long offset, int count) {
        return wake(base, offset, count, false);
    }

    /// As [#wake], for who relies on those that it wakes to be under way: platform threads before virtual ones, which
    /// may have no carrier. So while a platform thread sleeps, one is under way. Lest virtual threads starve, every
    /// [Bucket#MOST_PASSES]th such wake that passes them over wakes one of them as well, beyond `count`.
    ///
    /// @param base the memory that holds the word
    /// @param offset where in `base`, in bytes
    /// @param count how many at most, but for that turn; 0 wakes nobody
    /// @return how many threads were woken, perhaps one more than `count`; or [#UNKNOWN]
    /// @throws IllegalArgumentException if `count` is negative
    public int wakePlatformFirst(MemorySegment base, long offset, int count) {
        return wake(base, offset, count, true);
    }

    private int wake(MemorySegment base, long offset, int count, boolean platformFirst) {
        MemorySegment unused = MemoryChecks.requireWord(base, offset);
        MemoryChecks.requireAccessible(base);
        if (count < 0) {
            throw new IllegalArgumentException("cannot wake " + count + " threads");
        }
        return count == 0 ? 0 : awaken(base, offset, count, platformFirst);
    }

    /// Wakes up to `count` waiters of a checked word; `count` is at least 1.
    int awaken(MemorySegment base, long offset, int count, boolean platformFirst) {
        if (!shared) {
            int bucket = table.bucket(base, offset);
            long waiters = table.waiters(bucket);
            return waiters == 0
                    ? 0
                    : recorded(count, awaken(table.parked(bucket), waiters, base, offset, count, platformFirst));
        }
        FutexBackend backend = this.backend;
        if (!polls && backend != null) {
            return recorded(count, backend.wake(base, offset, true, FutexBackend.ALL, count));
        }
        VarHandle.fullFence(); // as every wake
        if (backend != null) {
            int unused = backend.wake(base, offset, false, FutexBackend.ALL, count);
        }
        return recorded(count, UNKNOWN);
    }

    private int recorded(int count, int woken) {
        return Events.areWanted() ? WakeEvent.made(this, count, woken) : woken;
    }

    private int awaken(Bucket parked, long waiters, MemorySegment base, long offset, int count, boolean platformFirst) {
        FutexBackend backend = this.backend;
        long address = base.address() + offset;
        if (backend == null || !WaitTable.hasNative(waiters)) {
            return parked.wake(address, count, platformFirst);
        }
        if (!WaitTable.hasParked(waiters)) {
            return backend.wake(base, offset, false, FutexBackend.ALL, count);
        }
        // Both kinds, perhaps of other words of the bucket: what the first kind did not take goes to the second.
        if (!platformFirst && parked.takeTurn()) {
            int woken = parked.wake(address, count, false);
            return woken == count
                    ? woken
                    : sum(woken, backend.wake(base, offset, false, FutexBackend.ALL, count - woken));
        }
        int woken = backend.wake(base, offset, false, FutexBackend.ALL, count);
        int left = count - Math.max(0, woken); // where the system does not tell, rather one too many than one too few
        if (left == 0 && platformFirst && parked.passOver()) {
            left = 1;
        }
        int others = left == 0 ? 0 : parked.wake(address, left, false);
        if (platformFirst && others > 0) {
            parked.turnTaken();
        }
        return sum(woken, others);
    }

    private static int sum(int one, int other) {
        return one == UNKNOWN || other == UNKNOWN ? UNKNOWN : one + other;
    }

    // ---- first use

    /// Waits and wakes in each way that there is, for nobody.
    void tryOut(MemorySegment word, boolean interruptible) throws InterruptedException {
        long now = System.nanoTime();
        ParkedWaiter.current().sleep(word, now, this);
        WaitResult unusedSleep = await(word, 0, 0, now, interruptible);
        if (shared) {
            int unusedWake = awaken(word, 0, 1, false);
            return;
        }
        WaitResult unusedPark = park(word, 0, 0, false, now, interruptible);
        long both = -1;
        int unusedWake = awaken(table.parked(table.bucket(word, 0)), both, word, 0, 1, false);
    }

    // ---- identity

    @Override
    public String backend() {
        return name;
    }

    @Override
    public boolean isShared() {
        return shared;
    }

    @Override
    public Set<Capability> capabilities() {
        if (polls) {
            return Set.of(Capability.REPORTS_CHANGED, Capability.ASYNC);
        }
        if (backend == null) {
            return TABLE;
        }
        // As of now: a seccomp filter that is installed late takes some of it away.
        Set<Capability> all = new HashSet<>(backend.capabilities(shared));
        all.add(Capability.ASYNC); // at worst by polling
        if (ownWords != null) {
            all.addAll(TABLE);
        }
        if (waitsForAny()) {
            all.add(Capability.WAIT_ANY);
        }
        return Set.copyOf(all);
    }

    /// Backend, scope, and how the system is reached.
    @Override
    public String toString() {
        return "Futex[" + name + ", " + (shared ? "shared" : "local") + ", " + description() + "]";
    }

    private String description() {
        String system = backend == null ? "LockSupport and a table of waiters" : backend.description();
        String between = backend == null ? "" : ", asleep on it in between: " + system;
        return polls
                ? "looks at the word every millisecond" + between
                : delegated == null ? system : system + delegated.description();
    }
}
